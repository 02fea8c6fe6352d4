"""What devices did without a line: in order, once each, with a result that stays."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.kit.outgoing.errors import TimedOut, Unreachable
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once
from tests.sync.conftest import Device, Line

from functions.sync import own_api, pushing

PUSH = "/api/sync/push"


def statuses(results: list[dict[str, Any]]) -> list[str]:
    return [each["status"] for each in results]


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [each.get("code") for each in results]


def test_a_day_without_a_line_is_settled_in_one_call(
    device: Device, student: Client, topic: str, question: str
) -> None:
    note = ids.new_id()
    device.does("note.create", note, value={"topicId": topic, "text": "Union."})
    device.does("bookmark.set", question, value={"mark": "difficult"})
    device.does("review.grade", question, value={"rating": "good"})
    device.does("preferences.choose", value={"language": "fr"})
    device.does("note.update", note, value={"isDone": True}, baseVersion=1)
    assert statuses(device.pushes()) == ["applied"] * 5
    assert device.waiting == []
    assert student.get("/api/notes").data[0]["isDone"] is True
    assert student.get("/api/notes").data[0]["noteId"] == note
    assert student.get("/api/bookmarks").data[0]["mark"] == "difficult"
    device.does("note.remove", note)
    device.does("bookmark.remove", question)
    assert statuses(device.pushes()) == ["applied", "applied"]
    assert student.get("/api/notes").data == student.get("/api/bookmarks").data == []


def test_what_is_sent_again_gets_the_result_that_it_got(
    device: Device, student: Client, topic: str, line: Line
) -> None:
    device.does("note.create", ids.new_id(), value={"topicId": topic, "text": "Once."})
    body = {"deviceId": device.device_id, "operations": device.waiting}
    first = student.post(PUSH, body)
    again = student.post(PUSH, body)
    assert again.data["results"] == first.data["results"]
    assert first.cost.operations.count("TransactWriteItems") == 1
    assert first.cost.requests <= 4  # the limit, the read, the claim, the outcome
    assert again.cost.requests <= 2
    assert again.data["nextSeq"] == 2
    assert len(line.calls) == 1


def test_an_id_or_a_number_is_for_one_operation(device: Device, student: Client, topic: str) -> None:
    made = device.does("note.create", ids.new_id(), value={"topicId": topic, "text": "One."})
    device.pushes()
    device.waiting = [{**made, "value": {"topicId": topic, "text": "Two."}}]
    assert codes(device.pushes()) == ["OPERATION_ID_REUSED"]
    device.waiting = [{**made, "operationId": ids.new_id()}]
    assert codes(device.pushes()) == ["SEQUENCE_REUSED"]
    assert [each["text"] for each in student.get("/api/notes").data] == ["One."]


def test_nothing_overtakes_what_is_missing(device: Device, student: Client, question: str) -> None:
    first = device.does("bookmark.set", question, value={"mark": "difficult"})
    second = device.does("bookmark.set", question, value={"mark": "important"})
    device.waiting = [second]
    answer = student.post(PUSH, {"deviceId": device.device_id, "operations": [second]}).data
    assert codes(answer["results"]) == ["OUT_OF_ORDER"]
    assert (answer["nextSeq"], answer["retryAfterSeconds"]) == (1, 5)
    device.waiting = [first, second]
    assert statuses(device.pushes()) == ["applied", "applied"]
    assert student.get("/api/bookmarks").data[0]["mark"] == "important"


def test_a_broken_line_stops_the_rest_and_loses_nothing(
    device: Device, student: Client, topic: str, line: Line
) -> None:
    for text in ("One.", "Two.", "Three."):
        device.does("note.create", ids.new_id(), value={"topicId": topic, "text": text})

    def cut(_method: str, _path: str) -> None:
        if len(line.calls) == 2:
            raise Unreachable("the line is cut")

    line.before = cut
    assert statuses(device.pushes()) == ["applied", "retry", "retry"]
    assert len(device.waiting) == 2
    assert statuses(device.pushes()) == ["applied", "applied"]
    assert len(student.get("/api/notes").data) == 3


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_doubles(
    device: Device, student: Client, topic: str, question: str, line: Line
) -> None:
    device.does("note.create", ids.new_id(), value={"topicId": topic, "text": "One."})
    device.does("review.grade", question, value={"rating": "good"})

    def lost(_method: str, _path: str) -> None:
        if len(line.calls) in {1, 3}:
            raise TimedOut("no answer in time")

    line.after = lost
    assert statuses(device.pushes()) == ["retry", "retry"]
    assert statuses(device.pushes()) == ["applied", "retry"]
    assert statuses(device.pushes()) == ["applied"]
    assert len(student.get("/api/notes").data) == 1
    assert student.get("/api/sync/pull").status == 200


def test_a_worker_that_dies_leaves_a_claim_that_runs_out(
    device: Device, student: Client, topic: str, line: Line, clock: Clock
) -> None:
    device.does("note.create", ids.new_id(), value={"topicId": topic, "text": "One."})

    def die(_method: str, _path: str) -> None:
        raise MemoryError

    line.after = die
    assert student.post(PUSH, {"deviceId": device.device_id, "operations": device.waiting}).status == 500
    line.after = lambda _method, _path: None
    assert codes(device.pushes()) == ["IN_PROGRESS"]
    clock.advance(hours=48)  # longer than answers of an Idempotency-Key are kept
    assert statuses(device.pushes()) == ["applied"]
    assert len(student.get("/api/notes").data) == 1


def test_a_refusal_is_for_good_and_stops_what_follows_on_the_same_thing(
    device: Device, student: Client, question: str
) -> None:
    gone = ids.new_id()
    device.does("bookmark.set", gone, value={"mark": "difficult"})
    device.does("bookmark.set", gone, value={"mark": "important"})
    device.does("bookmark.set", question, value={"mark": "no such mark"})
    device.does("bookmark.remove")
    device.does("preferences.choose", value={"language": "fr"})
    results = device.pushes()
    assert codes(results) == ["NOT_FOUND", "EARLIER_FAILED", "VALIDATION_ERROR", "VALIDATION_ERROR", None]
    assert device.waiting == []
    assert student.get("/api/bookmarks").data == []


def test_edits_of_two_devices_are_merged_or_kept_side_by_side(student: Client, topic: str) -> None:
    phone, laptop, note = Device(student), Device(student), ids.new_id()
    phone.does("note.create", note, value={"topicId": topic, "text": "Union.", "title": "Sets"})
    phone.pushes()
    base = {"kind": "explanation", "title": "Sets", "text": "Union."}
    phone.does("note.update", note, value={"text": "Union of two.", "base": base}, baseVersion=1)
    laptop.does("note.update", note, value={"title": "Set theory", "base": base}, baseVersion=1)
    assert statuses(phone.pushes()) == ["applied"]
    merged = laptop.pushes()[0]
    assert merged["status"] == "merged"
    assert (merged["value"]["title"], merged["value"]["text"]) == ("Set theory", "Union of two.")
    laptop.does("note.update", note, value={"text": "Mine.", "base": base}, baseVersion=1)
    conflict = laptop.pushes()[0]
    assert (conflict["status"], conflict["code"]) == ("conflict", "NOTE_CONFLICT")
    assert conflict["server"] == {"text": "Union of two."}
    assert (conflict["value"]["text"], conflict["value"]["copyOf"]) == ("Mine.", note)
    assert {each["text"] for each in student.get("/api/notes").data} == {"Union of two.", "Mine."}


def test_a_push_that_is_sent_twice_at_once_has_one_effect(student: Client, device: Device, question: str) -> None:
    device.does("review.grade", question, value={"rating": "good"})
    body = {"deviceId": device.device_id, "operations": list(device.waiting)}
    both = at_once(*[lambda: student.post(PUSH, body)] * 2)
    assert sorted(each.data["results"][0]["status"] for each in both) == ["applied", "retry"]
    assert statuses(device.pushes()) == ["applied"]


def test_operations_are_their_users_own(client: Client, device: Device, topic: str, student: Client) -> None:
    device.does("note.create", ids.new_id(), value={"topicId": topic, "text": "Mine."})
    waiting = list(device.waiting)
    device.pushes()
    eve = Device(client.as_("eve", "student"), device.device_id, waiting=waiting)
    assert statuses(eve.pushes()) == ["applied"]
    assert len(student.get("/api/notes").data) == len(eve.client.get("/api/notes").data) == 1


def test_a_sign_in_that_ends_in_the_middle_loses_nothing(
    device: Device, student: Client, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("One.", "Two."):
        device.does("note.create", ids.new_id(), value={"topicId": topic, "text": text})
    ended = own_api.refused(401, "UNAUTHENTICATED", "Sign in first.")
    with monkeypatch.context() as patched:
        patched.setattr(own_api, "send", lambda *_, **__: ended)
        assert codes(device.pushes()) == ["UNAUTHENTICATED", "EARLIER_WAITS"]
    assert statuses(device.pushes()) == ["applied", "applied"]
    assert len(student.get("/api/notes").data) == 2


def test_an_operation_that_stands_twice_in_a_push_has_one_result(
    device: Device, student: Client, question: str, line: Line
) -> None:
    device.does("bookmark.set", question, value={"mark": "difficult"})
    device.waiting *= 2
    first, second = device.pushes()
    assert first == second
    assert len(line.calls) == 1


def test_what_is_graded_or_paid_is_not_done_without_a_line(student: Client, device: Device) -> None:
    for kind in ("exam.submit", "payment.make", "course.publish"):
        wanted = {"operationId": ids.new_id(), "seq": 1, "type": kind, "key": ids.new_id()}
        assert student.post(PUSH, {"deviceId": device.device_id, "operations": [wanted]}).status == 400


def test_the_lease_outlasts_any_function_that_pushes() -> None:
    from functions.sync.lambdas import LAMBDAS

    assert LAMBDAS[0].timeout_seconds is not None
    assert timedelta(seconds=LAMBDAS[0].timeout_seconds) < pushing.LEASE
    assert LAMBDAS[0].timeout_seconds > pushing.SECONDS


@pytest.mark.parametrize("seq", [0, -1])
def test_numbers_begin_at_one(student: Client, device: Device, seq: int) -> None:
    device.does("preferences.choose", value={"language": "fr"})
    device.waiting[0]["seq"] = seq
    assert student.post(PUSH, {"deviceId": device.device_id, "operations": device.waiting}).status == 400
