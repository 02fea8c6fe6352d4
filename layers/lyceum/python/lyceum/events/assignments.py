"""Assignments and grades."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from lyceum.kit.event import Event


class AssignmentCreated(Event):
    """A course has a new assignment."""

    name: ClassVar[str] = "assignment.created"
    assignment_id: str
    course_id: str
    title: str
    due_at: datetime | None = None


class AssignmentDeleted(Event):
    """An assignment was taken away; with `keeps_submissions`, what was handed in and graded stays on record."""

    name: ClassVar[str] = "assignment.deleted"
    assignment_id: str
    course_id: str
    keeps_submissions: bool = False


class AssignmentSubmitted(Event):
    """A student handed something in."""

    name: ClassVar[str] = "assignment.submitted"
    assignment_id: str
    course_id: str
    user_id: str
    attempt: int
    days_late: int


class SubmissionReassessed(Event):
    """A student's first attempt is late by another number of days, since the due date changed."""

    name: ClassVar[str] = "submission.reassessed"
    assignment_id: str
    course_id: str
    user_id: str
    days_late: int
    earlier_days_late: int


class AssignmentGraded(Event):
    """A grade was released.

    - `points`, `max_points`: what counts after the deduction for lateness, and the most there was.
    - `attempt`: the number of what was graded; 0 where nothing was handed in.
    - `percent`, `earlier_percent`: of the assignment's points, now and by the grade before, if there was one.
    """

    name: ClassVar[str] = "assignment.graded"
    assignment_id: str
    course_id: str
    user_id: str
    title: str
    attempt: int = 1
    points: Decimal
    max_points: Decimal
    percent: Decimal
    earlier_percent: Decimal | None = None


class AssignmentDueSoon(Event):
    """A student has not handed an assignment in, and has `hours_left` at most; once a student, due date and 24 or 1."""

    name: ClassVar[str] = "assignment.due_soon"
    assignment_id: str
    course_id: str
    user_id: str
    title: str
    due_at: datetime
    hours_left: int = 24
