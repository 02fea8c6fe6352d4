"""The secrets scan finds what it should, lets pass what it should, and never prints a secret."""

import subprocess
from pathlib import Path

import pytest

from tools import secrets_scan

# Put together here, so that this file itself passes the scan.
KEY_ID = "AKIA" + "ABCDEFGHIJKLMNOP"
LONG = "correct-horse" + "-battery"
PEM = "-----BEGIN" + " {}PRIVATE KEY-----"
JWT = ".".join(["eyJ" + "hbGciOiJFUzI1NiJ9", "eyJ" + "zdWIiOiJhbWluYSJ9", "c2lnbmF0dXJlLXZhbHVl"])
WORD = "pass" + "word"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (PEM.format(""), "private key"),
        (PEM.format("RSA "), "private key"),
        (PEM.format("OPENSSH "), "private key"),
        (f"aws_access_key_id = {KEY_ID}", "AWS access key id"),
        (f'"accessKeyId": "{KEY_ID.replace("AKIA", "ASIA")}"', "AWS access key id"),
        (f"authorization: Bearer {JWT}", "JWT"),
        (f'{WORD} = "{LONG}"', "assigned secret"),
        (f"DB_{WORD.upper()}: '{LONG}'", "assigned secret"),
        (f'{WORD}: str = "{LONG}"', "assigned secret"),
        (f'{{"{WORD}": "{LONG}"}}', "assigned secret"),
        (f'client.login({WORD}="{LONG}")', "assigned secret"),
        (f'API_KEY="{LONG}"', "assigned secret"),
        (f'client_secret = b"{LONG}"', "assigned secret"),
        (f'{WORD} = "it\'s-{LONG}"', "assigned secret"),
    ],
)
def test_a_secret_is_found(line: str, kind: str) -> None:
    """Each kind of secret is found and named, with its line."""
    assert list(secrets_scan.finds(f"first line\n{line}\n")) == [(2, kind)]


@pytest.mark.parametrize(
    "line",
    [
        f'{WORD} = "short"',
        f"{WORD} = settings.database_{WORD}_of_the_tenant",
        f'{WORD} = "${{DATABASE_PASSWORD_OF_TENANT}}"',
        f'{WORD} = "<your-{WORD}-goes-here>"',
        f'message = "a {WORD} has ten to two hundred characters"',
        'token_type = "an-ordinary-long-value"',
        "-----BEGIN PUBLIC KEY-----",
        "XAKIAABCDEFGHIJKLMNOPQ",
        "a.dotted.name eyJ.short.parts",
        f'{WORD} = "{LONG}"  # not a secret',
        f"aws_access_key_id = {KEY_ID}  # not a secret",
    ],
)
def test_a_harmless_line_passes(line: str) -> None:
    """References, placeholders, short values and lines marked as harmless are no finds."""
    assert list(secrets_scan.finds(line)) == []


def test_a_find_fails_the_run_and_is_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The output names file, line and kind, and holds no part of the secret."""
    leak = tmp_path / "settings.py"
    leak.write_text(f'\n{WORD} = "{LONG}"\n{KEY_ID}\n', encoding="utf-8")
    assert secrets_scan.main([str(leak)]) == 1
    printed = capsys.readouterr().out
    assert printed.splitlines() == [f"{leak}:2: assigned secret", f"{leak}:3: AWS access key id"]
    assert LONG not in printed
    assert KEY_ID not in printed


def test_a_clean_file_and_a_binary_file_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What holds no secret, or is no text, ends in exit code 0 and prints nothing."""
    clean, binary = tmp_path / "clean.py", tmp_path / "image.bin"
    clean.write_text("colour = 'green'\n", encoding="utf-8")
    binary.write_bytes(b"\0" + KEY_ID.encode())
    assert secrets_scan.main([str(clean), str(binary)]) == 0
    assert capsys.readouterr().out == ""


def test_without_names_all_tracked_files_are_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tracked files are scanned from any folder; untracked and deleted ones are passed over."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):  # set when the tests run in a git hook
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "folder").mkdir()
    for name in ("tracked.txt", "untracked.txt", "deleted.txt"):
        (tmp_path / name).write_text(KEY_ID, encoding="utf-8")
    for command in (["init", "--quiet"], ["add", "tracked.txt", "deleted.txt"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    (tmp_path / "deleted.txt").unlink()
    monkeypatch.chdir(tmp_path / "folder")
    assert secrets_scan.main([]) == 1
    assert capsys.readouterr().out == f"{Path('..') / 'tracked.txt'}:1: AWS access key id\n"
