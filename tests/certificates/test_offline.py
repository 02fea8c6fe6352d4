"""The command that verifies a certificate from files alone, as a stranger would."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.certificates.conftest import School
from tests.support.jobs import run
from tools import verify_credential

from functions.certificates import jobs


@pytest.fixture
def files(school: School, tmp_path: Path) -> dict[str, Path]:
    """A certificate of yesterday with all that a verifier needs, each in a file."""
    name = school.certificate()["certificateId"]
    issuer = school.client.get("/.well-known/did.json").body
    token = school.client.get(f"/api/certificates/{name}", {"form": "jwt"}).data["jwt"]
    place = f"/api/certificates/{name}"
    pictures = {file: school.client.get(f"{place}/{file}").content for file in ("badge.png", "badge.svg", "pdf")}
    school.clock.advance(days=1)
    run(jobs, "anchor")
    page = school.client.get(f"/api/certificates/{name}", {"form": "credential"})
    listed = page.data["credential"]["credentialStatus"]["statusListCredential"]
    texts = {
        "credential.json": page.body,
        "credential.jwt": token,
        "did.json": issuer,
        "status.json": school.client.get(listed[listed.index("/api/") :]).body,
        "verification.json": school.client.get(f"/api/certificates/{name}/verify").body,
    }
    for file, text in texts.items():
        (tmp_path / file).write_text(text)
    for file, picture in pictures.items():
        (tmp_path / file).write_bytes(picture)
    return {file: tmp_path / file for file in (*texts, *pictures)}


def _asked(files: dict[str, Path], shown: str, *more: str) -> list[str]:
    named = [str(files.get(each, each)) for each in more]
    return [str(files[shown]), "--issuer", str(files["did.json"]), *named]


ALL = ("--status", "status.json", "--anchor", "verification.json")


@pytest.mark.parametrize("shown", ["credential.json", "credential.jwt", "badge.png", "badge.svg", "pdf"])
def test_every_form_is_proven_offline(files: dict[str, Path], shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_credential.main(_asked(files, shown, *ALL)) == 0
    said = capsys.readouterr().out
    assert said.count("proven: ") == 4
    assert verify_credential.main(_asked(files, shown)) == 0
    assert "not checked: whether it was revoked" in capsys.readouterr().out


def test_a_certificate_of_today_waits_for_its_anchor(
    school: School, files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    name = school.certificate()["certificateId"]
    files["credential.json"].write_text(school.client.get(f"/api/certificates/{name}", {"form": "credential"}).body)
    files["verification.json"].write_text(school.client.get(f"/api/certificates/{name}/verify").body)
    assert verify_credential.main(_asked(files, "credential.json", *ALL[2:])) == 0
    assert "it is anchored the night after" in capsys.readouterr().out


@pytest.mark.parametrize("shown", ["badge.svg", "pdf"])
def test_what_carries_no_credential_is_not_proven(
    files: dict[str, Path], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files[shown].write_bytes(files[shown].read_bytes().replace(b"credential", b"something "))
    assert verify_credential.main(_asked(files, shown)) == 1
    assert "there is not one credential" in capsys.readouterr().out


def _change(file: Path, change: Any) -> None:
    found = json.loads(file.read_text())
    change(found)
    file.write_text(json.dumps(found))


def _other_name(page: dict[str, Any]) -> None:
    page["data"]["credential"]["name"] = "Surgery"


def _other_hash(answer: dict[str, Any]) -> None:
    answer["data"]["anchor"]["root"] = "0" * 64


def _other_list(listed: dict[str, Any]) -> None:
    listed["credentialSubject"]["encodedList"] += "A"


def _other_issuer(issuer: dict[str, Any]) -> None:
    issuer["id"] = "did:web:evil.example"


def _no_keys(issuer: dict[str, Any]) -> None:
    issuer["assertionMethod"] = []


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("credential.json", _other_name),
        ("verification.json", _other_hash),
        ("status.json", _other_list),
        ("did.json", _other_issuer),
        ("did.json", _no_keys),
    ],
)
def test_what_was_changed_is_not_proven(
    files: dict[str, Path], file: str, change: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    _change(files[file], change)
    assert verify_credential.main(_asked(files, "credential.json", *ALL)) == 1
    assert capsys.readouterr().out.startswith("not proven: ")


def test_a_revoked_certificate_is_told_by_a_new_list(
    school: School, files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(files["credential.json"].read_text())["data"]["credential"]
    name = document["id"].rpartition("/")[2]
    school.teacher.post(f"/api/certificates/{name}/revoke", {"reason": "a mistake"})
    listed = document["credentialStatus"]["statusListCredential"]
    files["status.json"].write_text(school.client.get(listed[listed.index("/api/") :]).body)
    assert verify_credential.main(_asked(files, "credential.json", *ALL)) == 1
    assert "revoked or replaced" in capsys.readouterr().out
