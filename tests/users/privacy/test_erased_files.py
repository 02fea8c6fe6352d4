"""Files of an erased person go, or lose the names that the person gave them; and no kind of item keeps a canary."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, write_many
from lyceum.model.content.uploads import Upload, UploadUsage
from lyceum.model.imports import ImportJob
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run
from tests.users.conftest import People
from tests.users.test_erasure import CANARY, planted

from functions.users import jobs


def put(key: str) -> None:
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=b"x")


def file_at(key: str) -> bool:
    found = clients.client("s3").list_objects_v2(Bucket=settings().bucket, Prefix=key)
    return bool(found.get("KeyCount", len(found.get("Contents", []))))


def left(user_id: str) -> list[str]:
    pages = clients.client("s3").get_paginator("list_objects_v2").paginate(Bucket=settings().bucket)
    return sorted(each["Key"] for page in pages for each in page.get("Contents", []) if user_id in each["Key"])


def file_of(client: Client, purpose: str) -> list[str]:
    """Let there be an upload of the caller's with a file, what was made of it, and a telling name."""
    place = f"{client.tenant}/{client.user_id}/{purpose}"
    keys = [f"uploads/{place}/original", f"derived/{place}/a/800.webp"]
    for key in keys:
        put(key)
    more: dict[str, Any] = {"upload_id": purpose, "purpose": purpose, "state": "ready", "key": keys[0]}
    more |= {"variants": [{"key": keys[1]}], "steps": [], "facts": {}, "size_bytes": 1, "content_type": "image/webp"}
    write_many([planted(Upload, client.user_id, **more)])
    return keys


def erase(client: Client, people: People, clock: Clock, name: str) -> None:
    assert client.as_("admin").delete(f"/api/users/{client.as_(name).user_id}").status == 200
    people.settle()
    clock.advance(days=30, minutes=1)
    run(jobs)
    people.settle()


def test_a_students_files_go_but_for_those_that_others_see(client: Client, people: People, clock: Clock) -> None:
    student = client.as_("student")
    gone = [file_of(student, purpose) for purpose in ("attachment", "document", "recording")]
    kept = file_of(student, "library")
    write_many([UploadUsage(owner_id=student.user_id, span="all", files=4)])
    erase(client, people, clock, "student")
    assert left(student.user_id) == sorted(kept) and len(gone) == 3
    assert [Upload.fetch(upload_id=name) for name in ("attachment", "document", "recording")] == [None] * 3
    assert Upload.require(upload_id="library").file_name == ""
    assert UploadUsage.fetch(owner_id=student.user_id, span="all") is None


def test_files_of_somebody_who_teaches_stay_without_their_names(client: Client, people: People, clock: Clock) -> None:
    teacher = client.as_("instructor")
    kept = file_of(teacher, "document")
    erase(client, people, clock, "instructor")
    assert left(teacher.user_id) == sorted(kept)
    assert Upload.require(upload_id="document").file_name == ""


@pytest.mark.parametrize("state", ["rejected", "failed"])
@pytest.mark.parametrize("name", ["student", "instructor"])
def test_files_that_were_refused_go_with_their_names(
    client: Client, people: People, clock: Clock, state: str, name: str
) -> None:
    sender = client.as_(name)
    key = f"quarantine/{client.tenant}/refused/original"
    put(key)
    more: dict[str, Any] = {
        "purpose": "document",
        "state": state,
        "key": "uploads/gone",
        "variants": [],
        "stream": None,
    }
    refused = planted(Upload, sender.user_id, upload_id="refused", **more)
    write_many([refused])
    Unit().change(refused, *refused.fall_due(datetime(2099, 1, 1, tzinfo=UTC))).commit()
    erase(client, people, clock, name)
    assert Upload.fetch(upload_id="refused") is None and not file_at(key)


def test_files_that_were_never_recorded_go_too(client: Client, people: People, clock: Clock) -> None:
    student = client.as_("student")
    put(f"uploads/{client.tenant}/{student.user_id}/stray/original")
    erase(client, people, clock, "student")
    assert left(student.user_id) == []


@pytest.mark.parametrize("state", ["parsed", "completed", "failed"])
def test_imports_forget_what_their_files_were_called(client: Client, people: People, clock: Clock, state: str) -> None:
    moderator = client.as_("moderator")
    key = f"imports/{client.tenant}/{moderator.user_id}/j/original"
    put(key)
    job = planted(ImportJob, moderator.user_id, job_id="j", state=state, key=key, format="csv", rows_prefix=None)
    write_many([job])
    erase(client, people, clock, "moderator")
    found = ImportJob.require(job_id="j")
    assert (found.file_name, found.header, found.encoding_sample) == ("", [], None)
    assert left(moderator.user_id) == []
    assert CANARY not in found.file_name
