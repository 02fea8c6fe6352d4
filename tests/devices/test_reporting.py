"""Batches are taken once, readings with reasons, and commands until something came of them."""

import json
from typing import Any

from lyceum.kit import ids
from lyceum.kit.table import find_all
from lyceum.model.devices import DeviceReading, DeviceState
from lyceum.model.webhooks import WebhookDelivery
from tests.devices.conftest import COURSE, enrol_student, joined
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once
from tests.support.workers import deliver

WARM = [{"kind": "measurement", "name": "temperatureCelsius", "value": 21.5}]


def order(client: Client, device_id: str, order: dict[str, Any], **more: Any) -> Reply:
    path = f"/api/admin/classroom-devices/{device_id}/commands"
    return client.as_("admin").post(path, {"order": order, **more})


def test_a_batch_is_taken_once(client: Client) -> None:
    board = joined(client, "smart_board")
    reply = board.send(readings=WARM, heartbeat={"firmware": "2.0"})
    assert (reply.data["accepted"], reply.data["lastBatch"], reply.data["isRepeated"]) == (1, 1, False)
    assert reply.cost.operations.count("Query") <= 2
    assert reply.cost.operations.count("TransactWriteItems") == 1
    again = board.send(batch=1, readings=WARM)
    assert again.data["isRepeated"] is True and again.data["accepted"] == 0
    (kept,) = find_all(DeviceReading, device_id=board.device_id)
    assert kept.measurements == [{"name": "temperatureCelsius", "value": 21.5}]


def test_a_heartbeat_alone_is_one_plain_write(client: Client) -> None:
    board = joined(client, "smart_board")
    assert "TransactWriteItems" not in board.send().cost.operations
    board.send(heartbeat={"batteryPercent": 50})
    board.send()
    state = DeviceState.fetch(device_id=board.device_id)
    assert state is not None and state.battery_percent == 50 and state.last_batch == 3


def test_of_one_batch_sent_twice_at_once_one_is_taken(client: Client) -> None:
    board = joined(client, "smart_board")
    answers = at_once(*[lambda: board.send(batch=5, readings=WARM)] * 3)
    taken = [each for each in answers if each.status == 200 and not each.data["isRepeated"]]
    assert len(taken) == 1 and {each.status for each in answers} <= {200, 409}
    assert len(list(find_all(DeviceReading, device_id=board.device_id))) == 1


def test_a_command_waits_until_something_came_of_it(client: Client, clock: Clock) -> None:
    board = joined(client, "smart_board")
    sent = order(client, board.device_id, {"command": "show_message", "text": "Fire drill at ten"})
    assert sent.status == 202, sent.body
    command = {"command": "show_message", "arguments": {"text": "Fire drill at ten", "seconds": 60}}
    for _ in range(2):  # the first answer may be lost
        (told,) = board.send().data["commands"]
        assert {name: told[name] for name in command} == command
    came = [{"commandId": told["commandId"], "state": "done", "result": "shown"}]
    assert board.send(acknowledged=came).data["commands"] == []
    assert board.send(acknowledged=came).data["commands"] == []
    order(client, board.device_id, {"command": "restart"}, validMinutes=1)
    clock.advance(minutes=1)
    assert board.send().data["commands"] == []


def test_no_more_than_twenty_wait(client: Client) -> None:
    board = joined(client, "smart_board")
    for _ in range(20):
        assert order(client, board.device_id, {"command": "restart"}).status == 202
    assert order(client, board.device_id, {"command": "restart"}).error.fields == {"TOO_MANY_COMMANDS"}
    reply = board.send()
    assert len(reply.data["commands"]) == 10 and reply.data["reportAfterSeconds"] == 1


def test_no_device_is_told_what_it_does_not_know(client: Client) -> None:
    board = joined(client, "smart_board")
    unknown: list[dict[str, Any]] = [{"command": "shell"}, {"command": "configure", "settings": {}}]
    for wrong in (*unknown, {"command": "restart", "x": 1}):
        assert order(client, board.device_id, wrong).status == 400
    assert order(client, ids.new_id(), {"command": "restart"}).status == 404
    assert (
        client.as_("instructor")
        .post(f"/api/admin/classroom-devices/{board.device_id}/commands", {"order": {"command": "restart"}})
        .status
        == 403
    )


def test_attendance_reaches_webhooks_and_is_kept_nowhere(client: Client, tenant: str) -> None:
    student, stranger = client.as_("student"), client.as_("eve", "student")
    enrol_student(student.user_id)
    hook = {"url": "https://hooks.school.org/lyceum", "events": ["attendance.read"]}
    made = client.as_("admin").post("/api/webhooks", hook).data
    reader = joined(client, "attendance_reader", courseId=COURSE)
    seen = [{"kind": "presence", "personId": each} for each in (student.user_id, stranger.user_id, student.user_id)]
    reply = reader.send(readings=[*seen, *WARM])
    assert (reply.data["accepted"], reply.data["ignored"]) == (3, [{"reading": 1, "reason": "unknown_person"}])
    reader.send(batch=1, readings=seen)
    deliver(client.cloud, tenant, only="webhooks")
    (sent,) = find_all(WebhookDelivery, webhook_id=made["webhookId"])
    told = json.loads(sent.body)
    assert told["type"] == "attendance.read"
    named = {"deviceId": reader.device_id, "courseId": COURSE, "userId": student.user_id}
    assert {name: told["data"][name] for name in named} == named
    kinds = ("device_state", "device_reading", "classroom_device")
    kept = [item for item in client.cloud.items(tenant) if item["kind"]["S"] in kinds]
    assert kept and not any(student.user_id in str({**item, "outbox": None}) for item in kept)


def test_readings_of_another_kind_of_device_are_ignored(client: Client) -> None:
    board, reader = joined(client, "smart_board"), joined(client, "attendance_reader")
    seen = [{"kind": "presence", "personId": ids.new_id()}]
    assert board.send(readings=seen).data["ignored"] == [{"reading": 0, "reason": "not_this_kind"}]
    assert reader.send(readings=seen).data["ignored"] == [{"reading": 0, "reason": "no_course"}]
    pressed = [{"kind": "answer", "quizId": ids.new_id(), "question": 1, "choice": "A"}]
    assert board.send(readings=pressed).data["ignored"] == [{"reading": 0, "reason": "not_this_kind"}]


def test_a_batch_is_bounded(client: Client) -> None:
    board = joined(client, "smart_board")
    assert board.send(readings=WARM * 51).status == 400
    assert board.send(batch=0).status == 400
    assert board.send(batch=10**12).status == 400
    assert board.send(batch=1, readings=[{"kind": "measurement", "name": "x" * 41, "value": 1}]).status == 400
    assert board.send(batch=1, readings=[{"kind": "measurement", "name": "x", "value": "NaN"}]).status == 400
    board.token = "no.token"
    assert board.send().status == 401
