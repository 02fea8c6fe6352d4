"""Statistics of a crowd: what a batch of sessions adds to shared items is written once, and is what each would add."""

from typing import Any

import pytest

from lyceum.kit.table import Unit, find
from lyceum.model.exams.statistics import ItemStatistics, ScoreDistribution
from lyceum.model.questions.statistics import QuestionStatistics, ResponsePattern
from tests.exams.conftest import Bank, Publisher, Running
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, Client
from tests.support.workers import record

from functions.exams.events import statistics as of_assessments
from functions.questions.events import statistics as of_questions

CROWD = 6
WORKERS = {"assessments": of_assessments, "questions": of_questions}


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The key families of all that units write."""
    found: list[str] = []
    commit = Unit.commit

    def noted(unit: Unit) -> None:
        found.extend(str(write.item.pk).partition("|")[2].partition("#")[0] for write in unit._writes)
        commit(unit)

    monkeypatch.setattr(Unit, "commit", noted)
    return found


def crowd(publisher: Publisher, test: dict[str, Any]) -> list[Running]:
    """Let a crowd sit a test: everybody is right in the first question, every other one in the second."""
    sessions = []
    for number in range(CROWD):
        running = publisher.begin(test, f"candidate{number}")
        first, second = sorted(running.questions)
        running.answer(first, "b", timeSpentSeconds=10)
        running.answer(second, "b" if number % 2 else "a", timeSpentSeconds=20)
        running.submit()
        sessions.append(running)
    return sessions


def ended(cloud: Cloud, tenant: str) -> list[dict[str, Any]]:
    """Return the messages that tell of ends."""
    return [record(entry) for entry in cloud.published(tenant) if entry["DetailType"] == "exam.completed"]


def counters(test: dict[str, Any]) -> list[Any]:
    """Return all that is counted of a test and its questions."""
    scores = ScoreDistribution.require(assessment_id=test["assessmentId"])
    found: list[Any] = [scores.attempts, scores.taker_count, scores.percent_sum, scores.takers.as_dict()]
    for question_id in sorted(test["questionIds"]):
        item = ItemStatistics.require(assessment_id=test["assessmentId"], question_id=question_id)
        found.append((item.attempts, item.right, item.item_sum, item.rest_sum, item.products, item.time_spent_seconds))
        whole = QuestionStatistics.require(question_id=question_id)
        counts = whole.choices.as_dict(), whole.times.as_dict()
        found.append((whole.attempts, whole.correct, whole.credit_sum, whole.products, whole.missed, *counts))
    return found


def test_a_crowd_is_counted_in_one_write_of_each_shared_item(
    publisher: Publisher, client: Client, tenant: str, writes: list[str]
) -> None:
    test = publisher.test(2)
    crowd(publisher, test)
    told = ended(client.cloud, tenant)
    assert len(told) == CROWD
    writes.clear()
    for worker in WORKERS.values():
        assert worker.handler({"Records": told}, LAMBDA) == {"batchItemFailures": []}
    assert writes.count("ASTAT") == 3, "the scores and both questions"
    assert writes.count("QSTAT") == 2 * 2, "both questions are made and changed"
    half = CROWD // 2
    assert counters(test)[:4] == [CROWD, CROWD, half * (5_000 + 10_000), {"p50": half, "p100": half}]
    assert [each[1] for each in counters(test)[4::2]] == [CROWD, half]


def test_a_crowd_comes_to_the_same_one_by_one_again_and_in_any_batches(
    publisher: Publisher, bank: Bank, client: Client, tenant: str
) -> None:
    test = publisher.test(2)
    crowd(publisher, test)
    told = ended(client.cloud, tenant)
    for worker in WORKERS.values():
        for batch in (told[:1], told[:3], told, told[::-1], told[3:5] * 2):
            assert worker.handler({"Records": batch}, LAMBDA) == {"batchItemFailures": []}
    half = CROWD // 2
    assert counters(test)[:4] == [CROWD, CROWD, half * (5_000 + 10_000), {"p50": half, "p100": half}]
    assert [each[0] for each in counters(test)[4:]] == [CROWD] * 4
    assert counters(test)[-1][4] == "050"


def test_a_session_that_is_gone_stops_nobody_elses_count(publisher: Publisher, client: Client, tenant: str) -> None:
    test = publisher.test(2)
    sessions = crowd(publisher, test)
    told = ended(client.cloud, tenant)
    Unit().remove(sessions[0].marks).commit()
    for worker in WORKERS.values():
        assert worker.handler({"Records": told}, LAMBDA) == {"batchItemFailures": []}
    assert counters(test)[0] == CROWD - 1


def test_of_a_crowd_as_many_patterns_are_left_as_an_estimate_needs(
    publisher: Publisher, client: Client, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_questions, "_PATTERNS_A_BATCH", 5)
    test = publisher.test(2)
    crowd(publisher, test)
    told = ended(client.cloud, tenant)
    for _ in range(2):
        assert of_questions.handler({"Records": told}, LAMBDA) == {"batchItemFailures": []}
    topic_id = QuestionStatistics.require(question_id=test["questionIds"][0]).topic_id
    assert len(find(ResponsePattern, topic_id=topic_id, limit=50).items) == 5


def test_an_earlier_revision_that_is_told_late_leaves_no_pattern(
    publisher: Publisher, bank: Bank, client: Client, tenant: str
) -> None:
    bank.essays(1)
    running = publisher.begin(publisher.test(questions=bank.ids))
    running.write(running.questions[0], "Essay")
    running.submit()
    told = []
    for points, values in (("10", {}), ("5", {"reason": "Overlooked", "lower": True})):
        body = {"questionId": running.questions[0], "points": points, **values}
        assert client.as_("instructor").post(f"{running.path}/grade", body).status == 200
        told += [record(entry) for entry in client.cloud.outbox(tenant) if entry["DetailType"] == "exam.graded"]
    for message in told[::-1]:
        assert of_questions.handler({"Records": [message]}, LAMBDA) == {"batchItemFailures": []}
    found = QuestionStatistics.require(question_id=running.questions[0])
    pattern = ResponsePattern.require(topic_id=found.topic_id, exam_id=running.id)
    assert (found.attempts, pattern.answers) == (1, {running.questions[0]: 0})
