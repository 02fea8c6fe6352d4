"""What nobody brings to an end is ended: files that no worker could process, files that nobody described."""

import pytest

from lyceum.kit.jobs.tenants import JobIncomplete
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import UploadUsage
from tests.content.conftest import SMALL, Library
from tests.content.pictures import picture
from tests.support.clock import Clock
from tests.support.http import LAMBDA

from functions.content import jobs
from functions.content.processing import pipeline


def full_disk(*_: object) -> None:
    raise OSError("No space left on device")


@pytest.fixture
def stuck(library: Library, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> str:
    """An upload whose message failed three times and lies among the dead letters."""
    upload_id = library.upload(picture())
    library.draft(upload_id)
    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "scan", full_disk)
        assert [library.depot.process(upload_id) for _ in range(3)] == [1, 1, 1]
    return upload_id


def test_a_message_among_the_dead_letters_leaves_a_failed_upload(library: Library, stuck: str, clock: Clock) -> None:
    jobs.handler({"job": "sweep"}, LAMBDA)
    assert library.depot.shown(stuck)["state"] == "processing"
    clock.advance(minutes=121)
    for _ in range(2):
        jobs.handler({"job": "sweep"}, LAMBDA)
    shown = library.depot.shown(stuck)
    assert (shown["state"], shown["steps"][-1]["state"]) == ("failed", "failed") and shown["reason"].startswith(
        "The file could not be processed"
    )
    (item,) = library.author.get("/api/content", {"mine": "true"}).data
    assert item["state"] == "failed"
    assert [event["name"] for event in library.depot.events() if event["uploadId"] == stuck] == ["content.failed"]


def test_a_message_sent_back_from_the_dead_letters_is_worked_on_after_all(
    library: Library, stuck: str, clock: Clock
) -> None:
    clock.advance(minutes=121)
    jobs.handler({"job": "sweep"}, LAMBDA)
    assert library.depot.process(stuck) == 0
    shown = library.depot.shown(stuck)
    assert shown["state"] == "ready" and "reason" not in shown
    (item,) = library.author.get("/api/content", {"mine": "true"}).data
    assert item["state"] == "ready"


def test_a_file_that_no_worker_began_with_fails_too_and_an_unsent_one_does_not(library: Library, clock: Clock) -> None:
    sent, unsent = library.upload(SMALL), library.depot.slot(SMALL)["uploadId"]
    clock.advance(hours=4)
    jobs.handler({"job": "sweep"}, LAMBDA)
    assert (library.depot.shown(sent)["state"], library.depot.shown(unsent)["state"]) == ("failed", "waiting")
    assert library.depot.stored(unsent).due_at is None and library.depot.stored(unsent).ttl


def test_a_file_that_nobody_described_goes_after_a_week(library: Library, clock: Clock) -> None:
    orphan, described = library.upload(SMALL), library.upload(SMALL)
    attached = library.depot.send(SMALL)
    for upload_id in (orphan, described, attached):
        library.depot.process(upload_id)
    library.draft(described)
    clock.advance(days=6)
    jobs.handler({"job": "sweep"}, LAMBDA)
    assert library.depot.places(orphan) == {"uploads", "derived"}
    clock.advance(days=2)
    jobs.handler({"job": "sweep"}, LAMBDA)
    assert library.depot.places(orphan) == {"retired"} and library.author.get(f"/api/uploads/{orphan}").status == 404
    assert library.depot.places(described) == library.depot.places(attached) == {"uploads", "derived"}


def test_what_goes_on_meanwhile_is_left_alone(
    library: Library, stuck: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(minutes=121)
    commit = Unit.commit

    def process_first(self: Unit) -> None:
        monkeypatch.setattr(Unit, "commit", commit)
        assert library.depot.process(stuck) == 0
        commit(self)

    monkeypatch.setattr(Unit, "commit", process_first)
    jobs.handler({"job": "sweep"}, LAMBDA)
    assert library.depot.shown(stuck)["state"] == "ready"


def test_a_tenant_that_fails_does_not_stop_the_others(
    library: Library, stuck: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(minutes=121)
    monkeypatch.setattr(jobs.upload_state, "give_up", lambda *_: 1 / 0)
    with pytest.raises(JobIncomplete):
        jobs.handler({"job": "sweep"}, LAMBDA)


def test_what_was_refused_is_told_for_thirty_days_and_then_forgotten(library: Library, clock: Clock) -> None:
    broken = library.depot.send(b"\xff\xd8\xff" + b"no picture at all" * 9)
    library.depot.process(broken)
    before = UploadUsage.require(owner_id=library.depot.sender.user_id, span="all").files
    clock.advance(days=29)
    jobs.handler({"job": "sweep"}, LAMBDA)
    assert library.depot.shown(broken)["state"] == "rejected"
    clock.advance(days=1, minutes=1)
    for _ in range(2):
        jobs.handler({"job": "sweep"}, LAMBDA)
    assert library.depot.sender.get(f"/api/uploads/{broken}").status == 404
    assert library.depot.places(broken) == set()
    assert UploadUsage.require(owner_id=library.depot.sender.user_id, span="all").files == before - 1


def test_a_refused_file_of_an_item_stays_without_its_name(library: Library, stuck: str, clock: Clock) -> None:
    clock.advance(minutes=121)
    jobs.handler({"job": "sweep"}, LAMBDA)
    clock.advance(days=31)
    jobs.handler({"job": "sweep"}, LAMBDA)
    stored = library.depot.stored(stuck)
    assert (stored.state, stored.file_name, stored.reason) == ("failed", "", "The file was not taken.")
    (item,) = library.author.get("/api/content", {"mine": "true"}).data
    assert item["state"] == "failed"
