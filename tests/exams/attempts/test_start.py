"""Starting a session, seeing how it stands, and the list of one's own."""

from typing import Any

import pytest

from lyceum.kit.table import find
from lyceum.model.exams.sessions import ActiveSession, ExamSession
from tests.exams.conftest import CANARY, Bank, Running, Start
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

BODY: dict[str, Any] = {"mode": "timed_exam", "count": 10}


def test_a_start_fixes_paper_and_deadline(running: Running, clock: Clock) -> None:
    state = running.state
    assert (state["state"], state["secondsLeft"], len(state["questions"])) == ("running", 3600, 10)
    assert (running.deadline - clock.at).total_seconds() == 3600
    assert state["serverNow"] == state["startedAt"]
    assert {option["id"] for option in state["questions"][0]["options"]} == set("abcd")


@pytest.mark.parametrize(
    ("field", "value"),
    [("mode", "race"), ("topicIds", []), ("count", 0), ("count", 101), ("durationSeconds", 59),
     ("durationSeconds", 14401), ("graceSeconds", 61),
     ("passingPercent", "100.01"), ("negativeMarking", "1.1"), ("navigation", "backward"),
     ("deadlineAt", "2030-01-01T00:00:00Z"),
     ("startedAt", "2020-01-01T00:00:00Z"), ("topicIds", ["t", "t"])],
)  # fmt: skip
def test_wrong_fields_are_named(client: Client, bank: Bank, field: str, value: Any) -> None:
    refused = client.as_("student").post("/api/exams/start", {**BODY, "topicIds": ["t"], field: value})
    assert (refused.status, refused.error.code) == (400, "VALIDATION_ERROR")
    assert {name.split("[")[0] for name in refused.error.fields} == {field}


def test_t1_no_field_of_the_client_moves_the_deadline(running: Running, clock: Clock) -> None:
    for name in ("savedAt", "deadlineAt", "clientTime"):
        assert running.answer(**{name: "2030-01-01T00:00:00Z"}).status == 400
    running.answer(timeSpentSeconds=14_400)
    assert running.session.deadline_at == running.deadline == running.sheet.deadline_at


def test_w1_concurrent_starts_give_one_session(client: Client, bank: Bank, clock: Clock) -> None:
    student, topic = client.as_("student"), bank.topic(30)
    replies = at_once(*[lambda: student.post("/api/exams/start", {**BODY, "topicIds": [topic]}) for _ in range(8)])
    assert {reply.status for reply in replies} == {201}
    assert len({reply.data["examId"] for reply in replies}) == 1
    assert len({reply.body.partition('"questions"')[2].partition('"meta"')[0] for reply in replies}) == 1
    assert len(find(ExamSession, index="gsi2", user_id=student.user_id).items) == 1


def test_a_scope_is_a_mode_and_a_set_of_topics(client: Client, bank: Bank, clock: Clock) -> None:
    student, one, two = client.as_("student"), bank.topic(12), bank.topic(12)
    bodies = [
        {"topicIds": [one, two]},
        {"topicIds": [two, one]},
        {"topicIds": [one]},
        {"topicIds": [one, two], "mode": "practice"},
    ]
    first, same, narrower, practice = [
        student.post("/api/exams/start", {**BODY, **body}).data["examId"] for body in bodies
    ]
    assert first == same
    assert len({first, narrower, practice}) == 3


def test_a_new_session_starts_after_the_end_and_after_an_unnoticed_one(start: Start, clock: Clock, bank: Bank) -> None:
    topics = [bank.topic(12)]
    first = start(topicIds=topics)
    first.submit()
    second = start(topicIds=topics)
    clock.move_to(second.closing)
    assert start(topicIds=topics).id == second.id
    clock.advance(milliseconds=1)
    third = start(topicIds=topics)
    assert len({first.id, second.id, third.id}) == 3
    second.submit()
    guard = ActiveSession.fetch(user_id=third.student.user_id, scope=third.session.scope)
    assert guard is not None
    assert guard.exam_id == third.id


def test_s1_the_paper_is_the_same_on_each_reload(running: Running) -> None:
    assert running.show().data["questions"] == running.state["questions"]


def test_t6_editing_a_question_changes_no_running_session(running: Running, bank: Bank) -> None:
    from lyceum.kit.table import Unit, write_many
    from lyceum.model.questions.question import AnswerKey

    question = bank.questions[running.questions[0]]
    write_many(
        [AnswerKey(question_id=question.question_id, revision=2, key={"correct_option_ids": ["c"]}, explanation="new")]
    )
    question.stem, question.revision = "Edited?", 2
    Unit().put(question).commit()
    running.answer()
    assert running.show().data["questions"][0]["stem"] == running.state["questions"][0]["stem"]
    running.submit()
    shown = running.summary().data["questions"][0]
    assert (shown["outcome"], shown["correctOptionIds"]) == ("right", ["b"])
    assert shown["explanation"].startswith(CANARY)


