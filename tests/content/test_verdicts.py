"""The cloud's own malware scan: a file is ready when both found the same bytes good, in whatever order they say so."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lyceum.kit import clock as product_clock
from lyceum.kit import ids
from lyceum.kit.consumers.consumer import _read
from lyceum.kit.settings import settings
from tests.content.conftest import SMALL, Library
from tests.content.samples import recording
from tests.content.test_kinds import checked, render
from tests.support.clock import Clock
from tests.support.http import LAMBDA

from functions.content import sweep, verdict

EVENTS = Path(__file__).parents[2] / "events"


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LYCEUM_MALWARE_SCAN", "true")
    settings.cache_clear()
    yield
    monkeypatch.delenv("LYCEUM_MALWARE_SCAN")
    settings.cache_clear()


def say(library: Library, upload_id: str, result: str = "NO_THREATS_FOUND", etag: str | None = None, event_id: str | None = None) -> int:
    """Deliver the scan's word on the file that lies there, or lay before; returns how many messages failed."""
    upload = library.depot.stored(upload_id)
    if etag is None:
        etag = str(library.client.cloud.s3.head_object(Bucket=settings().bucket, Key=upload.key)["ETag"])
    place = {"bucketName": settings().bucket, "objectKey": upload.key, "eTag": etag, "versionId": "", "s3Throttled": False}
    detail: dict[str, Any] = {"schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT", "s3ObjectDetails": place,
                              "scanResultDetails": {"scanResultStatus": result, "threats": None}}  # fmt: skip
    envelope = {"id": event_id or ids.new_id(), "detail-type": "GuardDuty Malware Protection Object Scan Result", "source": "aws.guardduty",
                "time": product_clock.iso(product_clock.now()), "detail": detail}  # fmt: skip
    answer = verdict.handler({"Records": [{"messageId": "m", "body": json.dumps(envelope)}]}, LAMBDA)
    return len(answer["batchItemFailures"])


def told(library: Library) -> list[str]:
    return [event["name"] for event in library.depot.events() if event["name"] in {"content.processed", "content.rejected"}]


@pytest.mark.usefixtures("scanned")
@pytest.mark.parametrize("scan_first", [True, False])
def test_a_file_is_ready_when_both_found_it_good(library: Library, scan_first: bool) -> None:
    upload_id = library.upload(SMALL)
    content_id = library.draft(upload_id)["contentId"]
    path = f"/api/content/{content_id}"
    if scan_first:
        assert say(library, upload_id) == 0
        assert library.author.get(path).data["state"] == "draft"
    library.depot.process(upload_id)
    if not scan_first:
        shown = library.depot.shown(upload_id)
        assert (shown["state"], shown["variants"], library.author.get(path).data["state"]) == ("scanning", [], "processing")
        assert library.author.get(f"{path}/file").status == 404
        assert library.author.post(f"{path}/submit").status == 409
        assert say(library, upload_id) == 0
    assert library.depot.shown(upload_id)["state"] == library.author.get(path).data["state"] == "ready"
    assert told(library) == ["content.processed"]


@pytest.mark.usefixtures("scanned")
def test_the_word_on_other_bytes_clears_nothing(library: Library) -> None:
    upload_id = library.upload(SMALL)
    assert say(library, upload_id, etag='"another"') == 0
    library.depot.process(upload_id)
    assert library.depot.shown(upload_id)["state"] == "scanning"
    assert say(library, upload_id, "UNSUPPORTED") == say(library, upload_id, etag='"third"') == 0
    assert library.depot.shown(upload_id)["state"] == "scanning"


@pytest.mark.usefixtures("scanned")
def test_a_word_that_comes_too_late_still_counts(library: Library, clock: Clock) -> None:
    upload_id = library.upload(SMALL)
    content_id = library.draft(upload_id)["contentId"]
    library.depot.process(upload_id)
    clock.advance(hours=3)
    sweep.handler({}, LAMBDA)
    assert library.depot.shown(upload_id)["state"] == "failed"
    assert say(library, upload_id) == 0
    assert library.depot.shown(upload_id)["state"] == library.author.get(f"/api/content/{content_id}").data["state"] == "ready"


@pytest.mark.usefixtures("scanned")
def test_recordings_wait_as_well(library: Library) -> None:
    upload_id = library.upload(recording("a.mp3"), "audio/mpeg")
    library.depot.process(upload_id)
    events = checked(library.depot)
    assert say(library, upload_id) == 0 and library.depot.shown(upload_id)["state"] == "processing"
    assert render(library.depot, events) == 0
    assert library.depot.shown(upload_id)["state"] == "ready"


@pytest.mark.parametrize("stage", ["waiting", "ready", "published"])
def test_a_threat_withdraws_a_file_wherever_it_stands(library: Library, stage: str) -> None:
    if stage == "published":
        content_id = library.published()
        upload_id = library.client.get(f"/api/content/{content_id}").data["uploadId"]
    else:
        upload_id = library.upload(SMALL)
        content_id = library.draft(upload_id)["contentId"]
        if stage == "ready":
            library.depot.process(upload_id)
    for _ in range(2):
        assert say(library, upload_id, "THREATS_FOUND", etag='"e"', event_id="one") == 0
    assert library.depot.places(upload_id) == {"quarantine"}
    shown = library.author.get(f"/api/content/{content_id}").data
    assert (shown["state"], shown["files"]) == ("failed", []) and "threat" in shown["reason"]
    assert library.depot.shown(upload_id)["state"] == "rejected"
    assert library.listed() == [] and library.client.get(f"/api/content/{content_id}").status == 404
    assert told(library).count("content.rejected") == 1
    library.depot.process(upload_id)
    assert library.depot.shown(upload_id)["state"] == "rejected"


def test_the_sample_event_is_what_the_worker_reads() -> None:
    (sample,) = json.loads((EVENTS / "sqs/file-scanned.json").read_text())["Records"]
    event = _read(sample["body"])
    assert (event.name, event.tenant) == ("GuardDuty Malware Protection Object Scan Result", "main")
    assert verdict.handler({"Records": [sample]}, LAMBDA) == {"batchItemFailures": []}
