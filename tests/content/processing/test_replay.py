"""Messages that come twice, late, at once, in the wrong order or never worked: the state settles once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.kit.aws import clients
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.errors import Unavailable
from lyceum.kit.table import Unit, writing
from lyceum.model.content.uploads import Upload
from tests.content.conftest import Depot
from tests.content.pictures import picture
from tests.support.threads import at_once

from functions.content.uploads import file_store
from functions.content.uploads.variants import Made

EVENTS = Path(__file__).parents[3] / "events"
PROGRAM = b"MZ" + b"\0" * 2000


def failing(service: str, operation: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an operation of a service fail once."""
    client = clients.client(service)
    call: Callable[..., Any] = getattr(client, operation)

    def fail(**arguments: Any) -> Any:
        monkeypatch.setattr(client, operation, call)
        raise client.exceptions.ClientError({"Error": {"Code": code, "Message": "no"}}, operation)

    monkeypatch.setattr(client, operation, fail)


def forget_markers(depot: Depot) -> None:
    for item in depot.client.cloud.items(depot.client.tenant):
        if item["kind"]["S"] == "processed_event":
            Unit().remove(ProcessedEvent.from_raw_data(item)).commit()


@pytest.mark.parametrize(
    ("body", "state", "event"), [(picture(), "ready", "content.processed"), (PROGRAM, "rejected", "content.rejected")]
)
def test_a_message_that_comes_again_changes_nothing(depot: Depot, body: bytes, state: str, event: str) -> None:
    upload_id = depot.send(body)
    message = depot.record(depot.stored(upload_id).key)
    assert depot.work(message) == []
    before, keys, version = depot.shown(upload_id)["steps"], depot.keys(upload_id), depot.stored(upload_id).version
    for _ in range(2):
        assert depot.work(message, message) == []
        forget_markers(depot)
    assert (depot.shown(upload_id)["state"], depot.shown(upload_id)["steps"]) == (state, before)
    assert (depot.keys(upload_id), depot.stored(upload_id).version) == (keys, version)
    assert [told["name"] for told in depot.events()] == [event]


def test_two_events_for_one_file_settle_it_once(depot: Depot) -> None:
    upload_id = depot.send(picture())
    assert depot.process(upload_id) == depot.process(upload_id) == 0
    assert [told["name"] for told in depot.events()] == ["content.processed"]


@pytest.mark.parametrize(("body", "state"), [(picture(), "ready"), (PROGRAM, "rejected")])
@pytest.mark.parametrize("same", [True, False], ids=["one event", "several events"])
def test_workers_at_once_settle_it_once(depot: Depot, body: bytes, state: str, same: bool) -> None:
    upload_id = depot.send(body)
    key = depot.stored(upload_id).key
    messages = [depot.record(key, event_id="e" if same else None) for _ in range(4)]
    failed = at_once(*[lambda message=message: depot.work(message) for message in messages])
    again = [message for message in messages if [message["messageId"]] in failed]
    assert depot.work(*again) == []
    assert depot.shown(upload_id)["state"] == state
    assert [told["name"] for told in depot.events()] == [f"content.{'processed' if state == 'ready' else 'rejected'}"]
    assert depot.places(upload_id) == ({"uploads", "derived"} if state == "ready" else {"quarantine"})


def test_a_file_that_replaces_a_good_one_changes_nothing(depot: Depot) -> None:
    upload_id = depot.settled(picture())["uploadId"]
    before = depot.variant(upload_id, "320")
    depot.put(depot.stored(upload_id).key, PROGRAM)
    assert depot.process(upload_id) == 0
    assert depot.shown(upload_id)["state"] == "ready" and depot.variant(upload_id, "320") == before
    assert len(depot.events()) == 1


def test_keys_that_no_upload_named_are_left_alone(depot: Depot) -> None:
    upload_id = depot.send(picture())
    key, tenant = depot.stored(upload_id).key, depot.client.tenant
    foreign = [
        f"uploads/{tenant}/somebody/{upload_id}/original",
        f"uploads/elsewhere/{depot.sender.user_id}/{upload_id}/original",
        f"uploads/{tenant}/{depot.sender.user_id}/{ids.new_id()}/original", f"{key}/more", f"{key}x",
        key.replace("uploads", "derived"), "uploads/x", "x", f"uploads/{tenant}/{depot.sender.user_id}//original",
    ]  # fmt: skip
    assert depot.work(*[depot.record(name) for name in foreign], depot.record(key, bucket="another-bucket")) == []
    assert (depot.shown(upload_id)["state"], depot.keys(upload_id)) == ("waiting", [key])


def test_a_message_that_can_not_be_read_does_not_stop_the_others(depot: Depot) -> None:
    upload_id = depot.send(picture())
    good = depot.record(depot.stored(upload_id).key)
    envelope = json.loads(good["body"])
    broken = [
        {"messageId": "text", "body": "no json"},
        {"messageId": "empty", "body": json.dumps(envelope | {"detail": {}})},
    ]
    assert depot.work(broken[0], good, broken[1]) == ["text", "empty"]
    assert depot.shown(upload_id)["state"] == "ready"


