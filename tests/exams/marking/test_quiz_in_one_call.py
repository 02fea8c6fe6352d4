"""A course quiz is answered in one call as well as question by question."""

from typing import Any

import pytest

from lyceum.kit.clock import now
from lyceum.kit.table import write_many
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from tests.exams.conftest import Publisher, Running
from tests.support.http import Client

COURSE = "C" * 26


@pytest.fixture
def quiz(publisher: Publisher) -> dict[str, Any]:
    """A published quiz of two questions in a course of the instructor."""
    owner = publisher.instructor.user_id
    named = {"department_id": "D", "code": "MTH 101", "title": "Algebra", "level": 100, "credit_units": 3}
    write_many([Course(course_id=COURSE, instructor_id=owner, **named)])
    publisher.bank.topic(2)
    body = {"title": "Week 1", "courseId": COURSE, "questionIds": publisher.bank.ids[-2:], "published": True}
    made: dict[str, Any] = publisher.instructor.post("/api/quizzes", body).data
    return made


def begun(quiz: dict[str, Any], student: Client) -> Running:
    write_many([Enrolment(course_id=COURSE, user_id=student.user_id, state="active", enrolled_at=now())])
    return Running(student, student.post(f"/api/quizzes/{quiz['assessmentId']}/start", {}).data)


def test_all_answers_come_in_one_call_that_finishes_the_attempt(quiz: dict[str, Any], client: Client) -> None:
    student = client.as_("student")
    running = begun(quiz, student)
    answers = [{"questionId": question, "optionIds": ["b"]} for question in running.questions]
    reply = student.post(f"/api/quizzes/{quiz['assessmentId']}/submit", {"answers": answers})
    assert [result["saved"] for result in reply.data["results"]] == [True, True]
    assert (reply.data["state"], reply.data["cause"]) == ("finished", "submitted")
    assert reply.cost.requests == 4
    assert len(running.events("exam.completed")) == 1


def test_it_counts_as_the_same_answers_one_by_one(quiz: dict[str, Any], client: Client) -> None:
    scores = []
    for name in ("ada", "eve"):
        student = client.as_(name, "student")
        running = begun(quiz, student)
        given = list(zip(running.questions, "ba", strict=True))
        if name == "ada":
            answers = [{"questionId": question, "optionIds": [option]} for question, option in given]
            student.post(f"/api/quizzes/{quiz['assessmentId']}/submit", {"answers": answers})
        else:
            for question, option in given:
                running.answer(question, option)
            running.submit()
        scores.append(student.get(f"/api/exams/{running.id}/summary").data.get("score"))
    assert scores[0] == scores[1]


def test_an_attempt_that_was_not_started_takes_no_answers(quiz: dict[str, Any], client: Client) -> None:
    body = {"answers": [{"questionId": "q", "optionIds": ["b"]}]}
    path = f"/api/quizzes/{quiz['assessmentId']}/submit"
    assert client.as_("student").post(path, body).status == 404
    assert client.post(path, body).status == 401
