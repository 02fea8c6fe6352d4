"""Counters kept by the consumer of finished exams: own performance, distributions, percentiles, item analysis."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.table import Unit
from lyceum.model.exams.statistics import ItemStatistics, ScoreDistribution
from lyceum.model.questions.statistics import QuestionStatistics
from tests.exams.conftest import Bank, Publisher, Running, Start
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, Client
from tests.support.workers import record

from functions.exams.events import statistics
from functions.exams.statistics import analysis

Deliver = Callable[[], int]


def sit(publisher: Publisher, test: dict[str, Any], name: str, pattern: str) -> Running:
    """Answer the questions of a test in the order of their ids: "b" is right."""
    running = publisher.begin(test, name)
    for question, options in zip(sorted(running.questions), pattern, strict=True):
        if options != "-":
            running.answer(question, options, timeSpentSeconds=10)
    running.submit()
    return running


def performance(client: Client, name: str = "student") -> Any:
    return client.as_(name, "student").get("/api/exams/analytics")


def test_nobody_has_a_performance_before_the_first_exam(client: Client) -> None:
    reply = performance(client)
    assert (reply.data["overall"]["exams"], reply.data["byTopic"], "meanPercent" in reply.data["overall"]) == (
        0,
        [],
        False,
    )


def test_own_performance_adds_up_over_exams(
    start: Start, bank: Bank, client: Client, clock: Clock, deliver: Deliver
) -> None:
    topics = [bank.topic(3), bank.topic(3)]
    for number, mode in enumerate(("practice", "timed_exam", "practice")):
        running = start(topicIds=topics, count=6, mode=mode)
        for place, question in enumerate(running.questions):
            if place <= number + 2:
                running.answer(question, "b", timeSpentSeconds=5)
        running.submit()
        clock.advance(days=7)
    assert deliver() == 0
    reply = performance(client)
    shown = reply.data
    assert reply.cost.operations == ["Query"]
    facts = ("exams", "passed", "meanPercent", "questions", "right", "wrong", "blank", "timeSpentSeconds")
    assert [shown["overall"][name] for name in facts] == [3, 3, "66.67", 18, 12, 0, 6, 60]
    assert {part["name"]: part["exams"] for part in shown["byMode"]} == {"practice": 2, "timed_exam": 1}
    assert [part["name"] for part in shown["byWeek"]] == ["2027-W02", "2027-W03", "2027-W04"]
    assert {part["name"] for part in shown["byTopic"]} == set(topics)
    for parts in (shown["byTopic"], shown["byDifficulty"], shown["byMode"], shown["byWeek"]):
        assert sum(part["questions"] for part in parts) == 18
        assert sum(part["right"] for part in parts) == 12


def test_a_session_is_counted_once_however_often_it_is_told(
    publisher: Publisher, client: Client, deliver: Deliver, tenant: str
) -> None:
    test = publisher.test()
    sit(publisher, test, "student", "bb--")
    for _ in range(2):
        deliver()
    (told,) = [entry for entry in client.cloud.outbox(tenant) if entry["DetailType"] == "exam.completed"]
    for _ in range(2):
        assert statistics.handler({"Records": [record(told), record(told)]}, LAMBDA) == {"batchItemFailures": []}
    assert performance(client).data["overall"]["exams"] == 1
    analytics = publisher.instructor.get(f"/api/practice-tests/{test['assessmentId']}/analytics").data
    assert (analytics["distribution"]["attempts"], {item["attempts"] for item in analytics["items"]}) == (1, {1})


def test_w7_what_a_crash_between_finish_and_publication_leaves_is_sent_again_with_one_effect(
    start: Start, client: Client, cloud: Cloud, tenant: str
) -> None:
    running = start()
    running.answer()
    running.submit()
    told = [entry for entry in cloud.outbox(tenant) if entry["DetailType"] == "exam.completed"]
    assert len(told) == 1, "the event stands in the item whose write ended the session, whoever publishes it and when"
    assert running.submit().status == 200
    for _ in range(3):  # the stream comes again after a crash: before, between and after its consumers
        workers.deliver(cloud, tenant)
    assert performance(client).data["overall"]["exams"] == 1
    assert QuestionStatistics.require(question_id=running.questions[0]).attempts == 1
    types = [each["type"] for each in running.student.get("/api/notifications").data]
    assert sum(each.startswith("exam.") for each in types) == 1


def test_items_are_analysed_from_counters(publisher: Publisher, client: Client, deliver: Deliver) -> None:
    test = publisher.test(4)
    patterns = {"ada": "bbbb", "eve": "bbba", "joe": "bba-", "zoe": "baaa"}
    for name, pattern in patterns.items():
        sit(publisher, test, name, pattern)
    deliver()
    reply = publisher.instructor.get(f"/api/practice-tests/{test['assessmentId']}/analytics")
    assert reply.cost.operations == ["GetItem", "Query"]
    distribution = reply.data["distribution"]
    assert {
        name: distribution[name]
        for name in ("attempts", "takers", "passed", "meanPercent", "medianPercent", "standardDeviation")
    } == {
        "attempts": 4,
        "takers": 4,
        "passed": 2,
        "meanPercent": "62.50",
        "medianPercent": "62.5",
        "standardDeviation": "27.95",
    }
    assert distribution["inTens"] == [0, 0, 1, 0, 0, 1, 0, 1, 0, 1]
    items = [item for _, item in sorted((item["questionId"], item) for item in reply.data["items"])]
    assert [item["facility"] for item in items] == ["1.0000", "0.7500", "0.5000", "0.2500"]
    assert (items[3]["blank"], items[3]["wrong"], items[3]["meanTimeSpentSeconds"]) == (1, 2, "7.50")
    assert "discrimination" not in items[0]
    scores = [[1 if each == "b" else 0 for each in pattern] for pattern in patterns.values()]
    for place in (1, 2, 3):
        assert float(items[place]["discrimination"]) == pytest.approx(correlation(scores, place), abs=2e-4)


def correlation(scores: list[list[int]], place: int) -> float:
    """The plain textbook correlation of an item with the rest of the test."""
    from statistics import correlation as pearson

    return pearson([float(row[place]) for row in scores], [float(sum(row) - row[place]) for row in scores])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 12)), min_size=2, max_size=30))
def test_discrimination_is_a_correlation(rows: list[tuple[int, int]]) -> None:
    from statistics import StatisticsError
    from statistics import correlation as pearson

    parts = [(analysis.unit_parts(Fraction(item, 4)), analysis.unit_parts(Fraction(rest, 12))) for item, rest in rows]
    counted = ItemStatistics(
        attempts=len(parts),
        item_sum=sum(x for x, _ in parts),
        item_squares=sum(x * x for x, _ in parts),
        rest_sum=sum(y for _, y in parts),
        rest_squares=sum(y * y for _, y in parts),
        products=sum(x * y for x, y in parts),
    )
    try:
        expected = pearson([float(x) for x, _ in parts], [float(y) for _, y in parts])
    except StatisticsError:
        assert analysis.discrimination(counted) is None
    else:
        assert float(analysis.discrimination(counted) or 0) == pytest.approx(expected, abs=1e-4)


def test_a_percentile_needs_twenty_takers(publisher: Publisher, client: Client, deliver: Deliver) -> None:
    test = publisher.test(4)
    last = sit(publisher, test, "student", "bbb-")
    distribution = ScoreDistribution.require(assessment_id=test["assessmentId"])
    distribution.takers = {"p0": 5, "p50": 9, "p100": 4}
    Unit().put(distribution).commit()
    deliver()
    assert "percentile" not in last.summary().data
    distribution.takers = {"p0": 5, "p50": 9, "p75": 1, "p100": 5}
    Unit().put(distribution).commit()
    reply = last.summary()
    assert (reply.data["percentile"], reply.cost.operations) == ("72.5", ["BatchGetItem", "BatchGetItem"])


def test_later_attempts_press_on_nobodys_percentile(publisher: Publisher, deliver: Deliver) -> None:
    test = publisher.test(2)
    for pattern in ("b-", "bb"):
        sit(publisher, test, "student", pattern)
    deliver()
    distribution = ScoreDistribution.require(assessment_id=test["assessmentId"])
    assert (distribution.attempts, distribution.taker_count, analysis.takers(distribution)) == (2, 1, {50: 1})


def test_r3_graded_and_regraded_sessions_reach_every_counter_exactly_once(
    publisher: Publisher, bank: Bank, client: Client, deliver: Deliver
) -> None:
    bank.topic(1)
    bank.essays(1)
    test = publisher.test(questions=bank.ids, rules={"shuffleQuestions": False})
    running = publisher.begin(test)
    running.answer(running.questions[0])
    running.write(running.questions[1], "Essay")
    running.submit()
    deliver()
    assert performance(client).data["overall"]["exams"] == 0

    def grade(points: str, **values: Any) -> Any:
        body = {"questionId": running.questions[1], "points": points, **values}
        reply = client.as_("instructor").post(f"{running.path}/grade", body)
        deliver()
        deliver()
        overall = performance(client).data["overall"]
        analytics = publisher.instructor.get(f"/api/practice-tests/{test['assessmentId']}/analytics").data
        essay = next(item for item in analytics["items"] if item["questionId"] == running.questions[1])
        assert reply.data["percent"] == overall["meanPercent"] == analytics["distribution"]["meanPercent"]
        assert (overall["exams"], analytics["distribution"]["attempts"], essay["attempts"]) == (1, 1, 1)
        assert sum(analytics["distribution"]["inTens"]) == 1
        return overall["passed"], analytics["distribution"]["passed"], essay["facility"]

    assert grade("1") == (0, 0, "0.1000")
    assert grade("10", reason="Overlooked") == (1, 1, "1.0000")
    assert grade("0", reason="Copied", lower=True) == (0, 0, "0.0000")


def test_events_in_the_wrong_order_come_to_the_same(
    publisher: Publisher, bank: Bank, client: Client, tenant: str
) -> None:
    bank.essays(1)
    running = publisher.begin(publisher.test(questions=bank.ids))
    running.write(running.questions[0], "Essay")
    running.submit()
    told = []
    for points, values in (("5", {}), ("8", {"reason": "Overlooked"}), ("9", {"reason": "Again"})):
        client.as_("instructor").post(
            f"{running.path}/grade", {"questionId": running.questions[0], "points": points, **values}
        )
        told += [record(entry) for entry in client.cloud.outbox(tenant) if entry["DetailType"] == "exam.graded"]
    for order in (told[::-1], told):
        assert statistics.handler({"Records": order}, LAMBDA) == {"batchItemFailures": []}
    overall = performance(client).data["overall"]
    assert (overall["exams"], overall["meanPercent"], overall["partial"]) == (1, "90.00", 1)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [({}, None), ({50: 1}, Decimal(50)), ({0: 1, 100: 1}, Decimal(50)), ({10: 2, 90: 1}, Decimal(10))],
)
def test_medians(counts: dict[int, int], expected: Decimal | None) -> None:
    assert analysis.median(counts) == expected