@pytest.mark.parametrize("operation", ["get_object", "put_object"])
def test_trouble_with_storage_is_shown_and_tried_again(
    depot: Depot, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    upload_id = depot.send(picture())
    failing("s3", operation, "SlowDown", monkeypatch)
    assert depot.process(upload_id) == 1
    shown = depot.shown(upload_id)
    assert (shown["state"], shown["steps"][-1]["state"], shown["variants"]) == ("processing", "failed", [])
    assert depot.process(upload_id) == 0
    assert {step["state"] for step in depot.shown(upload_id)["steps"]} == {"done"}
    assert [told["name"] for told in depot.events()] == ["content.processed"]


@pytest.mark.parametrize("operation", ["copy_object", "delete_object"])
def test_a_move_to_quarantine_that_broke_off_is_finished(
    depot: Depot, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    upload_id = depot.send(PROGRAM)
    failing("s3", operation, "InternalError", monkeypatch)
    assert depot.process(upload_id) == 1
    shown = depot.shown(upload_id)
    assert shown["state"] == "processing" and "reason" not in shown
    assert depot.process(upload_id) == 0
    assert (depot.shown(upload_id)["state"], depot.places(upload_id)) == ("rejected", {"quarantine"})


@pytest.mark.parametrize(("body", "state"), [(picture(), "ready"), (PROGRAM, "rejected")])
def test_a_settlement_that_storage_put_off_is_made_up_for(
    depot: Depot, monkeypatch: pytest.MonkeyPatch, body: bytes, state: str
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable

    upload_id = depot.send(body)
    with monkeypatch.context() as throttled:
        throttled.setattr(writing, "_send_together", fail)
        assert depot.process(upload_id) == 1
    assert depot.shown(upload_id)["state"] == "processing"
    assert depot.process(upload_id) == 0
    shown = depot.shown(upload_id)
    assert shown["state"] == state and len(depot.events()) == 1
    assert state == "ready" or shown["reason"] == "The file was announced as image/jpeg but it is a program."


def test_a_file_that_is_not_there_is_refused(depot: Depot) -> None:
    upload_id = depot.slot(picture())["uploadId"]
    assert depot.process(upload_id) == 0
    assert depot.shown(upload_id)["reason"] == "The file was removed before it could be checked."


def test_a_file_that_comes_after_its_upload_was_removed_is_removed_too(depot: Depot) -> None:
    slot = depot.slot(picture())
    depot.sender.delete(f"/api/uploads/{slot['uploadId']}")
    depot.put(slot["fields"]["key"], picture())
    assert depot.process(slot["uploadId"]) == 0
    assert depot.keys(slot["uploadId"]) == [] and depot.events() == []


def test_an_upload_removed_while_in_work_leaves_no_files(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = depot.send(picture())
    keep = file_store.keep

    def remove_and_keep(upload: Upload, made: Made, attempt: str) -> dict[str, Any]:
        monkeypatch.setattr(file_store, "keep", keep)
        assert depot.sender.delete(f"/api/uploads/{upload_id}").status == 200
        return keep(upload, made, attempt)

    monkeypatch.setattr(file_store, "keep", remove_and_keep)
    assert depot.process(upload_id) == 1
    assert depot.process(upload_id) == 0
    assert depot.keys(upload_id) == [] and depot.events() == []


def test_a_removal_that_processing_overtook_is_refused(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = depot.send(picture())
    discard = file_store.discard_settled

    def process_and_discard(upload: Any) -> None:
        monkeypatch.setattr(file_store, "discard_settled", discard)
        assert depot.process(upload_id) == 0

    monkeypatch.setattr(file_store, "discard_settled", process_and_discard)
    refused = depot.sender.delete(f"/api/uploads/{upload_id}")
    assert (refused.status, refused.error.code) == (409, "EDIT_CONFLICT")
    assert depot.sender.delete(f"/api/uploads/{upload_id}").status == 200
    assert depot.keys(upload_id) == []


@pytest.mark.parametrize(
    ("body", "operations"),
    [
        (picture(), ["GetItem", "UpdateItem", "TransactWriteItems"]),
        (PROGRAM, ["GetItem", "UpdateItem", "UpdateItem", "TransactWriteItems"]),
    ],
    ids=["taken", "refused"],
)
def test_a_file_costs_a_read_and_few_writes_and_a_repetition_one_request(
    depot: Depot, body: bytes, operations: list[str]
) -> None:
    upload_id = depot.send(body)
    message = depot.record(depot.stored(upload_id).key)
    depot.operations.clear()
    depot.work(message)
    assert depot.operations == operations
    depot.operations.clear()
    depot.work(message)
    assert depot.operations == ["GetItem"]


def test_the_sample_events_are_the_same_message(depot: Depot) -> None:
    told = json.loads((EVENTS / "content/bus-object-created.json").read_text())["event"]
    (record,) = json.loads((EVENTS / "content/processing-file-uploaded.json").read_text())["event"]["Records"]
    assert json.loads(record["body"]) == told
    assert depot.work(record) == []
