"""Lists of assignments and grades are whole, however many courses somebody is in."""

import pytest

from lyceum.kit import clock, ids
from lyceum.kit.table import write_many
from lyceum.model.assignments import AssignmentIndex, GradeSheet, Submission
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from tests.support.clock import Clock
from tests.support.http import Client

from functions.assignments import listing

COURSES = 120


def fill(student: Client, courses: int = COURSES) -> list[str]:
    """Put somebody into courses, each with an assignment and a grade."""
    names = [ids.new_id() for _ in range(courses)]
    shared = {"title": "Essay", "category": "homework"}
    course = {"department_id": "d", "instructor_id": "i", "title": "Programming", "level": 200, "credit_units": 3}
    row = {**shared, "lesson_id": None, "points": "20", "due_at": None, "is_required": True}
    grade = {**shared, "kind": "assignment", "points": "15.00", "max_points": "20"}
    for name in names:
        assignment_id = f"a{name}"
        write_many(
            [
                Course(course_id=name, code=name[-6:], status="published", **course),
                AssignmentIndex(course_id=name, rows=[{**row, "assignment_id": assignment_id, "course_id": name}]),
                Enrolment(course_id=name, user_id=student.user_id, state="active", enrolled_at=clock.now()),
                GradeSheet(course_id=name, user_id=student.user_id, entries={assignment_id: grade}),
                Submission(
                    assignment_id=assignment_id,
                    user_id=student.user_id,
                    course_id=name,
                    submission_id=ids.new_id(),
                    state="graded",
                ),
            ]
        )
    return names


def test_a_grade_report_has_every_course(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    names = fill(student)
    shown = student.get(f"/api/grades/{student.user_id}").data["courses"]
    assert {course["courseId"] for course in shown} == set(names)


def test_own_assignments_are_those_of_every_course(
    client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_PAGE", 50)
    student = client.as_("student")
    names = fill(student)
    reply = student.get("/api/assignments", {"limit": 100})
    assert reply.json["pagination"]["total"] == len(names)
    assert {row["state"] for row in reply.data} == {"graded"}, "no submission is left out either"
