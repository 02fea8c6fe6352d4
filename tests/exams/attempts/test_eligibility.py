"""Attempts at what was published: windows in time zones, attempts, accommodations, networks, access codes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from lyceum.kit.table import find
from lyceum.model.exams.assessments import AssessmentAttempt
from lyceum.model.exams.sessions import AttemptCount
from tests.exams.conftest import Bank, Publisher
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

from functions.exams.papers.policies import Window


def refusal(reply: Any) -> tuple[int, str]:
    return reply.status, reply.error.code


@pytest.mark.parametrize(("zone", "utc"), [
    ("Africa/Lagos", "2027-03-28T08:00:00"), ("Africa/Blantyre", "2027-03-28T07:00:00"),
    ("Europe/London", "2027-03-28T08:00:00"), ("UTC", "2027-03-28T09:00:00"),
])  # fmt: skip
def test_t7_a_window_is_read_by_the_clocks_of_its_zone(zone: str, utc: str) -> None:
    opening = Window.model_validate({"opensAt": "2027-03-28T09:00:00", "timeZone": zone}).opening()
    assert opening is not None
    assert opening.isoformat()[:19] == utc


def test_t7_times_at_the_change_of_the_clocks() -> None:
    skipped = Window.model_validate({"opensAt": "2027-03-28T01:30:00", "timeZone": "Europe/London"}).opening()
    assert skipped is not None
    assert skipped.isoformat() == "2027-03-28T01:30:00+00:00"  # half past two by the clocks after the gap
    twice = Window.model_validate({"opensAt": "2027-10-31T01:30:00", "timeZone": "Europe/London"}).opening()
    assert twice is not None
    assert twice.isoformat() == "2027-10-31T00:30:00+00:00"
    for wrong in ({"timeZone": "Mars/Base"}, {"opensAt": "2027-01-02T00:00:00", "closesAt": "2027-01-01T00:00:00"}):
        with pytest.raises(ValidationError):
            Window.model_validate(wrong)


def test_t1_the_deadline_is_the_limit_or_the_end_of_the_window(publisher: Publisher, clock: Clock) -> None:
    window = {"opensAt": "2027-01-11T11:00:00", "closesAt": "2027-01-11T13:00:00", "timeZone": "Africa/Lagos"}
    test = publisher.test(rules={"durationSeconds": 3600, "window": window})
    assert refusal(publisher.start(test)) == (409, "NOT_OPEN_YET")
    clock.move_to(clock.at.replace(hour=10))
    assert publisher.begin(test).state["deadlineAt"] == "2027-01-11T11:00:00.000Z"
    clock.move_to(clock.at.replace(hour=11, minute=30))
    assert publisher.begin(test, "eve").state["deadlineAt"] == "2027-01-11T12:00:00.000Z"
    clock.move_to(clock.at.replace(hour=12, minute=0))
    assert refusal(publisher.start(test, "late")) == (409, "WINDOW_CLOSED")


def test_accommodations_give_time_attempts_and_a_window_of_ones_own(
    publisher: Publisher, client: Client, clock: Clock
) -> None:
    ada = client.as_("ada", "student").user_id
    extra = {"userId": ada, "extraTimePercent": 50, "extraAttempts": 1, "closesAt": "2027-01-11T20:00:00"}
    rules = {
        "durationSeconds": 3601,
        "attempts": 1,
        "feedback": "after_window",
        "window": {"closesAt": "2027-01-11T12:00:00", "timeZone": "Africa/Lagos"},
    }
    test = publisher.test(rules=rules, accommodations=[extra])
    running = publisher.begin(test, "ada")
    assert (running.deadline - clock.at).total_seconds() == 5402
    running.submit()
    clock.move_to(clock.at.replace(hour=15))
    publisher.begin(test, "ada").submit()
    assert refusal(publisher.start(test, "ada")) == (409, "NO_ATTEMPTS_LEFT")
    assert refusal(publisher.start(test, "eve")) == (409, "WINDOW_CLOSED")


def test_w1_the_attempt_limit_holds_when_starts_race(publisher: Publisher, client: Client) -> None:
    test = publisher.test(rules={"attempts": 1})
    client.as_("student")
    replies = at_once(*[lambda: publisher.start(test) for _ in range(6)])
    assert {reply.status for reply in replies} == {201}
    assert len({reply.data["examId"] for reply in replies}) == 1
    user_id = client.as_("student").user_id
    assert AttemptCount.require(user_id=user_id, assessment_id=test["assessmentId"]).used == 1
    client.as_("student").post(f"/api/exams/{replies[0].data['examId']}/submit", {})
    assert refusal(publisher.start(test)) == (409, "NO_ATTEMPTS_LEFT")
    assert len(find(AssessmentAttempt, assessment_id=test["assessmentId"]).items) == 1


def test_attempts_are_numbered(publisher: Publisher) -> None:
    test = publisher.test()
    for number in (1, 2):
        running = publisher.begin(test)
        assert running.state["attempt"] == running.session.attempt == number
        running.submit()
    assert running.student.get(f"/api/practice-tests/{test['assessmentId']}").data["attemptsUsed"] == 2


def test_a_start_costs_three_requests_whatever_the_number_of_questions(publisher: Publisher) -> None:
    publisher.begin(publisher.test(1))
    reply = publisher.start(publisher.test(40), "eve")
    assert len(reply.data["questions"]) == 40
    assert reply.cost.operations == ["BatchGetItem", "UpdateItem", "TransactWriteItems"]


@pytest.mark.parametrize(("address", "status"), [
    ("196.46.144.9", 201), ("::ffff:196.46.144.9", 201), ("2001:db8::7", 201), ("196.46.160.1", 403), ("", 403),
    ("nonsense", 403),
])  # fmt: skip
def test_only_the_named_networks_may_start(publisher: Publisher, address: str, status: int) -> None:
    test = publisher.test(rules={"allowedNetworks": ["196.46.144.0/20", "2001:db8::/32"]})
    publisher.client.address = address
    reply = publisher.start(test)
    assert reply.status == status
    if status == 403:
        assert reply.error.code == "ADDRESS_NOT_ALLOWED"


def test_a_session_is_taken_over_from_the_named_networks_alone(publisher: Publisher) -> None:
    running = publisher.begin(publisher.test(rules={"allowedNetworks": ["203.0.113.0/24"]}))
    running.student.address = "198.51.100.1"
    assert refusal(running.student.post(f"{running.path}/resume", {})) == (403, "ADDRESS_NOT_ALLOWED")


def test_an_access_code_opens_the_exam_and_is_never_shown(publisher: Publisher, clock: Clock) -> None:
    test = publisher.test(rules={"accessCode": "blue heron"})
    path = f"/api/practice-tests/{test['assessmentId']}"
    for given in ({}, {"accessCode": "red heron"}):
        assert refusal(publisher.start(test, **given)) == (403, "ACCESS_CODE_WRONG")
    clock.advance(seconds=2)
    running = publisher.begin(test, accessCode=" blue heron ")
    assert publisher.start(test).data["examId"] == running.id
    seen = [publisher.instructor.get(path), running.student.get(path), running.show()]
    for reply in seen:
        assert "heron" not in reply.body
        assert "hash" not in reply.body.lower()
    assert [reply.data.get("needsAccessCode") for reply in seen] == [True, True, None]
    publisher.instructor.put(path, {"rules": {"attempts": 3}})
    assert refusal(publisher.start(test, "eve")) == (403, "ACCESS_CODE_WRONG")
    publisher.instructor.put(path, {"rules": {"accessCode": None}})
    assert publisher.start(test, "eve").status == 201


def test_everything_published_can_be_started_as_an_exam(publisher: Publisher, client: Client) -> None:
    test, student = publisher.test(), client.as_("student")
    body = {"assessmentId": test["assessmentId"]}
    started = student.post("/api/exams/start", body).data
    assert (started["mode"], started["title"]) == ("practice_test", "Sets")
    assert student.post("/api/exams/start", {**body, "mode": "practice_test"}).data["examId"] == started["examId"]
    assert student.post("/api/exams/start", {**body, "mode": "quiz"}).status == 404
    assert student.post("/api/exams/start", {**body, "durationSeconds": 9000}).status == 400
    assert student.post(f"/api/quizzes/{test['assessmentId']}/start", {}).status == 404


def test_one_may_start_questions_of_ones_own_choice(client: Client, bank: Bank, clock: Clock) -> None:
    bank.topic(3)
    student = client.as_("student")
    chosen = list(reversed(bank.ids))
    reply = student.post("/api/exams/start", {"mode": "practice", "questionIds": chosen, "shuffleQuestions": False})
    assert [question["questionId"] for question in reply.data["questions"]] == chosen
    bank.topic(1, status="pending")
    refused = student.post("/api/exams/start", {"mode": "practice", "questionIds": [bank.ids[-1]]})
    assert (refused.status, refused.error.fields) == (422, {"UNKNOWN_QUESTION"})
    for body in ({}, {"topicIds": ["t"], "questionIds": ["q"]}):
        assert student.post("/api/exams/start", {"mode": "practice", **body}).status == 400
    assert student.post("/api/exams/start", {"mode": "quiz", "topicIds": ["t"]}).status == 400


def test_t6_a_change_after_the_start_changes_no_running_session(publisher: Publisher, bank: Bank) -> None:
    test = publisher.test()
    running = publisher.begin(test)
    bank.topic(2)
    path = f"/api/practice-tests/{test['assessmentId']}"
    changed = publisher.instructor.put(
        path, {"questionIds": bank.ids[-2:], "rules": {"durationSeconds": 60}, "title": "Other"}
    )
    assert changed.data["questionCount"] == 2
    assert running.show().data["questions"] == running.state["questions"]
    assert running.show().data["deadlineAt"] == running.state["deadlineAt"]
    assert len(publisher.begin(test, "eve").questions) == 2


def test_t3_a_deadline_of_the_window_needs_no_client(publisher: Publisher, clock: Clock, swept: Any) -> None:
    running = publisher.begin(publisher.test(rules={"window": {"closesAt": "2027-01-11T09:30:00"}, "graceSeconds": 0}))
    clock.move_to(datetime.fromisoformat("2027-01-11T09:32:00+00:00"))
    swept()
    assert (running.session.state, running.session.finished_at) == ("finished", running.deadline)
    assert running.deadline - running.session.started_at == timedelta(minutes=30)
    (entry,) = find(AssessmentAttempt, assessment_id=running.session.assessment_id).items
    assert (entry.state, entry.cause, entry.percent) == ("finished", "expired", "0.00")
