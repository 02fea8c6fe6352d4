"""All answers of an attempt in one call."""

from typing import Any

import pytest

from tests.exams.conftest import Publisher, Running
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once


@pytest.fixture
def attempt(publisher: Publisher) -> Running:
    """An attempt of a quarter of an hour that takes answers given offline for two days."""
    return publisher.begin(publisher.test(rules={"durationSeconds": 900, "offlineHours": 48, "graceSeconds": 0}))


def path_of(running: Running) -> str:
    return f"/api/practice-tests/{running.state['assessmentId']}"


def send(running: Running, *answers: dict[str, Any]) -> Reply:
    return running.student.post(f"{path_of(running)}/submit", {"answers": list(answers)})


def given(running: Running, place: int, options: str = "b", **values: Any) -> dict[str, Any]:
    return {"questionId": running.questions[place], "optionIds": list(options), **values}


def test_all_answers_come_in_one_call_that_finishes_the_attempt(attempt: Running) -> None:
    reply = send(attempt, given(attempt, 0), given(attempt, 1, "a"), given(attempt, 2, timeSpentSeconds=30))
    assert [result["saved"] for result in reply.data["results"]] == [True] * 3
    assert (reply.data["state"], reply.data["score"], reply.data["cause"]) == ("finished", "2.00", "submitted")
    assert reply.cost.operations == ["GetItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    result = attempt.student.get(f"{path_of(attempt)}/results/{attempt.id}").data
    marked = {question["questionId"]: question for question in result["questions"]}
    assert marked[attempt.questions[2]]["timeSpentSeconds"] == 30


def test_w8_one_bad_answer_discards_no_other(attempt: Running) -> None:
    bad = [
        {"questionId": "nothing", "optionIds": ["b"]},
        given(attempt, 1, "z"),
        given(attempt, 2, "ab"),
        {"questionId": attempt.questions[3], "text": "b"},
    ]
    reply = send(attempt, bad[0], given(attempt, 0), *bad[1:])
    codes = ["UNKNOWN_QUESTION", None, "UNKNOWN_OPTION", "TOO_MANY_OPTIONS", "WRONG_FORM"]
    assert [result.get("code") for result in reply.data["results"]] == codes
    assert reply.data["score"] == "1.00"


def test_the_highest_sequence_of_several_answers_stands(attempt: Running) -> None:
    attempt.answer(attempt.questions[1], "b", seq=5)
    reply = send(attempt, given(attempt, 0, "a", seq=1), given(attempt, 0, "b", seq=2), given(attempt, 1, "a", seq=4))
    assert [result.get("code") for result in reply.data["results"]] == ["STALE_ANSWER", None, "STALE_ANSWER"]
    assert reply.data["score"] == "2.00"


def test_the_same_call_again_gets_the_same_receipt(attempt: Running, clock: Clock) -> None:
    answers = [given(attempt, 0), given(attempt, 1, "z"), given(attempt, 2)]
    first = send(attempt, *answers)
    clock.advance(days=3)
    again = send(attempt, *answers)
    for reply in (first, again):
        reply.data.pop("serverNow")
    assert {**first.data, "serverNow": ""} == {**again.data, "serverNow": ""}
    more = send(attempt, given(attempt, 3))
    assert (more.data["results"][0]["code"], more.data["score"]) == ("SESSION_FINISHED", "2.00")
    assert len(attempt.events("exam.completed")) == 1


@pytest.mark.parametrize("answered_at", ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"])
def test_t4_a_clients_clock_decides_nothing(attempt: Running, clock: Clock, answered_at: str) -> None:
    clock.advance(hours=20)
    reply = send(attempt, given(attempt, 0, answeredAt=answered_at))
    assert (reply.data["score"], reply.data["finishedAt"]) == ("1.00", attempt.state["deadlineAt"])
    assert attempt.sheet.answers.as_dict()[attempt.questions[0]]["client_at"] == answered_at.replace("Z", ".000Z")
    assert [
        question["late"]
        for question in attempt.summary().data["questions"]
        if question["questionId"] == attempt.questions[0]
    ] == [True]


def test_answers_that_come_after_the_offline_hours_are_refused(attempt: Running, clock: Clock) -> None:
    clock.advance(hours=49)
    reply = send(attempt, given(attempt, 0))
    assert (reply.status, reply.data["results"][0]["code"], reply.data["score"], reply.data["cause"]) == (
        200,
        "SESSION_FINISHED",
        "0.00",
        "expired",
    )


def test_who_has_not_started_has_nothing_to_submit(publisher: Publisher, attempt: Running, client: Client) -> None:
    assert client.as_("eve", "student").post(f"{path_of(attempt)}/submit", {"answers": []}).status == 404
    assert send(attempt, *[given(attempt, 0)] * 201).status == 400


def test_a_result_is_of_its_own_test_and_student(publisher: Publisher, attempt: Running, client: Client) -> None:
    send(attempt, given(attempt, 0))
    other = publisher.test(1)
    assert attempt.student.get(f"/api/practice-tests/{other['assessmentId']}/results/{attempt.id}").status == 404
    assert client.as_("eve", "student").get(f"{path_of(attempt)}/results/{attempt.id}").status == 404


def test_forward_only_answers_come_in_their_order(publisher: Publisher) -> None:
    running = publisher.begin(publisher.test(3, rules={"navigation": "forward_only"}))
    first, second, third = sorted(
        running.sheet.answers.as_dict(), key=lambda name: running.sheet.answers.as_dict()[name]["place"]
    )
    rows = [{"questionId": name, "optionIds": ["b"]} for name in (first, third, second, third)]
    assert [result.get("code") for result in send(running, *rows).data["results"]] in (
        [None, None, None, None], [None, "QUESTION_NOT_OPEN", None, None],
    )  # fmt: skip
    assert running.submit().data["score"] == "3.00"


def test_w4_w5_concurrent_submits_and_saves_give_one_finish(attempt: Running) -> None:
    whole = [given(attempt, place) for place in range(3)]
    replies = at_once(
        *[lambda: send(attempt, *whole) for _ in range(3)], lambda: attempt.answer(attempt.questions[3], seq=9)
    )
    accepted = 3 + (replies[3].status == 200)
    assert {reply.data["score"] for reply in replies[:3]} == {f"{accepted}.00"}
    assert len(attempt.events("exam.completed")) == 1


def test_only_practice_tests_take_answers_given_offline(publisher: Publisher, client: Client) -> None:
    from lyceum.kit.table import write_many
    from lyceum.model.courses.course import Course

    write_many(
        [
            Course(
                course_id="C" * 26,
                department_id="D",
                instructor_id=publisher.instructor.user_id,
                code="M 1",
                title="A",
                level=100,
                credit_units=3,
            )
        ]
    )
    publisher.bank.topic(1)
    body = {"title": "Q", "courseId": "C" * 26, "questionIds": publisher.bank.ids, "rules": {"offlineHours": 1}}
    assert publisher.instructor.post("/api/quizzes", body).error.fields == {"OFFLINE_IS_FOR_PRACTICE"}
