"""What was published stays what was checked, whichever worker, second file or late word comes afterwards."""

from typing import Any

import pytest

from lyceum.kit.settings import settings
from lyceum.model.content.uploads import Upload
from tests.content.conftest import Depot, Library
from tests.content.pictures import picture
from tests.content.processing.test_malware import say
from tests.content.processing.test_rejections import PDF
from tests.content.samples import document

from functions.content.processing import pipeline as pipelines
from functions.content.uploads import file_store
from functions.content.uploads.variants import Made


def served(depot: Depot, upload_id: str) -> list[bytes]:
    """Return what readers get of an upload."""
    s3 = depot.client.cloud.s3
    keys = [variant["key"] for variant in depot.stored(upload_id).variants]
    return [s3.get_object(Bucket=settings().bucket, Key=key)["Body"].read() for key in keys]


def test_a_slow_worker_changes_nothing_of_what_another_settled(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = depot.send(picture())
    keep, settled = file_store.keep, []

    def overtaken(upload: Upload, made: Made, attempt: str) -> dict[str, Any]:
        monkeypatch.setattr(file_store, "keep", keep)
        depot.put(upload.key, picture(quality=5).ljust(len(picture()), b"\0"))
        assert depot.process(upload_id) == 0
        settled.extend(served(depot, upload_id))
        return keep(upload, made, attempt)

    monkeypatch.setattr(pipelines.file_store, "keep", overtaken)
    assert depot.process(upload_id) == 1
    assert served(depot, upload_id) == settled
    assert depot.process(upload_id) == 0
    derived = {key for key in depot.keys(upload_id) if key.startswith("derived/")}
    assert derived == {variant["key"] for variant in depot.stored(upload_id).variants}


def test_every_attempt_has_a_place_of_its_own(depot: Depot) -> None:
    first, second = (depot.settled(picture())["uploadId"] for _ in range(2))
    folders = [depot.stored(each).variants[0]["key"].split("/")[-2] for each in (first, second)]
    assert len({*folders}) == 2 and not {*folders} & {first, second}


def test_a_threat_in_a_file_sent_later_leaves_the_settled_one(library: Library) -> None:
    content_id = library.published()
    upload_id = library.client.get(f"/api/content/{content_id}").data["uploadId"]
    before = served(library.depot, upload_id)
    library.depot.put(library.depot.stored(upload_id).key, PDF)
    assert say(library, upload_id, "THREATS_FOUND") == 0
    assert library.client.get(f"/api/content/{content_id}").data["state"] == "published"
    assert served(library.depot, upload_id) == before
    assert library.depot.places(upload_id) == {"derived", "quarantine"}


def test_a_fault_of_ours_is_a_state_at_once(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = depot.send(picture())
    monkeypatch.setattr(pipelines, "scan", lambda *_: 1 / 0)
    assert depot.process(upload_id) == 0
    assert depot.shown(upload_id)["state"] == "failed"


@pytest.mark.usefixtures("in_process")
def test_metadata_goes_where_it_is_asked_for_and_for_minors(library: Library) -> None:
    pdf = document()
    asked = library.upload(pdf, "application/pdf", removeMetadata=True)
    assert library.depot.stored(asked).remove_metadata
    slot = {"purpose": "document", "fileName": "a.pdf", "contentType": "application/pdf", "sizeBytes": len(pdf)}
    opened = library.client.as_("student").post("/api/uploads", slot).data
    assert library.depot.stored(opened["uploadId"]).remove_metadata  # a student whose age is not known
    assert not library.depot.stored(library.upload(pdf, "application/pdf")).remove_metadata
