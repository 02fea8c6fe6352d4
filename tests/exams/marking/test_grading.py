"""Marks by people: the queue, points and rubrics, the score that follows, and changes of it."""

import json
from decimal import Decimal
from typing import Any

import pytest

from lyceum.kit.table import find
from lyceum.model.exams.marks import MarksRevision
from lyceum.model.exams.sessions import SessionEvent
from tests.exams.conftest import Bank, Publisher, Running
from tests.support.clock import Clock
from tests.support.http import Client, Reply

from functions.exams.attempts.state import require_attempt
from functions.exams.marking.keys import keys_of
from functions.exams.marking.marks import pinned_entries, score_of


@pytest.fixture
def test_with_essays(publisher: Publisher, bank: Bank) -> dict[str, Any]:
    """A practice test of one question with a key (1 mark) and two essays (10 marks each)."""
    bank.topic(1)
    bank.essays(2)
    return publisher.test(questions=bank.ids, rules={"shuffleQuestions": False})


@pytest.fixture
def written(publisher: Publisher, test_with_essays: dict[str, Any]) -> Running:
    """A finished session: the first question right, both essays written."""
    running = publisher.begin(test_with_essays)
    choice, *essays = running.questions
    running.answer(choice)
    for essay in essays:
        running.write(essay, "Sets are collections.")
    running.submit()
    return running


def grade(client: Client, running: Running, place: int = 1, role: str = "instructor", **values: Any) -> Reply:
    """Mark the essay at a place of the paper."""
    return client.as_(role).post(f"{running.path}/grade", {"questionId": running.questions[place], **values})


def test_g9_what_waits_for_a_grader_has_no_score_yet(written: Running) -> None:
    receipt, result = written.submit().data, written.summary().data
    assert receipt["pending"] == result["pending"] == 2
    for shown in (receipt, result, written.student.get("/api/exams/history").data[0]):
        assert not {"score", "percent", "passed"} & shown.keys()
    assert [question.get("score") for question in result["questions"]] == ["1", None, None]
    (event,) = written.events("exam.completed")
    assert {name: json.loads(event["Detail"])[name] for name in ("score", "percent", "passed", "pending")} == {
        "score": None, "percent": None, "passed": None, "pending": 2,
    }  # fmt: skip


def test_the_queue_is_the_owners_and_says_not_whose_answers_they_are(written: Running, client: Client) -> None:
    reply = client.as_("instructor").get("/api/exams/grading-queue")
    (waiting,) = reply.data
    assert (waiting["examId"], reply.cost.operations) == (written.id, ["Query"])
    first = waiting["answers"][0]
    assert (first["type"], first["text"], first["maxScore"]) == ("theory", "Sets are collections.", "10")
    assert [criterion["points"] for criterion in first["rubric"]["criteria"]] == ["3", "1"]
    assert written.student.user_id not in reply.body
    assert client.as_("other", "instructor").get("/api/exams/grading-queue").data == []
    assert client.as_("student").get("/api/exams/grading-queue").status == 403


def test_the_score_follows_the_last_grade(written: Running, client: Client, clock: Clock) -> None:
    clock.advance(days=1)
    first = grade(client, written, 1, points="7.5", comment="Almost.")
    assert (first.data["pending"], "score" in first.data) == (1, False)
    assert first.cost.operations == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    last = grade(client, written, 2, criteria={"idea": "2", "style": "1"})
    assert (last.data["points"], last.data["score"], last.data["percent"], last.data["passed"]) == (
        "7.5000",
        "16.00",
        "76.19",
        True,
    )
    assert client.as_("instructor").get("/api/exams/grading-queue").data == []
    result = written.summary().data
    assert (result["score"], result["pending"]) == ("16.00", 0)
    assert [(each["outcome"], each["score"]) for each in result["questions"]] == [
        ("right", "1"),
        ("partial", "7.5"),
        ("partial", "7.5"),
    ]
    assert result["questions"][1]["comment"] == "Almost."
    (event,) = written.events("exam.graded")
    told = json.loads(event["Detail"])
    assert (told["score"], told["revision"], told["earlierPercent"]) == ("16.00", 1, None)


def test_r1_a_changed_grade_is_a_revision_and_the_earlier_one_stays_readable(written: Running, client: Client) -> None:
    grade(client, written, 1, points="5")
    grade(client, written, 2, points="5")
    changed = grade(client, written, 1, points="8", reason="A page was overlooked")
    assert (changed.data["revision"], changed.data["score"]) == (2, "14.00")
    earlier = MarksRevision.require(exam_id=written.id, revision=1)
    assert (earlier.score, earlier.grades[written.questions[1]]["points"]) == ("11.00", "5")
    told = json.loads(written.events("exam.graded")[0]["Detail"])
    assert (told["earlierScore"], told["earlierRevision"], told["revision"]) == ("11.00", 1, 2)
    assert [event.name for event in find(SessionEvent, exam_id=written.id).items] == [
        "started",
        "finished",
        *["graded"] * 3,
    ]


