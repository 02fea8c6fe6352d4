"""What is closed or still to come of a paper gives nothing of itself away, and no extension opens it again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.exams.conftest import Bank, Publisher, Running, Start
from tests.support.clock import Clock
from tests.support.http import Client, Reply

RULES = {"feedback": "at_once", "graceSeconds": 30, "shuffleQuestions": False}
REASON = "The power went out"
Deliver = Callable[[], int]


@pytest.fixture
def timed(publisher: Publisher, bank: Bank) -> Running:
    """An attempt at two sections of ten minutes with two questions each, the second with essays."""
    plans = [
        {"title": title, "topicIds": [topic], "count": 2, "timeLimitSeconds": 600}
        for title, topic in (("A", bank.topic(2)), ("B", bank.essays(2)))
    ]
    return publisher.begin(publisher.test(blueprint={"sections": plans}, rules=RULES))


@pytest.fixture
def forward(start: Start) -> Running:
    """A session that only goes forward, with feedback at once."""
    return start(navigation="forward_only", feedback="at_once")


def extend(client: Client, running: Running, scope: str = "session", seconds: int = 300) -> Reply:
    body = {"seconds": seconds, "reason": REASON, "scope": scope}
    return client.as_("instructor").post(f"{running.path}/extend", body)


def pause(client: Client, running: Running, action: str) -> Reply:
    return client.as_("instructor").post(f"{running.path}/pause", {"action": action, "reason": REASON})


def ends(running: Running) -> tuple[int, str]:
    state = running.show().data
    return state["section"], state["sectionEndsAt"][11:19]


@pytest.mark.parametrize("scope", ["session", "exam"])
def test_n2_an_extension_never_opens_a_section_again_that_nobody_saw_expire(
    timed: Running, client: Client, clock: Clock, deliver: Deliver, scope: str
) -> None:
    first = timed.questions[0]
    clock.advance(minutes=11)
    assert extend(client, timed, scope).status == 200
    deliver()
    assert ends(timed) == (1, "09:25:00")
    assert timed.answer(first).error.code == "SECTION_CLOSED"
    clock.move_to(timed.deadline + timedelta(minutes=4))
    assert ends(timed) == (1, "09:25:00")
    assert timed.show().data["questions"] != []


def test_n2_an_extension_gives_the_open_section_more_time(timed: Running, client: Client, clock: Clock) -> None:
    clock.advance(minutes=5)
    extend(client, timed)
    assert ends(timed) == (0, "09:15:00")
    clock.advance(minutes=11)
    assert ends(timed) == (1, "09:25:00")


def test_n2_a_pause_keeps_the_section_that_was_open_when_it_began(timed: Running, client: Client, clock: Clock) -> None:
    clock.advance(minutes=5)
    pause(client, timed, "pause")
    clock.advance(hours=1)
    extend(client, timed, seconds=60)
    pause(client, timed, "resume")
    assert ends(timed) == (0, "10:11:00")


def test_n2_a_reopened_session_goes_on_in_its_last_section(timed: Running, client: Client, clock: Clock) -> None:
    clock.move_to(timed.closing + timedelta(minutes=5))
    body = {"seconds": 300, "reason": REASON, "reopen": True}
    assert client.as_("instructor").post(f"{timed.path}/extend", body).status == 200
    section, until = ends(timed)
    assert (section, until) == (1, timed.show().data["deadlineAt"][11:19])


def refusals(running: Running, question_id: str, **answer: Any) -> list[tuple[int, str, str]]:
    flag = running.student.post(f"{running.path}/flag", {"questionId": question_id})
    feedback = running.student.get(f"{running.path}/feedback/{question_id}")
    running.seq += 1
    body = {"questionId": question_id, "seq": running.seq, **(answer or {"optionIds": ["b"]})}
    saved = running.student.post(f"{running.path}/answer", body)
    return [(reply.status, reply.error.code, reply.error.message) for reply in (saved, flag, feedback)]


@pytest.mark.parametrize("answer", [{"text": "words"}, {"optionIds": ["z"]}, {"number": "1"}])
def test_n2_a_section_that_is_ahead_is_told_from_nothing_at_all_by_no_endpoint(
    timed: Running, answer: dict[str, Any]
) -> None:
    ahead = next(name for name in timed.sheet.answers.as_dict() if name not in timed.questions)
    assert refusals(timed, ahead, **answer) == refusals(timed, "not-in-the-paper", **answer)
    assert refusals(timed, ahead, **answer)[0][1] == "SECTION_NOT_OPEN"


@pytest.mark.parametrize("answer", [{"text": "words"}, {"optionIds": ["z"]}, {"optionIds": ["a"]}])
def test_n1_a_question_that_is_ahead_is_told_from_nothing_at_all_by_no_endpoint(
    forward: Running, answer: dict[str, Any]
) -> None:
    ahead = next(name for name in forward.sheet.answers.as_dict() if name not in forward.questions)
    assert refusals(forward, ahead, **answer) == refusals(forward, "not-in-the-paper", **answer)
    assert refusals(forward, ahead, **answer)[0][1] == "QUESTION_NOT_OPEN"


def test_n2_a_closed_section_is_refused_before_the_form_of_an_answer(timed: Running, clock: Clock) -> None:
    first = timed.questions[0]
    clock.advance(minutes=11)
    for answer in ({"text": "words"}, {"optionIds": ["z"]}):
        assert {code for _, code, _ in refusals(timed, first, **answer)} == {"SECTION_CLOSED"}


def test_l8_a_start_that_is_sent_again_shows_what_may_be_seen_by_now(
    timed: Running, client: Client, clock: Clock
) -> None:
    path = f"/api/practice-tests/{timed.state['assessmentId']}/start"
    student = client.as_("ada", "student")
    first = student.post(path, {}, idempotency_key="once")
    clock.advance(minutes=11)
    again = student.post(path, {}, idempotency_key="once")
    assert (again.status, again.data["examId"]) == (201, first.data["examId"])
    assert {each["questionId"] for each in again.data["questions"]}.isdisjoint(
        {each["questionId"] for each in first.data["questions"]}
    )
    clock.advance(hours=1)
    over = student.post(path, {}, idempotency_key="once")
    assert (over.data["examId"], over.data["state"], over.data["questions"]) == (first.data["examId"], "finished", [])
    assert "stem" not in over.body


def test_l8_a_start_that_is_sent_again_after_moving_on_shows_the_current_question(
    client: Client, bank: Bank, clock: Clock
) -> None:
    student = client.as_("ada", "student")
    body = {"mode": "practice", "topicIds": [bank.topic(4)], "count": 3, "navigation": "forward_only"}
    first = student.post("/api/exams/start", body, idempotency_key="once")
    question = first.data["questions"][0]["questionId"]
    student.post(f"/api/exams/{first.data['examId']}/answer", {"questionId": question, "optionIds": ["b"], "seq": 1})
    again = student.post("/api/exams/start", body, idempotency_key="once")
    assert question not in {each["questionId"] for each in again.data["questions"]}
