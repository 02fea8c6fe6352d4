"""Quizzes of a course are managed by all who teach it, and by nobody else."""

from typing import Any

import pytest

from lyceum.kit.clock import now
from lyceum.kit.table import Unit
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from tests.exams.authoring.test_assessments import course, quiz
from tests.exams.conftest import Publisher, Running
from tests.support.http import Client

__all__ = ["course"]


@pytest.fixture
def colleague(client: Client) -> Client:
    return client.as_("colleague", "instructor")


def let_teach(course_id: str, *user_ids: str) -> None:
    Unit().change(Course.at(course_id=course_id), Course.teacher_ids.set(set(user_ids))).commit()


def test_a_teacher_manages_the_quizzes_of_a_course(
    publisher: Publisher, client: Client, course: str, colleague: Client, deliver: Any
) -> None:
    made = quiz(publisher, course).data
    path = f"/api/quizzes/{made['assessmentId']}"
    student = client.as_("ada", "student")
    Unit().create(Enrolment(course_id=course, user_id=student.user_id, state="active", enrolled_at=now())).commit()
    running = Running(student, student.post(f"{path}/start", {}).data)
    running.answer(running.questions[0], "b")
    running.submit()
    deliver()
    for seen in (f"{path}/results", f"/api/exams/{running.id}/events"):
        assert colleague.get(seen).status == 404
    assert colleague.put(path, {"title": "Mine"}).status == 404
    let_teach(course, colleague.user_id)
    assert colleague.get(f"{path}/results").status == 200
    assert colleague.put(path, {"title": "Ours"}).data["title"] == "Ours"
    assert "questionIds" in colleague.get(path).data
    assert client.as_("eve", "instructor").put(path, {"title": "Hers"}).status == 404
    body = {"title": "Week 2", "courseId": course, "questionIds": publisher.bank.ids[-2:]}
    assert colleague.post("/api/quizzes", body).status == 201
    assert "questionIds" not in client.as_("eve", "instructor").get(path).data
    let_teach(course, "another")
    assert colleague.put(path, {"title": "Mine"}).status == 404
