"""More time, pauses, reopening: for one session and for a whole exam; and the audit log."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit.table import Unit, find
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.sessions import ActiveSession, ExamSession, SessionEvent
from tests.exams.conftest import Publisher, Running, Start
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once

REASON = "The power went out"
RULES = {"durationSeconds": 3600, "graceSeconds": 30}
Deliver = Callable[[], int]


@pytest.fixture
def sat(publisher: Publisher) -> Running:
    """A session of an hour of the instructor's practice test."""
    return publisher.begin(publisher.test(rules=RULES))


def extend(client: Client, running: Running, seconds: int = 600, role: str = "instructor", **values: Any) -> Reply:
    return client.as_(role).post(f"{running.path}/extend", {"seconds": seconds, "reason": REASON, **values})


def pause(client: Client, running: Running, action: str = "pause", **values: Any) -> Reply:
    return client.as_("instructor").post(f"{running.path}/pause", {"action": action, "reason": REASON, **values})


def names(running: Running) -> list[str]:
    return [event.name for event in find(SessionEvent, exam_id=running.id).items]


def test_t5_an_extension_is_in_force_at_the_next_call(sat: Running, client: Client, clock: Clock) -> None:
    reply = extend(client, sat)
    assert reply.data["deadlineAt"] == sat.show().data["deadlineAt"] == "2027-01-11T10:10:00.000Z"
    assert reply.cost.operations == ["BatchGetItem", "TransactWriteItems"]
    clock.move_to(sat.closing + timedelta(minutes=5))
    assert sat.answer().data["late"] is False
    assert len(sat.show().data["questions"]) == 4
    guard = ActiveSession.require(user_id=sat.student.user_id, scope=sat.session.scope)
    assert guard.closes_at == sat.session.closes_at == sat.sheet.closes_at == sat.closing + timedelta(minutes=10)


def test_t5_a_session_that_ended_by_itself_goes_on_only_when_it_is_reopened(
    sat: Running, client: Client, clock: Clock, swept: Callable[[], None]
) -> None:
    sat.answer()
    clock.move_to(sat.closing + timedelta(minutes=2))
    swept()
    assert sat.session.state == "finished"
    assert extend(client, sat).error.code == "SESSION_FINISHED"
    assert extend(client, sat, reopen=True, afterKeys=True).status == 200
    state = sat.show().data
    assert (state["state"], state["secondsLeft"], state["answeredCount"], "score" in state) == (
        "running",
        600,
        1,
        False,
    )
    assert sat.summary().error.code == "EXAM_RUNNING"
    sat.answer(sat.questions[1])
    assert sat.submit().data["score"] == "2.00"
    assert names(sat) == ["started", "finished", "reopened", "finished"]
    assert sat.summary().data["score"] == "2.00"


def test_r3_a_reopened_session_is_told_as_completed_once_and_then_as_a_changed_score(
    sat: Running, client: Client, clock: Clock
) -> None:
    sat.answer()
    clock.move_to(sat.closing + timedelta(minutes=2))
    sat.submit()
    assert len(sat.events("exam.completed")) == 1
    extend(client, sat, reopen=True, afterKeys=True)
    sat.answer(sat.questions[1])
    sat.submit()
    assert sat.events("exam.completed") == []
    told = json.loads(sat.events("exam.graded")[0]["Detail"])
    assert (told["percent"], told["earlierPercent"], told["revision"], told["earlierRevision"]) == (
        "50.00",
        "25.00",
        2,
        1,
    )


def test_a_submitted_session_is_never_reopened(sat: Running, client: Client) -> None:
    sat.submit()
    assert extend(client, sat, reopen=True).error.code == "SESSION_FINISHED"
    assert pause(client, sat).error.code == "SESSION_FINISHED"


def test_a_reopened_session_does_not_push_a_newer_one_aside(
    sat: Running, publisher: Publisher, client: Client, clock: Clock
) -> None:
    clock.move_to(sat.closing + timedelta(minutes=2))
    newer = publisher.begin({"assessmentId": sat.state["assessmentId"]})
    assert newer.id != sat.id
    assert extend(client, sat, reopen=True).error.code == "OTHER_SESSION_RUNS"