def test_t4_every_answer_carries_the_servers_clock(running: Running, clock: Clock) -> None:
    clock.advance(minutes=10, milliseconds=1)
    for reply in (running.show(), running.answer(), running.submit(), running.summary()):
        assert reply.data["deadlineAt"] == running.state["deadlineAt"]
        assert reply.data["serverNow"] == "2027-01-11T09:10:00.001Z"
    assert running.show().data["secondsLeft"] == 0


def test_t2_nothing_is_delivered_after_the_deadline(running: Running, clock: Clock) -> None:
    clock.move_to(running.deadline)
    assert len(running.show().data["questions"]) == 10
    clock.advance(milliseconds=1)
    grace = running.show().data
    assert (grace["state"], grace["secondsLeft"], grace["questions"]) == ("running", 0, [])
    clock.move_to(running.closing)
    clock.advance(milliseconds=1)
    over = running.show().data
    assert (over["state"], over["finishedAt"], over["cause"], over["questions"]) == (
        "finished",
        running.state["deadlineAt"],
        "expired",
        [],
    )


def test_another_student_does_not_learn_that_it_exists(running: Running, client: Client) -> None:
    eve = client.as_("eve", "student")
    body = {"questionId": running.questions[0], "optionIds": ["b"], "seq": 1}
    replies = [
        eve.get(running.path), eve.post(f"{running.path}/answer", body), eve.post(f"{running.path}/submit", {}),
        eve.get(f"{running.path}/summary"), eve.get(f"{running.path}/results"),
    ]  # fmt: skip
    unknown = eve.get("/api/exams/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert {(reply.status, reply.error.message) for reply in [*replies, unknown]} == {(404, "There is no such exam.")}
    assert running.session.state == "running"


def test_a_start_is_refused_after_ten_in_an_hour(client: Client, bank: Bank, clock: Clock) -> None:
    student, topic = client.as_("student"), bank.topic(12)
    statuses = [student.post("/api/exams/start", {**BODY, "topicIds": [topic]}).status for _ in range(11)]
    assert statuses == [201] * 10 + [429]


def test_a_repeated_start_with_its_key_gets_the_same_session(client: Client, bank: Bank, clock: Clock) -> None:
    student, body = client.as_("student"), {**BODY, "topicIds": [bank.topic(12)]}
    first, again = (student.post("/api/exams/start", body, idempotency_key="k1") for _ in range(2))
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_paper_that_storage_can_not_hold_is_refused(
    client: Client, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.exams.attempts.start._LARGEST_PAPER_BYTES", 100)
    refused = client.as_("student").post("/api/exams/start", {**BODY, "topicIds": [bank.topic(12)]})
    assert (refused.status, refused.error.fields) == (422, {"PAPER_TOO_LARGE"})


def test_history_lists_ones_own_sessions_page_by_page(start: Start, client: Client, clock: Clock) -> None:
    sessions = []
    for _ in range(3):
        sessions.append(start())
        clock.advance(minutes=1)
    start("eve")
    sessions[0].answer()
    sessions[0].submit()
    student = client.as_("student")
    first = student.get("/api/exams/history", {"limit": 2})
    assert [item["examId"] for item in first.data] == [sessions[2].id, sessions[1].id]
    assert first.cost.requests == 1
    second = student.get("/api/exams/history", {"limit": 2, "cursor": first.pagination["nextCursor"]})
    assert [(item["examId"], item["score"], item["passed"]) for item in second.data] == [
        (sessions[0].id, "1.00", False)
    ]
    assert second.pagination["hasNext"] is False


def test_history_shows_an_overdue_session_as_finished(running: Running, clock: Clock) -> None:
    clock.advance(days=1)
    shown = running.student.get("/api/exams/history").data[0]
    assert (shown["state"], shown["finishedAt"], "score" in shown) == ("finished", running.state["deadlineAt"], False)


@pytest.mark.parametrize("topics", [1, 2, 3, 4])
def test_a_start_of_40_questions_costs_six_storage_requests_at_most(start: Start, bank: Bank, topics: int) -> None:
    student = start().student  # the first start of a process enters its tenant, which costs one more
    answer = student.post(
        "/api/exams/start", {**BODY, "count": 40, "topicIds": [bank.topic(60) for _ in range(topics)]}
    )
    assert len(answer.data["questions"]) == 40
    assert answer.cost.requests <= 6


def test_showing_a_session_costs_one_storage_request(running: Running) -> None:
    assert running.show().cost.requests == 1
