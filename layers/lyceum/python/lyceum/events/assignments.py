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
    """An assignment was taken away; with `keeps_work`, what was handed in and graded stays on record."""

    name: ClassVar[str] = "assignment.deleted"
    assignment_id: str
    course_id: str
    keeps_work: bool = False


class AssignmentSubmitted(Event):
    """A student handed something in."""

    name: ClassVar[str] = "assignment.submitted"
    assignment_id: str
    course_id: str
    user_id: str
    attempt: int
    days_late: int


class AssignmentGraded(Event):
    """A grade was released; percentages are of the assignment's points, `earlier_percent` is what it was before."""

    name: ClassVar[str] = "assignment.graded"
    assignment_id: str
    course_id: str
    user_id: str
    title: str
    points: Decimal
    max_points: Decimal
    percent: Decimal
    earlier_percent: Decimal | None = None


class AssignmentDueSoon(Event):
    """A student has so many hours left at most to hand an assignment in; told once a student and due date for 24 and for 1."""

    name: ClassVar[str] = "assignment.due_soon"
    assignment_id: str
    course_id: str
    user_id: str
    title: str
    due_at: datetime
    hours_left: int = 24
