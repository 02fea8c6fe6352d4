"""One device at a time, taking over, marks for review, and how fast answers may come."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lyceum.kit.configuration import limits
from lyceum.kit.identity import Principal
from lyceum.kit.table import find
from lyceum.model.exams.sessions import SessionEvent
from tests.exams.conftest import Bank, Running, Start
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once


def elsewhere(running: Running, name: str = "phone") -> Running:
    """The same student, signed in on another device."""
    known = running.student.principal
    assert isinstance(known, Principal)
    return Running(replace(running.student, principal=replace(known, session_id=name)), running.state, seq=100)


def event_names(running: Running) -> list[str]:
    return [event.name for event in find(SessionEvent, exam_id=running.id).items]


def test_v1_a_second_device_is_refused_and_may_take_over(running: Running) -> None:
    running.answer()
    phone = elsewhere(running)
    refused = [phone.show(), phone.answer(), phone.submit()]
    assert [(reply.status, reply.error.code) for reply in refused] == [(409, "LEASED_ELSEWHERE")] * 3
    assert phone.student.post(f"{phone.path}/resume", {}).status == 200
    assert phone.answer(options="c").status == 200
    old = running.answer(options="d")
    assert (old.status, old.error.code) == (409, "LEASED_ELSEWHERE")
    assert phone.show().data["questions"][0]["answer"]["optionIds"] == ["c"]


def test_v1_a_start_on_a_second_device_names_the_session_to_resume(client: Client, bank: Bank, start: Start) -> None:
    running = start(topicIds=[bank.topic(12)])
    phone = elsewhere(running)
    refused = phone.student.post(
        "/api/exams/start", {"mode": "timed_exam", "topicIds": running.state["topicIds"], "count": 10}
    )
    assert (refused.status, refused.error.code) == (409, "LEASED_ELSEWHERE")
    assert refused.error.details == [{"field": "examId", "message": running.id}]


def test_v2_a_takeover_changes_neither_paper_nor_deadline_nor_answers_and_is_logged(
    running: Running, clock: Clock
) -> None:
    running.answer()
    before = running.show().data
    clock.advance(minutes=1)
    reply = elsewhere(running).student.post(f"{running.path}/resume", {})
    same = ("questions", "deadlineAt", "answeredCount", "maxScore")
    assert [reply.data[name] for name in same] == [before[name] for name in same]
    assert event_names(running) == ["started", "taken_over"]
    assert reply.cost.operations == ["BatchGetItem", "TransactWriteItems"]
    assert elsewhere(running).student.post(f"{running.path}/resume", {}).cost.operations == ["BatchGetItem"]


def test_v1_of_two_takeovers_at_once_one_holds_the_session(running: Running) -> None:
    phones = [elsewhere(running, f"phone{number}") for number in range(3)]
    at_once(*[lambda phone=phone: phone.student.post(f"{phone.path}/resume", {}) for phone in phones])
    assert sorted(phone.answer(options=options).status for phone, options in zip(phones, "abc", strict=True)) == [
        200,
        409,
        409,
    ]


def test_a_session_for_several_devices_needs_no_takeover(start: Start) -> None:
    running = start(singleDevice=False)
    assert elsewhere(running).answer().status == 200
    assert running.answer(options="c", seq=200).status == 200


def test_a_session_that_is_over_is_not_taken_over(running: Running, clock: Clock, client: Client) -> None:
    running.submit()
    refused = elsewhere(running).student.post(f"{running.path}/resume", {})
    assert (refused.status, refused.error.code) == (409, "SESSION_FINISHED")
    assert client.as_("eve", "student").post(f"{running.path}/resume", {}).status == 404
    assert elsewhere(running).summary().status == 200


def test_n3_a_flag_changes_nothing_but_itself(running: Running) -> None:
    before, question = running.show().data, running.questions[2]
    for wanted in (True, False, True):
        reply = running.student.post(f"{running.path}/flag", {"questionId": question, "flagged": wanted})
        assert (reply.data["flagged"], reply.cost.operations) == (wanted, ["UpdateItem"])
    after = running.show().data
    assert [shown["flagged"] for shown in after["questions"]] == [place == 2 for place in range(10)]
    for shown in (*before["questions"], *after["questions"]):
        shown.pop("flagged")
    assert before == after
    assert running.submit().data["score"] == "0.00"


@pytest.mark.parametrize(("who", "question", "status", "code"), [
    ("student", "nothing", 422, "RULE_VIOLATION"), ("eve", None, 404, "NOT_FOUND"),
    ("phone", None, 409, "LEASED_ELSEWHERE"),
])  # fmt: skip
def test_a_flag_is_refused_as_an_answer_is(
    running: Running, client: Client, who: str, question: str | None, status: int, code: str
) -> None:
    callers = {"student": running.student, "eve": client.as_("eve", "student"), "phone": elsewhere(running).student}
    refused = callers[who].post(f"{running.path}/flag", {"questionId": question or running.questions[0]})
    assert (refused.status, refused.error.code) == (status, code)


def test_a_flag_after_the_end_is_refused(running: Running) -> None:
    running.submit()
    assert (
        running.student.post(f"{running.path}/flag", {"questionId": running.questions[0]}).error.code
        == "SESSION_FINISHED"
    )


def test_answers_have_a_limiter_of_their_own_in_the_same_write(running: Running, clock: Clock) -> None:
    replies = [running.answer(options="ab"[number % 2]) for number in range(125)]
    assert [reply.status for reply in replies] == [200] * 121 + [429] * 4
    assert replies[-1].headers["Retry-After"] == "1"
    assert {tuple(reply.cost.operations) for reply in replies} == {("UpdateItem",)}
    clock.advance(seconds=1)
    assert [running.answer().status for _ in range(3)] == [200, 200, 429]
    assert running.student.post(f"{running.path}/flag", {"questionId": running.questions[0]}).status == 429
    clock.at += timedelta(minutes=5)
    assert [running.answer().status for _ in range(20)] == [200] * 20


def test_the_free_plan_has_a_daily_quota_that_a_running_session_does_not_count_twice(
    client: Client, bank: Bank, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "value", lambda _name: 2)
    student = client.as_("student")
    topics = [bank.topic(3) for _ in range(3)]

    def started(place: int) -> object:
        reply = student.post("/api/exams/start", {"mode": "practice", "topicIds": [topics[place]], "count": 2})
        return reply.status if reply.status < 400 else (reply.status, reply.error.code, reply.headers["Retry-After"])

    assert [started(0), started(0), started(1)] == [201, 201, 201]
    assert started(2) == (429, "DAILY_QUOTA_REACHED", str(15 * 3600))
    assert started(0) == 201
    clock.advance(hours=15)
    assert started(2) == 201
    paying = replace(student, principal=replace(client.as_("eve", "student").principal, tier="pro"))
    replies = [
        paying.post("/api/exams/start", {"mode": "practice", "topicIds": [topic], "count": 2}).status
        for topic in topics
    ]
    assert replies == [201] * 3
