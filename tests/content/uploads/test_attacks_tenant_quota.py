"""All users of a tenant together fill no bucket: what they send is counted too, in parts, a day and in all."""

from collections.abc import Iterator

import pytest

from lyceum.kit.settings import settings
from lyceum.kit.table import write_many
from lyceum.model.content.uploads import UploadUsage
from tests.support.clock import Clock
from tests.support.http import Client

PICTURE = {"purpose": "attachment", "fileName": "a.jpg", "contentType": "image/jpeg", "sizeBytes": 1000}
PARTS = [f"tenant-{number}" for number in range(16)]
GIBIBYTE = 1024**3


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("LYCEUM_UPLOADS_DAILY_GIB", "16")
        patched.setenv("LYCEUM_UPLOADS_GIB", "32")
        settings.cache_clear()
        yield
    settings.cache_clear()


def fill(span: str, size_bytes: int) -> None:
    write_many([UploadUsage(owner_id=part, span=span, files=1, size_bytes=size_bytes) for part in PARTS])


def in_all() -> int:
    found = [UploadUsage.fetch(owner_id=part, span="all") for part in PARTS]
    return sum(int(each.size_bytes) for each in found if each)


def test_everybodys_bytes_of_a_day_are_counted(client: Client, clock: Clock, small: None) -> None:
    fill("2027-01-11", GIBIBYTE - 1999)
    statuses = [client.as_(f"s{number}", "student").post("/api/uploads", PICTURE).status for number in range(40)]
    assert statuses.count(429) >= 24, "each of the sixteen parts has room for one more"
    clock.advance(days=1)
    assert client.as_("eve", "student").post("/api/uploads", PICTURE).status == 201


def test_what_is_there_in_all_has_an_end(client: Client, clock: Clock, small: None) -> None:
    fill("all", 2 * GIBIBYTE - 999)
    refused = client.as_("student").post("/api/uploads", PICTURE)
    assert (refused.status, refused.error.fields) == (422, {"TENANT_QUOTA_REACHED"})


def test_room_comes_back_when_files_go(client: Client, clock: Clock, small: None) -> None:
    student = client.as_("student")
    upload_id = student.post("/api/uploads", PICTURE).data["uploadId"]
    assert in_all() == 1000
    assert student.delete(f"/api/uploads/{upload_id}").status == 200
    assert in_all() == 0
