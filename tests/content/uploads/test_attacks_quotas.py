"""Nobody fills the bucket: purposes ask for permissions, and files and bytes are counted a day and in all."""

import pytest

from lyceum.kit.table import write_many
from lyceum.model.content.uploads import Upload, UploadUsage
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.threads import at_once

from functions.content import jobs

MEBIBYTE = 1024 * 1024
PICTURE = {"purpose": "attachment", "fileName": "a.jpg", "contentType": "image/jpeg", "sizeBytes": 1000}


def used(client: Client, span: str) -> tuple[int, int]:
    usage = UploadUsage.fetch(owner_id=client.user_id, span=span) or UploadUsage()
    return int(usage.files), int(usage.size_bytes)


@pytest.mark.parametrize(("purpose", "lowest"), [("lesson", "instructor"), ("question_image", "instructor")])
def test_a_purpose_asks_for_its_permission(client: Client, purpose: str, lowest: str) -> None:
    wanted = PICTURE | {"purpose": purpose}
    for role in ("student", "mentor"):
        assert client.as_(role).post("/api/uploads", wanted).status == 403
    for role in (lowest, "moderator", "admin"):
        assert client.as_(role).post("/api/uploads", wanted).status == 201
    assert client.as_("student").post("/api/uploads", PICTURE).status == 201


def test_files_are_counted_a_day(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    _store(UploadUsage(owner_id=student.user_id, span="2027-01-11", files=98))
    assert [student.post("/api/uploads", PICTURE).status for _ in range(4)] == [201, 201, 429, 429]
    assert client.as_("eve", "student").post("/api/uploads", PICTURE).status == 201
    clock.advance(days=1)
    assert student.post("/api/uploads", PICTURE).status == 201


def test_bytes_are_counted_a_day(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    day = UploadUsage(owner_id=student.user_id, span="2027-01-11", files=3, size_bytes=500 * MEBIBYTE - 1999)
    _store(day)
    assert student.post("/api/uploads", PICTURE).status == 201
    assert student.post("/api/uploads", PICTURE).status == 429


def test_of_many_slots_at_once_none_is_too_many(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    _store(UploadUsage(owner_id=student.user_id, span="2027-01-11", files=98))
    statuses = at_once(*[lambda: student.post("/api/uploads", PICTURE).status for _ in range(6)])
    assert statuses.count(201) <= 2
    assert used(student, "2027-01-11")[0] == 98 + statuses.count(201)


def test_what_is_kept_has_an_end_and_comes_back_when_files_go(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    _store(UploadUsage(owner_id=student.user_id, span="all", files=1999, size_bytes=0))
    upload_id = student.post("/api/uploads", PICTURE).data["uploadId"]
    refused = student.post("/api/uploads", PICTURE)
    assert (refused.status, refused.error.fields) == (422, {"QUOTA_REACHED"})
    assert student.delete(f"/api/uploads/{upload_id}").status == 200
    assert used(student, "all") == (1999, 0)


def test_a_file_that_never_came_is_not_counted(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    upload_id = student.post("/api/uploads", PICTURE).data["uploadId"]
    assert used(student, "all") == (1, 1000)
    clock.advance(hours=5)
    run(jobs)
    assert used(student, "all") == (0, 0)
    assert not Upload.require(upload_id=upload_id).is_counted


def _store(usage: UploadUsage) -> None:
    write_many([usage])
