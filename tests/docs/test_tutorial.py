"""The tutorials' code runs as it is printed, in a copy of the repository, and touches what it says that it touches."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```\w+ (file|append|insert|change)=(\S+)(?: (?:before|instead)=\"(.*?)\")?\n(.*?)```", re.DOTALL)
COPIED = ("docs", "events", "functions", "infra", "layers", "local", "pyproject.toml", "tests", "tools")
OWN = re.compile(
    r"(functions|events|tests)/favourites/|layers/lyceum/python/lyceum/(model|events|tasks)/favourites\.py"
    # the lists of what people are told: a kind, and its words in each language
    r"|functions/notifications/kinds\.py$|layers/lyceum/python/lyceum/messages/locales/\w+/LC_MESSAGES/messages\.po$"
)
FOLLOWING = (
    "tests/favourites",
    "tests/house",
    "tests/api/test_permissions.py",
    "tests/api/test_samples.py",
    "tests/messages/test_catalogues.py",
)
"""The domain's own tests, and those that are made for every domain."""


def blocks(page: str) -> list[tuple[str, str, str, str]]:
    found = BLOCK.findall((ROOT / "docs" / page).read_text())
    assert len(found) == (ROOT / "docs" / page).read_text().count("```") // 2, "every block names its file"
    return found


def write(home: Path, how: str, name: str, there: str, text: str) -> None:
    """Do to a file of the copy what a block says: make it, add at its end, or before or instead of what is there."""
    path = home / name
    if how == "file":
        assert not path.exists(), name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    elif how == "append":
        path.write_text(path.read_text() + text)
    else:
        found = path.read_text()
        assert found.count(there) == 1, f"{name}: {there}"
        path.write_text(found.replace(there, text + there if how == "insert" else text.rstrip("\n")))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of what the tutorials build on."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    return tmp_path


def run(home: Path, *arguments: str) -> None:
    """Run a module in the copy, and fail with what it says when it fails."""
    search = f"{home / 'layers/lyceum/python'}:{home}"
    command, environment = [sys.executable, "-m", *arguments], {"PYTHONPATH": search}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_tutorials_work_and_touch_nothing_else(home: Path) -> None:
    pages = [block for page in ("adding-a-domain.md", "adding-an-endpoint.md") for block in blocks(page)]
    assert [name for _, name, _, _ in pages if not OWN.match(name)] == []
    for block in pages:
        write(home, *block)
    written = sorted({name for _, name, _, _ in pages if name.endswith(".py")})
    run(home, "ruff", "check", *written)
    run(home, "ruff", "format", "--check", *written)
    run(home, "tools.compile_catalogues")
    run(home, "pytest", *FOLLOWING)
