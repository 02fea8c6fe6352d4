"""Statistics of questions, checked against calculations of their own."""

import random
from statistics import correlation, median

import pytest

from lyceum.kit.table import Unit
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionStatistics, SolvedQuestions
from tests.questions.conftest import Bank, Finish
from tests.support.http import Client

from functions.questions import statistics


def shown(client: Client, name: str) -> dict[str, object]:
    data: dict[str, object] = client.as_("instructor").get(f"/api/questions/{name}/statistics").data
    return data


def test_statistics_are_those_of_a_direct_calculation(client: Client, bank: Bank, finish: Finish) -> None:
    names, chance = bank.fill(4), random.Random(7)
    rows = [{name: chance.choice(["right", "wrong", "blank", "partial", "right"]) for name in names} for _ in range(14)]
    for row in rows:
        finish(row, seconds=20, times=2)
    credit = {"right": 1.0, "partial": 0.5, "wrong": 0.0, "blank": 0.0}
    for name in names:
        own = [credit[row[name]] for row in rows]
        rest = [sum(credit[row[other]] for other in names if other != name) / 3 for row in rows]
        data = shown(client, name)
        assert (data["attempts"], data["correct"], data["skipped"]) == (
            14,
            [r[name] for r in rows].count("right"),
            [r[name] for r in rows].count("blank"),
        )
        assert data["facility"] == pytest.approx(sum(own) / 14, abs=1e-4)
        assert data["discrimination"] == pytest.approx(correlation(own, rest), abs=1e-3)
        choices = data["choices"]
        assert isinstance(choices, dict)
        assert sum(choices.values()) == 14 - int(str(data["skipped"]))
        assert (data["meanTimeSpentSeconds"], data["medianTimeSpentSeconds"]) == (20, pytest.approx(17.5, abs=2.5))


def test_distractors_are_counted_by_option(client: Client, bank: Bank, finish: Finish) -> None:
    (name,) = bank.fill(1)
    for option in "aacd":
        finish({name: "wrong"}, options={name: option})
    data = shown(client, name)
    assert data["choices"] == {"a": 2, "c": 1, "d": 1}
    assert "discrimination" not in data


def test_without_attempts_statistics_are_absent_and_without_the_question_it_is_404(client: Client, bank: Bank) -> None:
    (name,) = bank.fill(1)
    assert shown(client, name) == {"questionId": name, "attempts": 0, "correct": 0, "skipped": 0}
    assert client.as_("instructor").get(f"/api/questions/{'0' * 26}/statistics").status == 404
    assert client.as_("student").get(f"/api/questions/{name}/statistics").status == 403


def test_what_waits_for_a_grader_is_not_counted(client: Client, bank: Bank, finish: Finish) -> None:
    one, two = bank.fill(2)
    finish({one: "pending", two: "right"})
    assert QuestionStatistics.fetch(question_id=one) is None
    assert shown(client, two)["attempts"] == 1


def test_the_median_is_near_the_true_one_for_any_spread_of_times() -> None:
    chance = random.Random(3)
    for scale in (8, 60, 400):
        times = [min(14_400, int(chance.expovariate(1 / scale)) + 1) for _ in range(400)]
        counts: dict[str, int] = {}
        for seconds in times:
            counts[statistics.time_step(seconds)] = counts.get(statistics.time_step(seconds), 0) + 1
        assert statistics.median(counts) == pytest.approx(median(times), rel=0.2, abs=1.5)
    assert statistics.median({}) is None


def test_most_missed_come_first_by_topic_and_by_course(client: Client, bank: Bank, finish: Finish) -> None:
    names = bank.fill(3)
    for number in range(4):
        finish({names[0]: "right", names[1]: "wrong", names[2]: "right" if number % 2 else "wrong"})
    course_id = Question.require(question_id=names[0]).course_id
    instructor = client.as_("instructor")
    for query in ({"topicId": bank.topic_id}, {"courseId": course_id}):
        reply = instructor.get("/api/questions/most-missed", query)
        assert [each["questionId"] for each in reply.data] == [names[1], names[2], names[0]]
        assert [each["successRate"] for each in reply.data] == [0, 0.5, 1]
        assert reply.cost.operations == ["Query"]
    assert instructor.get("/api/questions/most-missed").status == 400
    assert client.as_("student").get("/api/questions/most-missed", {"topicId": bank.topic_id}).status == 403


def test_a_solved_question_stays_solved(client: Client, bank: Bank, finish: Finish) -> None:
    (name,) = bank.fill(1)
    finish({name: "right"})
    finish({name: "wrong"})
    found = SolvedQuestions.require(user_id=client.as_("student").user_id, topic_id=bank.topic_id)
    assert found.question_ids == {name}


def test_questions_that_are_not_in_the_bank_any_more_are_counted_and_in_no_list(
    client: Client, finish: Finish, tenant: str
) -> None:
    finish({"gone": "right"})
    assert QuestionStatistics.require(question_id="gone").attempts == 1
    assert not Unit()