def test_r1_the_same_grade_again_changes_nothing(written: Running, client: Client) -> None:
    one = grade(client, written, 1, points="5")
    two = grade(client, written, 1, points="5.0")
    assert one.data == {**two.data, "points": "5"}
    assert two.cost.operations == ["BatchGetItem", "BatchGetItem"]
    assert written.session.version == 3


def test_r2_a_grade_is_lowered_only_with_a_reason_and_on_purpose(written: Running, client: Client) -> None:
    grade(client, written, 1, points="5")
    assert grade(client, written, 1, points="6").error.fields == {"REASON_MISSING"}
    assert grade(client, written, 1, points="4", reason="Copied").error.fields == {"LOWERED"}
    assert grade(client, written, 1, points="4", reason="Copied", lower=True).status == 200
    assert find(SessionEvent, exam_id=written.id).items[-1].reason == "Copied"


@pytest.mark.parametrize(("values", "rule"), [
    ({"points": "10.01"}, "POINTS_OUT_OF_RANGE"), ({"criteria": {"idea": "4"}}, "POINTS_OUT_OF_RANGE"),
    ({"criteria": {"wit": "1"}}, "POINTS_OUT_OF_RANGE"), ({"place": 0, "points": "1"}, "NOT_FOR_GRADERS"),
])  # fmt: skip
def test_impossible_grades_are_refused(written: Running, client: Client, values: dict[str, Any], rule: str) -> None:
    refused = grade(client, written, **values)
    assert (refused.status, refused.error.fields) == (422, {rule})


def test_both_ways_of_marking_at_once_and_none_are_refused(written: Running, client: Client) -> None:
    for values in ({}, {"points": "1", "criteria": {"idea": "1"}}, {"points": "-1"}):
        assert grade(client, written, 1, **values).status == 400


def test_only_the_owner_and_who_manages_exams_may_grade(written: Running, client: Client) -> None:
    assert grade(client, written, 1, "student", points="5").status == 403
    assert (
        client.as_("other", "instructor")
        .post(f"{written.path}/grade", {"questionId": written.questions[1], "points": "5"})
        .status
        == 404
    )
    assert grade(client, written, 1, "moderator", points="5").status == 404
    assert grade(client, written, 1, "admin", points="5").status == 200


def test_what_belongs_to_nobody_is_in_the_pool_and_nobody_marks_their_own(
    client: Client, bank: Bank, clock: Clock
) -> None:
    own = Running(client.as_("instructor"), client.as_("instructor").post("/api/exams/start", {
        "mode": "practice", "topicIds": [bank.essays(1)], "count": 1}).data)  # fmt: skip
    own.write(own.questions[0], "Mine.")
    own.submit()
    (waiting,) = client.as_("instructor").get("/api/exams/grading-queue", {"pool": "true"}).data
    assert waiting["examId"] == own.id
    assert grade(client, own, 0, points="5").status == 403
    assert (
        client.as_("other", "instructor")
        .post(f"{own.path}/grade", {"questionId": own.questions[0], "points": "5"})
        .status
        == 200
    )


def test_a_blank_essay_waits_for_nobody(publisher: Publisher, test_with_essays: dict[str, Any], client: Client) -> None:
    running = publisher.begin(test_with_essays)
    running.write(running.questions[1], "   ")
    assert running.submit().data["score"] == "0.00"
    assert client.as_("instructor").get("/api/exams/grading-queue").data == []


def test_a_running_session_is_not_graded(
    publisher: Publisher, test_with_essays: dict[str, Any], client: Client
) -> None:
    running = publisher.begin(test_with_essays)
    running.write(running.questions[1], "Text")
    assert grade(client, running, 1, points="5").error.code == "EXAM_RUNNING"


def test_u2_a_graded_score_is_computed_again_bit_for_bit(written: Running, client: Client) -> None:
    grade(client, written, 1, points="3.3333")
    grade(client, written, 2, criteria={"idea": "1", "style": "0.5"})
    attempt, marks = require_attempt(written.id), written.marks
    entries = pinned_entries(attempt)
    again = score_of(attempt, entries, keys_of(entries), marks.grades)
    assert (str(again.score), str(again.percent), again.is_passed) == (
        attempt.session.score,
        attempt.session.percent,
        attempt.session.is_passed,
    )
    assert Decimal(attempt.session.score) == Decimal("8.08")
