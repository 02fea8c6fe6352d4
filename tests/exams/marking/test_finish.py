"""The end of a session: one finish, one score, one event, and the result that follows from it."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from lyceum.kit.table import Unit
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ActiveSession
from lyceum.model.questions.question import AnswerKey, Question
from tests.exams.conftest import CANARY, Bank, Running, Start
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

from functions.exams.marking import finish

UNTIMED = {"serverNow"}


def essence(data: dict[str, object]) -> str:
    return json.dumps({name: value for name, value in data.items() if name not in UNTIMED}, sort_keys=True)


def test_a_submitted_exam_is_scored(running: Running, clock: Clock) -> None:
    for place, options in enumerate("bbba"):
        running.answer(running.questions[place], options)
    clock.advance(minutes=20)
    receipt = running.submit().data
    shown = {name: receipt[name] for name in ("state", "cause", "score", "maxScore", "percent", "passed", "finishedAt")}
    assert shown == {
        "state": "finished",
        "cause": "submitted",
        "score": "3.00",
        "maxScore": "10",
        "percent": "30.00",
        "passed": False,
        "finishedAt": "2027-01-11T09:20:00.000Z",
    }
    assert ActiveSession.fetch(user_id=running.student.user_id, scope=running.session.scope) is None


def test_negative_marks_and_the_pass_mark_are_the_sessions(start: Start) -> None:
    running = start(count=4, negativeMarking="0.25", passingPercent="68.75")
    for place, options in enumerate("bbba"):
        running.answer(running.questions[place], options)
    receipt = running.submit().data
    assert (receipt["score"], receipt["percent"], receipt["passed"]) == ("2.75", "68.75", True)


def test_the_result_adds_up_by_topic_and_by_difficulty(start: Start, bank: Bank) -> None:
    topics = [bank.topic(6, marks=2), bank.topic(6)]
    running = start(topicIds=topics, count=12, negativeMarking="0.5")
    by_topic = {name: [q["questionId"] for q in running.state["questions"] if q["topicId"] == name] for name in topics}
    running.answer(by_topic[topics[0]][0], "b", timeSpentSeconds=30)
    running.answer(by_topic[topics[0]][1], "c")
    running.answer(by_topic[topics[1]][0], "b")
    running.submit()
    result = running.summary().data
    parts = {part["name"]: part for part in result["byTopic"]}
    assert parts[topics[0]] == {
        "name": topics[0], "questions": 6, "right": 1, "partial": 0, "wrong": 1, "blank": 4, "pending": 0,
        "score": "1", "maxScore": "12",
    }  # fmt: skip
    assert parts[topics[1]]["score"] == "1"
    assert result["score"] == "2.00"
    for parts in (result["byTopic"], result["byDifficulty"]):
        assert sum(part["questions"] for part in parts) == 12
        assert sum(Decimal(part["score"]) for part in parts) == Decimal(result["score"])
    assert {part["name"] for part in result["byDifficulty"]} == {"easy", "medium", "hard"}
    marked = next(question for question in result["questions"] if question["questionId"] == by_topic[topics[0]][0])
    assert (marked["outcome"], marked["correctOptionIds"], marked["timeSpentSeconds"]) == ("right", ["b"], 30)
    assert marked["explanation"].startswith(CANARY)


def test_summary_and_results_are_the_same(running: Running) -> None:
    running.submit()
    assert essence(running.summary().data) == essence(running.student.get(f"{running.path}/results").data)


def test_w4_a_repeated_submit_gets_the_same_receipt(running: Running, clock: Clock) -> None:
    running.answer()
    first = running.submit()
    clock.advance(days=2)
    again = running.submit()
    assert essence(first.data) == essence(again.data)
    assert len(running.events("exam.completed")) == 1


def test_w4_concurrent_submits_give_one_finish_and_one_event(running: Running) -> None:
    running.answer()
    replies = at_once(*[running.submit for _ in range(6)])
    assert {reply.status for reply in replies} == {200}
    assert len({essence(reply.data) for reply in replies}) == 1
    assert len(running.events("exam.completed")) == 1
    assert running.session.version == 2


def test_the_event_says_what_the_receipt_says(running: Running) -> None:
    running.answer()
    receipt = running.submit().data
    (event,) = running.events("exam.completed")
    told = json.loads(event["Detail"])
    assert (told["examId"], told["userId"], told["cause"]) == (running.id, running.student.user_id, "submitted")
    assert (told["score"], told["percent"], told["passed"]) == (receipt["score"], receipt["percent"], receipt["passed"])


@pytest.mark.parametrize("number", range(4))
def test_w5_a_save_that_races_the_submit_is_in_the_score_or_refused(running: Running, number: int) -> None:
    saves = [lambda place=place: running.answer(running.questions[place], seq=1) for place in range(4)]
    *saved, submitted = at_once(*saves, running.submit)
    accepted = sum(reply.status == 200 for reply in saved)
    assert {reply.error.code for reply in saved if reply.status != 200} <= {"SESSION_FINISHED"}
    assert submitted.data["score"] == f"{accepted}.00"


def test_w3_a_save_between_reading_and_closing_is_in_the_score(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, saves = finish.keys_and_questions, []

    def save_first(*wanted: object) -> object:
        saves.append(running.answer())
        return read(*wanted)

    monkeypatch.setattr(finish, "keys_and_questions", save_first)
    assert running.submit().data["score"] == "1.00"
    assert [reply.status for reply in saves] == [200]


@pytest.mark.parametrize("way", ["submit", "summary"])
def test_t3_an_overdue_session_ended_at_its_deadline_whoever_notices(running: Running, clock: Clock, way: str) -> None:
    running.answer()
    clock.advance(days=1)
    ended = getattr(running, way)().data
    assert (ended["cause"], ended["finishedAt"], ended["score"]) == ("expired", running.state["deadlineAt"], "1.00")
    assert len(running.events("exam.completed")) == 1


def test_t3_sweep_read_and_late_submit_give_one_finish(
    running: Running, clock: Clock, swept: Callable[[], None]
) -> None:
    running.answer()
    clock.move_to(running.closing)
    clock.advance(minutes=3)
    at_once(swept, running.submit, running.summary, running.show, swept, running.submit)
    session = running.session
    assert (session.state, session.cause, session.finished_at, session.score) == (
        "finished",
        "expired",
        running.deadline,
        "1.00",
    )
    assert (session.version, len(running.events("exam.completed"))) == (2, 1)


def test_t2_a_submit_in_the_grace_ends_at_the_deadline(running: Running, clock: Clock) -> None:
    clock.move_to(running.deadline)
    clock.advance(seconds=10)
    assert running.answer().data["late"] is True
    receipt = running.submit().data
    assert (receipt["cause"], receipt["finishedAt"], receipt["score"]) == (
        "submitted",
        running.state["deadlineAt"],
        "1.00",
    )
    marked = {question["questionId"]: question["late"] for question in running.summary().data["questions"]}
    assert [name for name, late in marked.items() if late] == [running.questions[0]]


@pytest.mark.parametrize("place", ["running", "in the grace"])
def test_l1_nothing_of_the_key_leaves_before_the_end(running: Running, clock: Clock, place: str) -> None:
    if place == "in the grace":
        clock.move_to(running.closing)
    replies = [
        running.summary(),
        running.student.get(f"{running.path}/results"),
        running.show(),
        running.answer(options="a"),
    ]
    replies += [running.answer(options="zz"), running.student.get("/api/exams/history")]
    assert [reply.error.code for reply in replies[:2]] == ["EXAM_RUNNING"] * 2
    for text in [json.dumps(running.state), *(reply.body for reply in replies)]:
        assert CANARY not in text
        assert "correct" not in text.lower()


def test_l3_delivery_touches_neither_keys_nor_marks(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from lyceum.kit.table.connection import StorageConnection

    asked: list[str] = []
    call = StorageConnection._call_once
    monkeypatch.setattr(
        StorageConnection,
        "_call_once",
        lambda self, name, given: (asked.append(json.dumps(given, default=str)), call(self, name, given))[1],
    )
    running.show()
    running.answer()
    running.student.get("/api/exams/history")
    assert len(asked) == 3
    assert not any("|KEY#" in text or "|MARKS#" in text for text in asked)
    running.submit()
    assert any("|KEY#" in text for text in asked)


def test_l3_the_stored_paper_holds_no_key(running: Running) -> None:
    import zlib

    content = zlib.decompress(running.paper.content)
    assert CANARY.encode() not in content
    assert b"correct" not in content


@pytest.mark.parametrize("what", ["paper", "key", "scoring", "algorithm"])
def test_g8_what_differs_from_the_pin_is_not_scored(
    running: Running, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    session, paper = running.session, running.paper
    if what == "paper":
        import zlib

        paper.content = zlib.compress(zlib.decompress(paper.content).replace(b'"marks":"1"', b'"marks":"9"', 1))
        Unit().replace(paper).commit()
    elif what == "key":
        Unit().remove(AnswerKey.at(question_id=running.questions[3], revision=1)).commit()
    else:
        setattr(session, what, 99)
        Unit().replace(session).commit()
    refused = running.submit()
    assert (refused.status, refused.error.code) == (409, "SCORING_REFUSED")
    assert running.session.state == "running"
    assert ExamMarks.fetch(exam_id=running.id) is None


def test_scoring_costs_two_reads_and_one_transaction_and_its_result_two_reads(running: Running) -> None:
    running.answer()
    assert running.submit().cost.operations == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert running.submit().cost.operations == ["BatchGetItem", "BatchGetItem"]
    assert running.summary().cost.operations == ["BatchGetItem", "BatchGetItem"]


def test_a_role_below_student_is_no_way_in(client: Client, running: Running) -> None:
    assert client.post(f"{running.path}/submit", {}).status == 401
    assert client.as_("mentor").post(f"{running.path}/submit", {}).status == 404


def test_time_spent_is_at_most_the_time_there_was(start: Start) -> None:
    running = start(durationSeconds=60, graceSeconds=0)
    running.answer(timeSpentSeconds=9_000)
    running.submit()
    assert max(question["timeSpentSeconds"] for question in running.summary().data["questions"]) == 60


def test_a_retired_question_stays_in_the_result(running: Running, bank: Bank) -> None:
    retired: Question = bank.questions[running.questions[0]]
    retired.status = "retired"
    Unit().put(retired).commit()
    running.answer()
    running.submit()
    assert running.summary().data["questions"][0]["outcome"] == "right"
