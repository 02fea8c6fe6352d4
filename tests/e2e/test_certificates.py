"""A certificate in the deployed stack: from a completed course to a stranger who verifies it offline, and its end."""

import json
from pathlib import Path

import pytest

from demo import load
from tests.e2e.conftest import Remote, Stack, eventually
from tools import verify_credential

pytestmark = pytest.mark.e2e


def completed(teacher: Remote, student: Remote) -> str:
    """Let a student complete a course of one lesson, and return its id."""
    fields = {"code": "CRT 101", "title": "Sets and maps", "level": 100, "creditUnits": 3, "isPublished": True}
    department = load.demo_id("computer-science")
    path = f"/api/courses/{teacher.post('/api/courses', {**fields, 'departmentId': department}).data['courseId']}"
    lesson = teacher.post(f"{path}/lessons", {"title": "Week 1", "body": "<p>Read.</p>"}).data["lessonId"]
    assert student.post(f"{path}/enroll").status == 201
    assert student.post("/api/lessons/complete", {"lessonId": lesson}).status == 200
    return path.rpartition("/")[2]


def test_a_certificate_is_issued_verified_by_a_stranger_and_revoked(stack: Stack, tmp_path: Path) -> None:
    teacher, student, stranger = stack.as_("instructor"), stack.as_("student"), stack.api
    course_id = completed(teacher, student)
    issued = eventually(
        lambda: (made := student.post("/api/certificates/generate", {"courseId": course_id})).status == 201 and made,
        "the completion",
    )
    name = issued.data["certificateId"]
    assert student.post("/api/certificates/generate", {"courseId": course_id}).data["certificateId"] == name
    assert [each["certificateId"] for each in student.get("/api/certificates").data] == [name]
    page = stranger.get(f"/api/certificates/{name}?form=credential")
    document = page.data["credential"]
    assert stranger.get(f"/api/certificates/{name}/verify").data["isValid"]
    assert stranger.post(f"/api/certificates/{name}/verify", {"credential": document}).data["isValid"]
    token = stranger.get(f"/api/certificates/{name}?form=jwt").data["jwt"]
    assert stranger.post(f"/api/certificates/{name}/verify", {"jwt": token}).data["isValid"]
    assert stranger.get(f"/api/certificates/{name}/pdf").text.startswith("%PDF")
    assert "openbadges:credential" in stranger.get(f"/api/certificates/{name}/badge.svg").text
    listed = document["credentialStatus"]["statusListCredential"]
    paths = {"did.json": "/.well-known/did.json", "status.json": listed[listed.index("/api/") :]}
    for file, path in paths.items():
        (tmp_path / file).write_text(stranger.get(path).text)
    (tmp_path / "credential.json").write_text(json.dumps(document))
    asked = [str(tmp_path / "credential.json"), "--issuer", str(tmp_path / "did.json")]
    assert verify_credential.main([*asked, "--status", str(tmp_path / "status.json")]) == 0
    assert student.post(f"/api/certificates/{name}/revoke", {"reason": "not mine"}).status == 403
    assert teacher.post(f"/api/certificates/{name}/revoke", {"reason": "a mistake"}).data["state"] == "revoked"
    assert stranger.get(f"/api/certificates/{name}/verify").data["failure"] == "REVOKED"
    (tmp_path / "status.json").write_text(stranger.get(paths["status.json"]).text)
    assert verify_credential.main([*asked, "--status", str(tmp_path / "status.json")]) == 1
    stack.run_job("certificates-jobs-anchor")
    stack.run_job("certificates-jobs-remind")
    eventually(lambda: student.get("/api/notifications?type=certificate.revoked").data, "the notice")
