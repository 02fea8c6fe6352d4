"""Sections with a time of their own: one is open at a time, and none opens again (EXAM N2)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.exams.conftest import Bank, Publisher, Running
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once

RULES = {"feedback": "at_once", "graceSeconds": 30, "shuffleQuestions": False}


@pytest.fixture
def timed(publisher: Publisher, bank: Bank) -> Running:
    """An attempt at two sections of ten minutes with two questions each."""
    return start(publisher, bank)


def start(publisher: Publisher, bank: Bank, name: str = "student", **values: Any) -> Running:
    topics = [bank.topic(2), bank.topic(2)]
    plans = [
        {"title": title, "topicIds": [topic], "count": 2, "timeLimitSeconds": 600}
        for title, topic in zip("AB", topics, strict=True)
    ]
    test = publisher.test(blueprint={"sections": plans}, **{"rules": RULES, **values})
    assert test["durationSeconds"] == 1200
    return publisher.begin(test, name)


def shown(running: Running) -> tuple[int, int, str]:
    state = running.show().data
    return state["section"], len(state["questions"]), state["sectionEndsAt"][11:19]


def leave(running: Running, section: int = 0) -> Reply:
    return running.student.post(f"{running.path}/leave-section", {"section": section})


def every_endpoint(running: Running, question_id: str) -> list[Reply]:
    """Try to answer, flag and judge a question; its state is told by `shown`."""
    flagged = running.student.post(f"{running.path}/flag", {"questionId": question_id})
    return [running.answer(question_id, "c"), flagged, running.student.get(f"{running.path}/feedback/{question_id}")]


def test_n2_only_the_open_section_is_shown_and_a_save_is_still_one_write(timed: Running) -> None:
    assert shown(timed) == (0, 2, "09:10:00")
    assert timed.answer().cost.operations == ["UpdateItem"]
    assert timed.show().cost.operations == ["BatchGetItem"]


def test_n2_a_section_that_was_left_is_locked_through_every_endpoint(timed: Running, clock: Clock) -> None:
    first = timed.questions[0]
    timed.answer(first)
    clock.advance(minutes=4)
    left = leave(timed)
    second = left.data["questions"][0]["questionId"]
    assert (left.data["section"], left.data["sectionEndsAt"][11:19], second in timed.questions) == (
        1,
        "09:14:00",
        False,
    )
    assert left.cost.operations == ["BatchGetItem", "UpdateItem"]
    assert [(reply.status, reply.error.code) for reply in every_endpoint(timed, first)] == [(409, "SECTION_CLOSED")] * 3
    assert timed.answer(second).status == 200
    assert leave(timed).data["section"] == 1, "leaving a section twice leaves it once"
    assert leave(timed, 1).error.code == "LAST_SECTION"
    assert timed.submit().data["score"] == "2.00"


def test_n2_a_section_whose_time_is_over_is_locked_without_any_client(timed: Running, clock: Clock) -> None:
    first = timed.questions[0]
    clock.advance(minutes=10)
    assert (timed.answer(first).status, shown(timed)) == (200, (0, 2, "09:10:00")), "the last moment belongs to it"
    clock.advance(seconds=1)
    assert shown(timed) == (1, 2, "09:20:00")
    assert {reply.error.code for reply in every_endpoint(timed, first)} == {"SECTION_CLOSED"}
    second = timed.show().data["questions"][0]["questionId"]
    assert timed.answer(second).status == 200
    clock.move_to(timed.deadline + timedelta(seconds=30))
    assert (shown(timed)[1], timed.answer(second).data["late"]) == (0, True), "the grace is that of the whole exam"


def test_n2_a_section_is_not_open_before_its_turn(timed: Running) -> None:
    last = next(name for name in timed.sheet.answers.as_dict() if name not in timed.questions)
    assert [(reply.status, reply.error.code) for reply in every_endpoint(timed, last)] == [
        (403, "SECTION_NOT_OPEN"),
        (403, "SECTION_NOT_OPEN"),
        (403, "SECTION_NOT_OPEN"),
    ]
    assert leave(timed, 1).error.code == "SECTION_NOT_OPEN"


def test_n2_two_calls_that_leave_a_section_at_once_leave_one(timed: Running) -> None:
    replies = at_once(lambda: leave(timed), lambda: leave(timed))
    assert [(reply.status, reply.data["section"]) for reply in replies] == [(200, 1)] * 2


def test_n2_time_left_over_is_not_carried_into_the_last_section(timed: Running, clock: Clock) -> None:
    leave(timed)
    clock.advance(minutes=10, seconds=1)
    state = timed.show().data
    assert (state["state"], state["questions"]) == ("running", [])


def test_n2_answers_given_in_one_call_obey_the_sections(timed: Running, clock: Clock) -> None:
    first = timed.questions
    clock.advance(minutes=11)
    second = [question["questionId"] for question in timed.show().data["questions"]]
    path = f"/api/practice-tests/{timed.state['assessmentId']}/submit"
    reply = timed.student.post(
        path, {"answers": [{"questionId": name, "optionIds": ["b"]} for name in (*first, *second)]}
    )
    assert [result.get("code") for result in reply.data["results"]] == ["SECTION_CLOSED"] * 2 + [None] * 2
    assert reply.data["score"] == "2.00"


def test_t5_a_pause_and_an_extension_move_the_end_of_the_open_section(
    timed: Running, client: Client, clock: Clock
) -> None:
    proctor = client.as_("instructor")
    proctor.post(f"{timed.path}/extend", {"seconds": 60, "reason": "A bell rang"})
    assert shown(timed)[2] == "09:11:00"
    proctor.post(f"{timed.path}/pause", {"action": "pause", "reason": "Power cut"})
    clock.advance(minutes=20)
    proctor.post(f"{timed.path}/pause", {"action": "resume", "reason": "Power is back"})
    assert (shown(timed), timed.answer().status) == ((0, 2, "09:31:00"), 200)


def test_forward_only_goes_on_with_the_first_question_of_the_next_section(
    publisher: Publisher, bank: Bank, clock: Clock
) -> None:
    timed = start(publisher, bank, rules={**RULES, "navigation": "forward_only"})
    assert shown(timed)[1] == 1
    clock.advance(minutes=11)
    state = timed.show().data
    assert (state["position"], len(state["questions"])) == (2, 1)
    assert timed.answer(state["questions"][0]["questionId"]).status == 200


def test_accommodations_stretch_every_section(publisher: Publisher, bank: Bank, client: Client) -> None:
    user_id = client.as_("student", "student").user_id
    timed = start(publisher, bank, accommodations=[{"userId": user_id, "extraTimePercent": 50}])
    assert (shown(timed)[2], timed.state["deadlineAt"][11:19]) == ("09:15:00", "09:30:00")


@pytest.mark.parametrize(("sections", "rules", "status"), [
    ([{"timeLimitSeconds": 600}, {}], {}, 400), ([{"timeLimitSeconds": 14400}] * 2, {}, 400),
    ([{"timeLimitSeconds": 600}], {"offlineHours": 1}, 422),
])  # fmt: skip
def test_times_that_make_no_sense_are_refused(
    publisher: Publisher, bank: Bank, sections: list[Any], rules: Any, status: int
) -> None:
    topic = bank.topic(2)
    plans = [{"title": "A", "topicIds": [topic], "count": 1, **section} for section in sections]
    body = {"title": "T", "subject": "M", "gradeLevel": "SS3", "blueprint": {"sections": plans}, "rules": rules}
    assert publisher.instructor.post("/api/practice-tests", body).status == status
