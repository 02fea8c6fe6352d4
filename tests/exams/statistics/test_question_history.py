"""What a user met of the bank: when, how often, how long, and right or wrong once that may be told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from lyceum.kit.table import Unit, find, write_many
from lyceum.model.questions.statistics import QuestionHistory, SolvedQuestions
from lyceum.rules.questions.storage import listed
from tests.exams.conftest import Bank, Publisher, Running, Start
from tests.support import workers
from tests.support.clock import Clock
from tests.support.http import Client

WINDOW = {"feedback": "after_window", "window": {"closesAt": "2027-01-11T12:00:00"}, "durationSeconds": 600}
COUNTS = ("met", "right", "wrong", "blank")
Deliver = Callable[[], int]


@pytest.fixture
def news(client: Client, tenant: str) -> Deliver:
    """Hands every event to the workers of the question bank."""
    return lambda: workers.deliver(client.cloud, tenant, only="questions")


def history(running: Running, place: int) -> tuple[int, ...]:
    question = running.state["questions"][place]
    named = {"topic_id": question["topicId"], "question_id": question["questionId"]}
    found = QuestionHistory.require(user_id=running.student.user_id, **named)
    return tuple(int(getattr(found, name)) for name in COUNTS)


def solved(running: Running) -> set[str]:
    found = find(SolvedQuestions, user_id=running.student.user_id).items
    return {name for each in found for name in each.question_ids or ()}


def test_what_was_met_is_noted_with_when_how_often_and_how_long(
    start: Start, bank: Bank, news: Deliver, clock: Clock
) -> None:
    topic = bank.topic(2)
    for _ in range(2):
        running = start(topicIds=[topic], count=2)
        running.answer(timeSpentSeconds=20)
        running.submit()
        clock.advance(minutes=5)
        assert news() == 0
    items = find(QuestionHistory, user_id=running.student.user_id).items
    assert len(items) == 2
    assert sum(int(item.met) for item in items) == 4
    assert sum(int(item.seconds) for item in items) == 40
    assert {item.last_exam_id for item in items} == {running.id}
    assert {item.last_at for item in items} == {clock.at - timedelta(minutes=5)}
    assert sum(int(item.right) for item in items) == 2


def test_l2_right_and_wrong_are_noted_once_the_result_is_released(
    publisher: Publisher, bank: Bank, news: Deliver, clock: Clock, swept: Callable[[], None]
) -> None:
    bank.topic(2)
    write_many([entry for question in bank.questions.values() for entry in listed(question)])
    running = publisher.begin(publisher.test(questions=bank.ids, rules=WINDOW))
    running.answer()
    running.submit()
    news()
    assert find(QuestionHistory, user_id=running.student.user_id).items == [], "all is noted at the release"
    clock.move_to(datetime.fromisoformat("2027-01-11T12:02:00+00:00"))
    swept()
    assert news() == 0
    assert [history(running, place) for place in (0, 1)] == [(1, 1, 0, 0), (1, 0, 0, 1)]


def test_l2_what_waited_for_a_grader_is_met_at_its_end_and_not_again_at_its_release(
    publisher: Publisher, bank: Bank, news: Deliver, client: Client, clock: Clock, swept: Callable[[], None]
) -> None:
    bank.essays(1)
    bank.topic(1)
    write_many([entry for question in bank.questions.values() for entry in listed(question)])
    running = publisher.begin(publisher.test(questions=bank.ids, rules=WINDOW))
    essay = next(each["questionId"] for each in running.state["questions"] if each["type"] == "theory")
    running.write(essay, "A word")
    running.submit()
    news()
    assert [history(running, place)[0] for place in (0, 1)] == [1, 1]
    grade = {"questionId": essay, "criteria": {"idea": "3", "style": "1"}}
    graded = client.as_("instructor").post(f"{running.path}/grade", grade)
    assert graded.status in {200, 201}, graded.body
    clock.move_to(datetime.fromisoformat("2027-01-11T12:02:00+00:00"))
    swept()
    assert news() == 0
    assert [history(running, place)[0] for place in (0, 1)] == [1, 1]


def test_r3_a_ruling_moves_histories_and_what_is_solved_also_downwards(
    publisher: Publisher, news: Deliver, client: Client
) -> None:
    running = publisher.begin(publisher.test(2))
    running.answer()
    running.submit()
    news()
    first, second = running.questions
    assert solved(running) == {first}
    rule: dict[str, Any] = {"reason": "The board said so", "lower": True}
    instructor = client.as_("instructor")
    instructor.post(f"{running.path}/regrade", {**rule, "ruling": "left_out", "questionId": first})
    assert news() == 0
    assert (history(running, 0), solved(running)) == ((1, 0, 0, 0), set())
    instructor.post(f"{running.path}/regrade", {**rule, "ruling": "full_marks", "questionId": second})
    assert news() == 0
    assert [history(running, place) for place in (0, 1)] == [(1, 0, 0, 0), (1, 1, 0, 0)]
    assert solved(running) == {second}


def test_r3_an_event_that_comes_again_counts_once(start: Start, bank: Bank, news: Deliver, client: Client) -> None:
    running = start(topicIds=[bank.topic(1)], count=1)
    running.answer()
    running.submit()
    news()
    news()
    assert history(running, 0) == (1, 1, 0, 0)


def test_a_session_that_was_removed_leaves_no_history(start: Start, bank: Bank, news: Deliver, client: Client) -> None:
    running = start(topicIds=[bank.topic(1)], count=1)
    running.submit()
    client.cloud.published(client.tenant)
    Unit().remove(running.marks).commit()
    assert news() == 0
    assert find(QuestionHistory, user_id=running.student.user_id).items == []
