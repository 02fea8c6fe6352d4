"""Queues of graders: of a course's quizzes they follow the course, and whoever teaches it sees them."""

from typing import Any

import pytest

from lyceum.events.courses import CourseUpdated
from lyceum.kit.clock import now
from lyceum.kit.table import Unit
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from tests.exams.authoring.test_assessments import course
from tests.exams.conftest import Publisher, Running
from tests.support.http import LAMBDA, Client
from tests.support.workers import consumers, deliver, record

__all__ = ["course"]
QUEUE = "/api/exams/grading-queue"


def hand_over(client: Client, course_id: str, user_id: str, *, times: int = 1) -> None:
    """Give the course to another instructor, and let the workers learn of it."""
    Unit().change(Course.at(course_id=course_id), Course.instructor_id.set(user_id)).commit()
    event = CourseUpdated(course_id=course_id)
    entry = {"DetailType": event.name, "Source": "lyceum", "Detail": event.model_dump_json(by_alias=True)}
    worker = consumers()["functions.exams.events.sessions"]
    assert worker.handler({"Records": [record(entry)] * times}, LAMBDA)["batchItemFailures"] == []
    assert deliver(client.cloud, client.tenant, rounds=6, only="exams") == 0


@pytest.fixture
def essay(publisher: Publisher, course: str) -> str:
    publisher.bank.essays(1)
    names = publisher.bank.ids[-1:]
    body = {"title": "Week 1", "courseId": course, "questionIds": names, "published": True}
    return str(publisher.instructor.post("/api/quizzes", body).data["assessmentId"])


def begun(client: Client, course_id: str, quiz_id: str, name: str = "ada") -> Running:
    student = client.as_(name, "student")
    Unit().create(Enrolment(course_id=course_id, user_id=student.user_id, state="active", enrolled_at=now())).commit()
    running = Running(student, student.post(f"/api/quizzes/{quiz_id}/start", {}).data)
    body = {"questionId": running.questions[0], "text": "<p>So.</p>", "seq": 1}
    assert student.post(f"/api/exams/{running.id}/answer", body).status == 200
    return running


def ids_of(caller: Client, **query: Any) -> list[str]:
    return [each["examId"] for each in caller.get(QUEUE, query).data]


def test_what_waits_follows_a_course_to_whom_it_is_handed(
    publisher: Publisher, client: Client, course: str, essay: str
) -> None:
    colleague = client.as_("colleague", "instructor")
    first, running = begun(client, course, essay), begun(client, course, essay, "bola")
    first.submit()
    assert (ids_of(publisher.instructor), ids_of(colleague)) == ([first.id], [])
    hand_over(client, course, colleague.user_id, times=2)
    assert (ids_of(publisher.instructor), ids_of(colleague)) == ([], [first.id])
    running.submit()
    assert (ids_of(publisher.instructor), sorted(ids_of(colleague))) == ([], sorted([first.id, running.id]))
    body = {"questionId": first.questions[0], "points": "4"}
    assert publisher.instructor.post(f"/api/exams/{first.id}/grade", body).status == 404
    assert colleague.post(f"/api/exams/{first.id}/grade", body).status == 200
    assert ids_of(colleague) == [running.id]
    hand_over(client, course, publisher.instructor.user_id)
    assert (ids_of(publisher.instructor), ids_of(colleague)) == ([running.id], [])


def test_whoever_teaches_a_course_sees_its_queue_and_nobody_else(
    publisher: Publisher, client: Client, course: str, essay: str
) -> None:
    exam = begun(client, course, essay)
    exam.submit()
    colleague, admin = client.as_("colleague", "instructor"), client.as_("admin")
    assert colleague.get(QUEUE, {"courseId": course}).status == 404
    Unit().change(Course.at(course_id=course), Course.teacher_ids.set({colleague.user_id})).commit()
    for caller in (publisher.instructor, colleague, admin):
        assert ids_of(caller, courseId=course) == [exam.id]
    assert ids_of(colleague) == []
    assert colleague.get(QUEUE, {"courseId": "0" * 26}).status == 404
