"""What an exam with a closing window asks is told nowhere else until that is over, in practice either."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lyceum.kit.table import write_many
from lyceum.model.questions.question import Question
from lyceum.rules.questions import storage
from tests.exams.conftest import CANARY, Bank, Publisher, Running, Start, minute_after
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client

WINDOW = {"opensAt": "2027-01-11T08:00:00", "closesAt": "2027-01-11T12:00:00", "timeZone": "UTC"}
RULES = {"feedback": "after_window", "window": WINDOW, "durationSeconds": 600, "graceSeconds": 0}
AFTER = datetime(2027, 1, 11, 12, 0, 1, tzinfo=UTC)


@pytest.fixture
def deliver(cloud: Cloud, tenant: str) -> Any:
    """Hands news of exams to the bank."""
    return lambda: workers.deliver(cloud, tenant, only="questions.events.embargo")


def topic_in_lists(bank: Bank, count: int) -> str:
    """Put questions of a new topic in the bank and in its lists."""
    topic = bank.topic(count)
    write_many([entry for name in bank.ids[-count:] for entry in storage.listed(Question.require(question_id=name))])
    return topic


@pytest.fixture
def practice(start: Start, bank: Bank) -> Running:
    """Practice that was begun, and answered once, before an exam asks its questions."""
    topic = topic_in_lists(bank, 4)
    running = start(mode="practice", topicIds=[topic], count=4, feedback="at_once")
    running.answer()
    return running


def embargo(publisher: Publisher, running: Running, **values: Any) -> dict[str, Any]:
    return publisher.test(questions=running.questions, rules=RULES, **values)


def change(publisher: Publisher, test: dict[str, Any], **values: Any) -> Any:
    return publisher.instructor.put(f"/api/practice-tests/{test['assessmentId']}", values)


def embargoes(cloud: Cloud, tenant: str) -> list[dict[str, Any]]:
    return [each for each in cloud.published(tenant) if each["DetailType"] == "questions.embargoed"]


def is_told(running: Running) -> bool:
    seen = [
        running.summary(),
        running.student.get(f"{running.path}/results"),
        running.student.get("/api/exams/history"),
    ]
    told = {CANARY in seen[0].body, CANARY in seen[1].body, '"percent"' in seen[2].body}
    assert len(told) == 1
    return told.pop()


def test_l6_practice_tells_nothing_of_what_an_exam_asks_by_now(
    practice: Running, publisher: Publisher, deliver: Any, clock: Clock, swept: Any
) -> None:
    embargo(publisher, practice)
    assert deliver() == 0
    refused = practice.student.get(f"{practice.path}/feedback/{practice.questions[0]}")
    assert (refused.status, refused.error.code) == (403, "FEEDBACK_WITHHELD")
    receipt = practice.submit()
    assert ("score" in receipt.data, receipt.data["resultFrom"]) == (False, "2027-01-11T12:00:00.000Z")
    assert receipt.cost.operations == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert not is_told(practice)
    (event,) = practice.events("exam.completed")
    assert json.loads(event["Detail"])["isReleased"] is False
    clock.move_to(AFTER)
    assert is_told(practice)
    clock.advance(minutes=2)
    swept()
    assert len(practice.events("exam.released")) == 1


def test_l6_a_result_of_practice_that_was_shown_is_withheld_while_an_exam_asks_the_same(
    practice: Running, publisher: Publisher, deliver: Any
) -> None:
    practice.submit()
    assert CANARY in practice.summary().body
    test = embargo(publisher, practice)
    deliver()
    shown = practice.summary()
    assert [word for word in (CANARY, '"score"', "outcome", "correct") if word in shown.body] == []
    assert shown.cost.operations == ["BatchGetItem", "BatchGetItem"]
    publisher.instructor.delete(f"/api/practice-tests/{test['assessmentId']}")
    deliver()
    assert CANARY in practice.summary().body


def test_l6_a_score_that_changes_is_told_nowhere_while_an_exam_asks_the_same(
    practice: Running, publisher: Publisher, client: Client, deliver: Any, clock: Clock
) -> None:
    practice.submit()
    (before,) = practice.student.get("/api/exams/history").data
    embargo(publisher, practice)
    deliver()
    (kept,) = practice.student.get("/api/exams/history").data
    assert kept == before, "a score that was told in time tells nothing new"
    ruling = {"ruling": "full_marks", "questionId": practice.questions[1], "reason": "The key was wrong"}
    assert client.as_("admin").post(f"{practice.path}/regrade", ruling).data["session"]["applied"]
    (withheld,) = practice.student.get("/api/exams/history").data
    assert [name for name in ("score", "percent", "passed") if name in withheld] == []
    event = json.loads(practice.events("exam.graded")[-1]["Detail"])
    assert event["isWithheld"], "nobody is told of it"
    clock.move_to(AFTER)
    (shown,) = practice.student.get("/api/exams/history").data
    assert float(shown["score"]) == float(before["score"]) + 1


@pytest.mark.parametrize("path", ["submit", "answers of a test"])
def test_l8_a_repeated_submit_shows_no_more_than_may_be_seen_by_then(
    practice: Running, publisher: Publisher, deliver: Any, clock: Clock, path: str
) -> None:
    seq = {"questionId": practice.questions[0], "optionIds": ["b"], "seq": 1, "answeredAt": "2027-01-11T09:00:00Z"}
    if path == "submit":
        again = practice.submit
    else:
        test = publisher.test(questions=practice.questions)
        publisher.begin(test)
        address = f"/api/practice-tests/{test['assessmentId']}/submit"
        again = lambda: practice.student.post(address, {"answers": [seq]})  # noqa: E731
    assert again().data["percent"] is not None
    embargo(publisher, practice)
    deliver()
    receipt = again()
    assert [name for name in ("score", "percent", "passed") if name in receipt.data] == []
    assert receipt.data["resultFrom"] == "2027-01-11T12:00:00.000Z"
    clock.move_to(AFTER)
    assert again().data["percent"] is not None


def test_l6_release_waits_for_a_window_that_moved_on(
    practice: Running, publisher: Publisher, deliver: Any, clock: Clock, swept: Any
) -> None:
    test = embargo(publisher, practice)
    deliver()
    practice.submit()
    later = {**RULES, "window": {**WINDOW, "closesAt": "2027-01-11T14:00:00"}}
    assert change(publisher, test, rules=later).status == 200
    deliver()
    clock.move_to(AFTER.replace(minute=1))
    swept()
    assert (practice.events("exam.released"), practice.session.due_minute) == (
        [],
        minute_after(datetime(2027, 1, 11, 14, 0, tzinfo=UTC)),
    )
    assert not is_told(practice)


@pytest.mark.parametrize("end", ["unpublished", "moved", "asks others", "open for good"])
def test_l6_the_embargo_ends_with_what_it_is_for(
    practice: Running, publisher: Publisher, bank: Bank, deliver: Any, end: str
) -> None:
    test = embargo(publisher, practice)
    deliver()
    topic_in_lists(bank, 4)
    earlier = {**WINDOW, "opensAt": "2020-01-11T08:00:00", "closesAt": "2020-01-11T12:00:00"}
    ends: dict[str, dict[str, Any]] = {
        "unpublished": {"published": False},
        "moved": {"rules": {**RULES, "window": earlier}},
        "asks others": {"questionIds": bank.ids[-4:]},
        "open for good": {"rules": {"feedback": "after_submit", "window": {}}},
    }
    assert change(publisher, test, **ends[end]).status == 200
    deliver()
    questions = [Question.require(question_id=name, consistent=True) for name in practice.questions]
    assert [question.embargoed_until for question in questions] == [None] * 4
    practice.submit()
    assert is_told(practice)


def test_l6_one_exams_end_leaves_the_others_embargo(practice: Running, publisher: Publisher, deliver: Any) -> None:
    one, _ = embargo(publisher, practice), embargo(publisher, practice)
    deliver()
    publisher.instructor.delete(f"/api/practice-tests/{one['assessmentId']}")
    deliver()
    practice.submit()
    assert not is_told(practice)


def test_l6_a_question_is_under_embargo_whatever_its_status(publisher: Publisher, bank: Bank, deliver: Any) -> None:
    author = publisher.instructor.user_id
    bank.topic(1, status="draft", author_id=author)
    publisher.test(questions=bank.ids[-1:], rules=RULES)
    deliver()
    question = Question.require(question_id=bank.ids[-1], consistent=True)
    assert (question.status, question.embargoed_until) == ("draft", datetime(2027, 1, 11, 12, 0, tzinfo=UTC))


def test_l6_news_of_an_exam_in_any_order_ends_in_the_last_ones_state(
    practice: Running, publisher: Publisher, cloud: Cloud, tenant: str
) -> None:
    test = embargo(publisher, practice)
    embargoes(cloud, tenant)
    publisher.instructor.delete(f"/api/practice-tests/{test['assessmentId']}")
    news = embargoes(cloud, tenant)
    assert len(news) == 2
    for entry in (*reversed(news), *news):
        assert workers._hand_over("functions.questions.events.embargo", entry) == 0
    questions = [Question.require(question_id=name, consistent=True) for name in practice.questions]
    assert [question.embargoed_until for question in questions] == [None] * 4


def test_l3_the_exams_own_sessions_go_by_its_own_rules(
    publisher: Publisher, bank: Bank, deliver: Any, clock: Clock
) -> None:
    topic_in_lists(bank, 4)
    test = publisher.test(questions=bank.ids, rules={**RULES, "feedback": "after_submit"})
    deliver()
    clock.move_to(datetime(2027, 1, 11, 9, 0, tzinfo=UTC))
    running = publisher.begin(test)
    running.submit()
    assert CANARY in running.summary().body
