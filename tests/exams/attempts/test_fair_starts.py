"""Practice and guesses lock nobody out of what is assigned; staff tries without counting (EXAM W10)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit.table import find, write_many
from lyceum.kit.table.retrying import Pause, pausing
from lyceum.model.audit import AuditEvent
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.exams.assessments import AssessmentAttempt
from lyceum.model.exams.sessions import AttemptCount
from lyceum.model.exams.statistics import Performance
from tests.exams.conftest import Bank, Publisher, Running
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once

CODE = {"accessCode": "hall seven"}
Deliver = Callable[[], int]


def practise(client: Client, bank: Bank, times: int) -> list[Reply]:
    student = client.as_("student", "student")
    return [
        student.post("/api/exams/start", {"mode": "practice", "topicIds": [bank.topic(2)], "count": 1})
        for _ in range(times)
    ]


def test_w10_practice_uses_up_no_start_of_an_assigned_exam(client: Client, bank: Bank, publisher: Publisher) -> None:
    replies = practise(client, bank, 11)
    assert {reply.status for reply in replies} == {201, 429}
    test = publisher.test()
    assert publisher.start(test).status == 201
    started = client.as_("student", "student").post("/api/exams/start", {"assessmentId": test["assessmentId"]})
    assert started.status == 201


def test_w10_assigned_exams_use_up_no_practice_of_the_free_plan(
    client: Client, bank: Bank, publisher: Publisher
) -> None:
    for _ in range(8):
        assert publisher.start(publisher.test(1)).status == 201
    assert practise(client, bank, 1)[0].status == 201


def test_w10_starts_of_one_exam_use_up_none_of_another(publisher: Publisher) -> None:
    often, other = publisher.test(), publisher.test()
    for _ in range(10):
        publisher.begin(often).submit()
    assert publisher.start(often).status == 429
    assert publisher.start(other).status == 201


def test_w10_a_wrong_code_costs_a_growing_delay_for_that_exam_only(publisher: Publisher, clock: Clock) -> None:
    test, other = publisher.test(rules=CODE), publisher.test(rules=CODE)
    waits = []
    for _ in range(4):
        assert publisher.start(test, accessCode="wrong").error.code == "ACCESS_CODE_WRONG"
        held = publisher.start(test, **CODE)
        assert (held.status, held.error.code) == (429, "ACCESS_CODE_DELAYED")
        waits.append(int(held.headers["Retry-After"]))
        clock.advance(seconds=waits[-1])
    assert waits == [2, 4, 8, 16]
    assert publisher.start(other, **CODE).status == 201
    assert publisher.start(test, **CODE).status == 201


def test_w10_many_guesses_at_once_are_one(publisher: Publisher, clock: Clock) -> None:
    test = publisher.test(rules=CODE)
    publisher.client.as_("student", "student")
    with pausing(Pause(sleep=lambda _: None)):
        replies = at_once(*[partial(publisher.start, test, accessCode=f"guess{number}") for number in range(8)])
    assert {reply.status for reply in replies} <= {403, 429}
    assert [reply.status for reply in replies].count(403) == 1


def test_w1_a_right_code_from_several_devices_at_once_starts_one_session(publisher: Publisher, clock: Clock) -> None:
    test = publisher.test(rules={**CODE, "singleDevice": False})
    publisher.client.as_("student", "student")
    replies = at_once(*[lambda: publisher.start(test, **CODE)] * 4)
    assert {reply.status for reply in replies} == {201}
    assert len({reply.data["examId"] for reply in replies}) == 1


@pytest.mark.parametrize("role", ["mentor", "instructor", "moderator"])
def test_staff_tries_a_practice_test_and_it_counts_nowhere(
    publisher: Publisher, client: Client, deliver: Deliver, role: str
) -> None:
    test = publisher.test(rules={"attempts": 1})
    person = client.as_(f"a-{role}", role)
    for _ in range(2):
        started = person.post(f"/api/practice-tests/{test['assessmentId']}/start", {})
        assert (started.status, started.data["isPreview"]) == (201, True)
        running = Running(person, started.data)
        running.answer()
        assert running.submit().data["score"] == "1.00"
        assert running.summary().data["questions"][0]["outcome"] in {"right", "blank"}
        assert running.events("exam.completed") == []
        assert running.events("exam.graded") == []
    assert deliver() == 0
    assert find(AssessmentAttempt, assessment_id=test["assessmentId"]).items == []
    assert AttemptCount.fetch(user_id=person.user_id, assessment_id=test["assessmentId"]) is None
    assert find(Performance, user_id=person.user_id).items == []
    shown = publisher.instructor.get(f"/api/practice-tests/{test['assessmentId']}/analytics").data
    assert shown["distribution"]["attempts"] == 0


@pytest.mark.parametrize("role", ["mentor", "instructor", "moderator"])
def test_staff_sits_no_paper_for_a_result(publisher: Publisher, bank: Bank, role: str) -> None:
    topic = bank.topic(2)
    sections = [{"title": "A", "topicIds": [topic], "count": 2}]
    asked = {"title": "Mock", "blueprint": {"sections": sections}, "published": True}
    paper = publisher.instructor.post("/api/papers/generate", asked).data
    staff = publisher.client.as_("somebody", role)
    started = staff.post("/api/exams/start", {"assessmentId": paper["assessmentId"]})
    assert (started.status, started.data["isPreview"]) == (201, True)
    assert staff.post(f"/api/exams/{started.data['examId']}/submit", {}).status == 200
    assert publisher.instructor.get(f"/api/papers/{paper['assessmentId']}/results").data["results"] == []


def test_a_students_attempt_is_no_preview(publisher: Publisher) -> None:
    assert publisher.start(publisher.test()).data["isPreview"] is False


@pytest.fixture
def quiz(publisher: Publisher, bank: Bank, tenant: str) -> dict[str, Any]:
    """A published quiz of the instructor's course, in which only ada learns."""
    bank.topic(2)
    instructor, course_id = publisher.instructor, "C" * 26
    people = {name: publisher.client.as_(name, "student").user_id for name in ("ada", "eve")}
    states = {"ada": "active", "eve": "left"}
    write_many([
        Course(
            course_id=course_id, department_id="D", instructor_id=instructor.user_id, code="MTH 101",
            title="Algebra", level=100, credit_units=3,
        ),
        *(
            Enrolment(course_id=course_id, user_id=people[name], state=state, enrolled_at=clocks.now())
            for name, state in states.items()
        ),
    ])  # fmt: skip
    body = {"title": "Quiz", "courseId": course_id, "questionIds": bank.ids[-2:], "published": True}
    made: dict[str, Any] = instructor.post("/api/quizzes", body).data
    return made