def test_a_pause_stops_the_clock_and_its_time_is_credited(
    sat: Running, client: Client, clock: Clock, swept: Callable[[], None]
) -> None:
    sat.answer()
    clock.advance(minutes=50)
    assert pause(client, sat).data["state"] == "paused"
    clock.advance(hours=3)
    swept()
    state = sat.show().data
    assert (state["state"], state["questions"], state["secondsLeft"]) == ("paused", [], 600)
    for refused in (sat.answer(), sat.submit(), sat.student.post(f"{sat.path}/flag", {"questionId": sat.questions[0]})):
        assert (refused.status, refused.error.code) == (409, "EXAM_PAUSED")
    assert pause(client, sat).error.code == "EXAM_PAUSED"
    assert sat.summary().error.code == "EXAM_RUNNING"
    again = publish_again(sat)
    assert again.data["examId"] == sat.id
    assert pause(client, sat, "resume").data["deadlineAt"] == "2027-01-11T13:00:00.000Z"
    assert sat.show().data["secondsLeft"] == 600
    assert sat.answer().status == 200
    assert pause(client, sat, "resume").error.code == "NOT_PAUSED"
    clock.advance(minutes=12)
    swept()
    assert (sat.session.state, sat.session.score) == ("finished", "1.00")


def publish_again(sat: Running) -> Reply:
    return sat.student.post(f"/api/practice-tests/{sat.state['assessmentId']}/start", {})


def test_a_paused_session_can_be_extended(sat: Running, client: Client, clock: Clock) -> None:
    pause(client, sat)
    clock.advance(minutes=5)
    extend(client, sat, 60)
    assert sat.session.state == "paused"
    pause(client, sat, "resume")
    assert sat.show().data["secondsLeft"] == 3660


@pytest.mark.parametrize(("role", "status"), [("student", 403), ("other", 404), ("moderator", 404), ("admin", 200)])
def test_only_the_owner_and_who_manages_exams_may_intervene(
    sat: Running, client: Client, role: str, status: int
) -> None:
    caller = client.as_(role, "instructor") if role == "other" else client.as_(role)
    assert caller.post(f"{sat.path}/extend", {"seconds": 60, "reason": REASON}).status == status
    assert caller.post(f"{sat.path}/pause", {"action": "pause", "reason": REASON}).status == status
    assert caller.get(f"{sat.path}/events").status == status


def test_a_students_own_practice_is_not_the_instructors_business(start: Start, client: Client) -> None:
    running = start()
    assert extend(client, running).status == 404
    assert extend(client, running, role="admin").status == 200
    assert extend(client, running, role="admin", scope="exam").status == 404


def test_a_reason_is_needed(sat: Running, client: Client) -> None:
    assert client.as_("instructor").post(f"{sat.path}/extend", {"seconds": 60}).error.fields == {"reason"}


def test_of_a_submit_and_an_extension_at_once_both_leave_one_story(sat: Running, client: Client) -> None:
    sat.answer()
    at_once(sat.submit, lambda: extend(client, sat), sat.submit)
    assert sat.submit().data["score"] == "1.00"
    shown = client.as_("instructor").get(f"{sat.path}/events").data
    assert shown["intact"] is True
    assert [event["name"] for event in shown["events"]] in (
        ["started", "finished"],
        ["started", "extended", "finished"],
    )
    assert sat.session.state == sat.sheet.state == "finished"


@pytest.fixture
def hall(publisher: Publisher) -> list[Running]:
    """Five students in the same exam, one of whom has submitted."""
    test = publisher.test(rules={**RULES, "feedback": "after_window", "window": {"closesAt": "2027-01-11T12:00:00"}})
    sessions = [publisher.begin(test, f"student{number}") for number in range(5)]
    sessions[4].submit()
    return sessions


def test_a_whole_exam_is_extended_by_workers_each_session_once(
    hall: list[Running], client: Client, deliver: Deliver, tenant: str
) -> None:
    reply = extend(client, hall[0], scope="exam")
    assert (reply.data["scope"], reply.cost.requests) == ("exam", 3)
    assert deliver() == 0
    assert {running.session.deadline_at for running in hall[:4]} == {hall[0].deadline + timedelta(minutes=10)}
    assert names(hall[1]) == ["started", "extended"]
    assert (hall[4].session.state, names(hall[4])[-1]) == ("finished", "withheld")
    outbox = hall[0].student.cloud.published(tenant)
    (fan_out,) = [entry for entry in outbox if entry["DetailType"] == "incident.fan_out"]
    apply = [entry for entry in outbox if entry["DetailType"] == "incident.apply"]
    from tests.support.http import LAMBDA
    from tests.support.workers import record

    from functions.exams.events import sessions

    for entry in (fan_out, *apply, *apply):
        again = record(entry)
        body = json.loads(again["body"])
        body["detail"]["eventId"] = "another" + body["detail"]["eventId"]
        answer = sessions.handler({"Records": [{**again, "body": json.dumps(body)}]}, LAMBDA)
        assert answer == {"batchItemFailures": []}
    assert {running.session.deadline_at for running in hall[:4]} == {hall[0].deadline + timedelta(minutes=10)}


