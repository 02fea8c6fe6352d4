"""Large files: sent in parts of fixed sizes, resumed where they broke off, and put together by the client."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lyceum.kit import clock as product_clock
from lyceum.rules.uploads import multipart
from tests.content.conftest import Library
from tests.support.clock import Clock

PART = 16 << 20
LARGE = {"fileName": "lecture.mp4", "contentType": "video/mp4", "sizeBytes": 2 * PART + 5}


@pytest.fixture
def slot(library: Library, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(multipart, "FROM_BYTES", PART)
    opened: dict[str, Any] = library.author.post("/api/content/upload-url", LARGE).data
    return opened


def put(part: dict[str, Any], body: bytes) -> str:
    answer = requests.put(part["url"], data=body, timeout=5)
    assert answer.status_code == 200
    return answer.headers["ETag"]


def complete(url: str, etags: list[str]) -> int:
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in enumerate(etags, 1)
    )
    body = f'<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{parts}</CompleteMultipartUpload>'
    return requests.post(url, data=body, timeout=5).status_code


def test_a_large_file_gets_an_address_for_each_part(library: Library, slot: dict[str, Any]) -> None:
    assert "fields" not in slot and slot["multipart"]["partSizeBytes"] == PART
    assert [(part["number"], part["sizeBytes"]) for part in slot["multipart"]["parts"]] == [
        (1, PART),
        (2, PART),
        (3, 5),
    ]
    for part in slot["multipart"]["parts"]:
        query = parse_qs(urlsplit(part["url"]).query)
        assert query["X-Amz-SignedHeaders"] == ["content-length;host"] and query["partNumber"] == [str(part["number"])]
        assert urlsplit(part["url"]).path.endswith(
            f"/uploads/{library.client.tenant}/{library.author.user_id}/{slot['uploadId']}/original"
        )


def test_fifty_mebibytes_are_sent_at_once_and_more_in_parts(library: Library) -> None:
    assert "fields" in library.author.post("/api/content/upload-url", LARGE | {"sizeBytes": 50 << 20}).data
    assert "multipart" in library.author.post("/api/content/upload-url", LARGE | {"sizeBytes": (50 << 20) + 1}).data
    assert library.author.post("/api/content/upload-url", LARGE | {"sizeBytes": (400 << 20) + 1}).error.fields == {
        "FILE_TOO_LARGE"
    }


def test_what_broke_off_is_resumed_and_put_together(library: Library, slot: dict[str, Any], clock: Clock) -> None:
    upload_id, parts = slot["uploadId"], slot["multipart"]["parts"]
    bodies = [b"a" * PART, b"b" * PART, b"c" * 5]
    etags = {1: put(parts[0], bodies[0]), 3: put(parts[2], bodies[2])}
    shown = library.depot.shown(upload_id)
    assert product_clock.parse(shown["expiresAt"]) == clock.at + timedelta(days=1)
    assert [part["number"] for part in shown["multipart"]["parts"]] == [2]
    assert {part["number"]: part["etag"] for part in shown["multipart"]["received"]} == etags
    etags[2] = put(shown["multipart"]["parts"][0], bodies[1])
    assert complete(shown["multipart"]["completeUrl"], [etags[number] for number in (1, 2, 3)]) == 200
    assert (
        library.depot.client.cloud.s3.head_object(Bucket="lyceum-files-test", Key=library.depot.stored(upload_id).key)[
            "ContentLength"
        ]
        == 2 * PART + 5
    )
    assert "multipart" not in library.depot.shown(upload_id)
    assert library.depot.process(upload_id) == 0
    assert (
        library.depot.shown(upload_id)["reason"]
        == "The file was announced as video/mp4 but it is an unknown kind of file."
    )


def test_a_part_of_another_size_is_awaited_again(library: Library, slot: dict[str, Any]) -> None:
    put(slot["multipart"]["parts"][2], b"ccc")  # the emulator takes it; storage itself refuses what was not signed
    assert [part["number"] for part in library.depot.shown(slot["uploadId"])["multipart"]["parts"]] == [1, 2, 3]


def test_only_the_owner_gets_addresses(library: Library, slot: dict[str, Any]) -> None:
    assert "multipart" not in library.client.as_("moderator").get(f"/api/uploads/{slot['uploadId']}").data
    assert library.client.as_("student").get(f"/api/uploads/{slot['uploadId']}").status == 404


def test_a_removed_upload_drops_its_parts(library: Library, slot: dict[str, Any]) -> None:
    put(slot["multipart"]["parts"][2], b"c" * 5)
    assert library.author.delete(f"/api/uploads/{slot['uploadId']}").status == 200
    s3 = library.client.cloud.s3
    left = s3.list_multipart_uploads(Bucket="lyceum-files-test").get("Uploads", [])
    assert not [each for each in left if slot["uploadId"] in each["Key"]]