@pytest.mark.parametrize("name", ["eve", "somebody"])
def test_only_those_enrolled_start_a_courses_quiz(quiz: dict[str, Any], client: Client, name: str) -> None:
    for path, body in (
        (f"/api/quizzes/{quiz['assessmentId']}/start", {}),
        ("/api/exams/start", {"assessmentId": quiz["assessmentId"]}),
    ):
        refused = client.as_(name, "student").post(path, body)
        assert (refused.status, refused.error.code) == (403, "NOT_ENROLLED")
        started = client.as_("ada", "student").post(path, body)
        assert (started.status, started.data["isPreview"]) == (201, False)


def test_a_teacher_tries_the_quiz_of_the_own_course(quiz: dict[str, Any], publisher: Publisher) -> None:
    started = publisher.instructor.post(f"/api/quizzes/{quiz['assessmentId']}/start", {})
    assert (started.status, started.data["isPreview"]) == (201, True)
    other = publisher.client.as_("other", "instructor").post(f"/api/quizzes/{quiz['assessmentId']}/start", {})
    assert other.error.code == "NOT_ENROLLED"


def test_l7_another_attempt_after_the_key_was_shown_needs_a_flag_and_a_reason(publisher: Publisher) -> None:
    test = publisher.test(rules={"attempts": 1})
    publisher.begin(test).submit()
    path = f"/api/practice-tests/{test['assessmentId']}"
    granted = {"userId": publisher.client.as_("student").user_id, "extraAttempts": 1}
    publisher.instructor.put(path, {"accommodations": [granted]})
    assert publisher.start(test).error.code == "KEYS_SHOWN"
    refused = publisher.instructor.put(path, {"accommodations": [{**granted, "afterKeys": True}]})
    assert refused.status == 400
    said = {**granted, "afterKeys": True, "reason": "The hall was flooded"}
    assert publisher.instructor.put(path, {"accommodations": [said]}).status == 200
    assert publisher.start(test).status == 201


def test_l7_more_attempts_for_everybody_after_keys_were_shown_need_the_same(publisher: Publisher) -> None:
    test = publisher.test(rules={"attempts": 1})
    path, teacher = f"/api/practice-tests/{test['assessmentId']}", publisher.instructor
    assert teacher.put(path, {"rules": {"attempts": 2}}).status == 200
    assert teacher.put(path, {"rules": {"attempts": 1}}).status == 200
    publisher.begin(test).submit()
    assert teacher.put(path, {"rules": {"attempts": 1}, "title": "Same"}).status == 200
    for more in ({"attempts": 2}, {"attempts": None}):
        refused = teacher.put(path, {"rules": more})
        assert (refused.status, refused.error.code) == (409, "KEYS_SHOWN")
    assert teacher.put(path, {"rules": {"attempts": 2}, "afterKeys": True}).status == 400
    said = {"rules": {"attempts": 2}, "afterKeys": True, "reason": "The hall was flooded"}
    assert teacher.put(path, said).status == 200
    (entry,) = find(AuditEvent, subject_id=test["assessmentId"]).items
    assert (entry.action, entry.reason, entry.after) == ("assessment.attempts", said["reason"], {"attempts": 2})
    assert publisher.start(test).status == 201


def test_l7_while_a_window_withholds_results_attempts_may_become_more(publisher: Publisher, clock: Clock) -> None:
    window = {"closesAt": clocks.iso(clock.at + timedelta(hours=5))}
    test = publisher.test(rules={"attempts": 1, "feedback": "after_window", "window": window})
    publisher.begin(test).submit()
    path = f"/api/practice-tests/{test['assessmentId']}"
    assert publisher.instructor.put(path, {"rules": {"attempts": 2}}).status == 200
    clock.advance(hours=8)
    assert publisher.instructor.put(path, {"rules": {"attempts": 3}}).error.code == "KEYS_SHOWN"