def test_a_whole_exam_is_paused_and_resumed_with_the_time_credited(
    hall: list[Running], publisher: Publisher, client: Client, clock: Clock, deliver: Deliver
) -> None:
    assessment_id = hall[0].state["assessmentId"]
    asked = client.as_("instructor").post(
        f"/api/exams/{assessment_id}/pause", {"action": "pause", "reason": REASON, "scope": "exam"}
    )
    assert asked.status == 200
    refused = publisher.start({"assessmentId": assessment_id}, "late")
    assert (refused.status, refused.error.code) == (409, "EXAM_PAUSED")
    deliver()
    assert {running.session.state for running in hall[:4]} == {"paused"}
    assert pause(client, hall[0], scope="exam").error.code == "EXAM_PAUSED"
    clock.advance(minutes=20)
    pause(client, hall[0], "resume", scope="exam")
    deliver()
    assert {running.session.deadline_at for running in hall[:4]} == {hall[0].deadline + timedelta(minutes=20)}
    assert Assessment.require(assessment_id=assessment_id).extended_seconds == 1200
    assert publisher.start({"assessmentId": assessment_id}, "late").status == 201
    assert hall[4].session.closed_from == hall[0].session.closed_from


def test_a_great_exam_is_handed_on_in_batches(
    publisher: Publisher, hall: list[Running], client: Client, monkeypatch: pytest.MonkeyPatch, deliver: Deliver
) -> None:
    from functions.exams.proctoring import fan_out

    monkeypatch.setattr(fan_out, "_BATCH", 2)
    monkeypatch.setattr(fan_out, "_BATCHES", 1)
    extend(client, hall[0], scope="exam")
    assert deliver() == 0
    assert {running.session.deadline_at for running in hall[:4]} == {hall[0].deadline + timedelta(minutes=10)}


def test_one_who_goes_on_after_the_window_keeps_the_keys_from_the_others(
    hall: list[Running], client: Client, clock: Clock, deliver: Deliver
) -> None:
    extend(client, hall[0], 4 * 3600)
    deliver()
    clock.move_to(clock.at.replace(hour=12, minute=30))
    assert "score" not in hall[4].summary().data
    assert hall[0].answer().status == 200
    clock.move_to(hall[0].session.closes_at + timedelta(seconds=1))
    assert hall[4].summary().data["score"] == "0.00"


def test_u1_the_audit_log_is_whole_and_says_who_when_and_why(sat: Running, client: Client, clock: Clock) -> None:
    clock.advance(minutes=1)
    extend(client, sat)
    sat.submit()
    shown = client.as_("instructor").get(f"{sat.path}/events")
    events = shown.data["events"]
    assert [event["name"] for event in events] == ["started", "extended", "finished"]
    assert (events[1]["reason"], events[1]["actor"], events[1]["happenedAt"]) == (
        REASON,
        client.as_("instructor").user_id,
        "2027-01-11T09:01:00.000Z",
    )
    assert (shown.data["intact"], shown.cost.operations) == (True, ["BatchGetItem", "Query", "Query"])


@pytest.mark.parametrize("tampering", ["changed", "removed first", "removed last", "swapped", "renumbered"])
def test_u1_tampering_with_the_audit_log_is_noticed(sat: Running, client: Client, tampering: str) -> None:
    extend(client, sat)
    sat.submit()
    events = find(SessionEvent, exam_id=sat.id).items
    if tampering == "changed":
        events[1].facts = {**events[1].facts, "seconds": 1}
        Unit().put(events[1]).commit()
    elif tampering.startswith("removed"):
        Unit().remove(events[0 if tampering.endswith("first") else -1]).commit()
    elif tampering == "swapped":
        events[0].number, events[1].number = events[1].number, events[0].number
        Unit().put(events[0]).put(events[1]).commit()
    else:
        events[2].number = 7
        Unit().put(events[2]).remove(SessionEvent.at(exam_id=sat.id, number=3)).commit()
    assert client.as_("instructor").get(f"{sat.path}/events").data["intact"] is False


def test_u2_the_end_of_the_audit_log_pins_the_answers(sat: Running) -> None:
    from functions.exams.attempts import audit_log

    sat.answer()
    sat.submit()
    finished = find(SessionEvent, exam_id=sat.id).items[-1]
    answers = sat.sheet.answers.as_dict()
    assert finished.facts["answers"] == audit_log.hash_of_answers(answers)
    answers[sat.questions[0]]["chosen"] = {"option_ids": ["c"]}
    assert finished.facts["answers"] != audit_log.hash_of_answers(answers)
    assert finished.facts["score"] == ExamSession.require(exam_id=sat.id).score
