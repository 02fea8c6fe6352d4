"""A course's quizzes are those of whoever teaches the course: seen, proctored, graded and ruled on by nobody else."""

from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit.table import Unit, write_many
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from tests.exams.conftest import Bank, Publisher, Running
from tests.support.http import Client, Reply

COURSE = "C" * 26
REASON = "The board said so"


@pytest.fixture
def sat(publisher: Publisher, bank: Bank, tenant: str) -> Running:
    """A finished session of a quiz of the instructor's course."""
    student = publisher.client.as_("student", "student")
    write_many([
        Course(
            course_id=COURSE, department_id="D", instructor_id=publisher.instructor.user_id, code="MTH 101",
            title="Algebra", level=100, credit_units=3,
        ),
        Enrolment(course_id=COURSE, user_id=student.user_id, state="active", enrolled_at=clocks.now()),
    ])  # fmt: skip
    bank.topic(2)
    body = {"title": "Quiz", "courseId": COURSE, "questionIds": bank.ids, "published": True}
    made = publisher.instructor.post("/api/quizzes", body).data
    running = Running(student, student.post(f"/api/quizzes/{made['assessmentId']}/start", {}).data)
    running.submit()
    return running


def tries(caller: Client, running: Running) -> list[Reply]:
    quiz = f"/api/quizzes/{running.state['assessmentId']}"
    rule: dict[str, Any] = {"ruling": "full_marks", "questionId": running.questions[0], "reason": REASON}
    return [
        caller.get(f"{quiz}/results"),
        caller.put(quiz, {"title": "Week one"}),
        caller.get(f"{running.path}/events"),
        caller.get(f"{running.path}/revisions", {"reason": REASON}),
        caller.post(f"{running.path}/regrade", rule),
        caller.post(f"{quiz.replace('quizzes', 'exams')}/extend", {"seconds": 60, "reason": REASON, "scope": "exam"}),
    ]


def test_the_teacher_of_the_course_may_and_other_instructors_may_not(sat: Running, client: Client) -> None:
    assert {reply.status for reply in tries(client.as_("other", "instructor"), sat)} == {404}
    assert {reply.status for reply in tries(client.as_("instructor"), sat)} == {200}
    assert {reply.status for reply in tries(client.as_("admin"), sat)} == {200}


def test_a_course_that_is_handed_over_takes_its_quizzes_along(sat: Running, client: Client) -> None:
    course, heir = Course.require(course_id=COURSE), client.as_("heir", "instructor")
    course.instructor_id = heir.user_id
    Unit().replace(course).commit()
    assert {reply.status for reply in tries(client.as_("instructor"), sat)} == {404}
    assert {reply.status for reply in tries(heir, sat)} == {200}
    shown = heir.get(f"/api/quizzes/{sat.state['assessmentId']}").data
    assert "questionIds" in shown
    assert "questionIds" not in client.as_("instructor").get(f"/api/quizzes/{sat.state['assessmentId']}").data
