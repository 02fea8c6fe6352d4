"""A course with students, and work to hand in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyceum.kit.table import find
from lyceum.model.assignments import GradeRecord, SubmissionAttempt
from tests.courses.conftest import School, outcome, school, together, traces, who
from tests.support.clock import Clock
from tests.support.http import Client, Reply

__all__ = ["outcome", "school", "together", "traces", "who"]
DUE = datetime(2027, 1, 20, 22, 59, tzinfo=UTC)
"""23:59 on a Wednesday in Lagos."""


@dataclass
class Term:
    """A course in Lagos with two students; each step is one request."""

    school: School
    clock: Clock
    course_id: str
    ada: Client
    bola: Client

    @property
    def teacher(self) -> Client:
        """The course's instructor."""
        return self.school.teacher

    def assignment(self, **fields: Any) -> str:
        """Set an assignment of 20 points, due at 23:59 in Lagos, and return its id."""
        wanted = {
            "courseId": self.course_id,
            "title": "Essay",
            "points": "20",
            "dueAt": "2027-01-20T23:59:00",
            **fields,
        }
        return str(self.teacher.post("/api/assignments", wanted).data["assignmentId"])

    def submit(self, student: Client, assignment_id: str, text: str = "<p>My work.</p>", **fields: Any) -> Reply:
        """Hand a text in."""
        return student.post("/api/assignments/submit", {"assignmentId": assignment_id, "text": text, **fields})

    def grade(self, assignment_id: str, student: Client, points: str = "15", **fields: Any) -> Reply:
        """Grade a student's latest attempt."""
        return self.teacher.post(
            f"/api/assignments/{assignment_id}/grade", {"userId": student.user_id, "points": points, **fields}
        )

    def late(self, **duration: float) -> None:
        """Move to so long after the due date."""
        self.clock.move_to(DUE + timedelta(**duration))


def records(assignment_id: str, student: Client) -> list[tuple[int, str]]:
    """Return the records of a student's submission in their order: which were attempts, which grades."""
    found: list[SubmissionAttempt | GradeRecord] = [
        *find(SubmissionAttempt, assignment_id=assignment_id, user_id=student.user_id).items,
        *find(GradeRecord, assignment_id=assignment_id, user_id=student.user_id).items,
    ]
    return sorted((int(each.order), type(each).__name__) for each in found)


@pytest.fixture
def term(school: School, clock: Clock) -> Term:
    """A course with the students Ada and Bola, on 11 January 2027."""
    course_id = school.course(timeZone="Africa/Lagos")
    return Term(school, clock, course_id, school.student(course_id, name="ada"), school.student(course_id, name="bola"))
