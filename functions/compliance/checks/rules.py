"""What must hold between items: every counter with what it counts, and every index key with what it is made of.

A counter is declared once, here; whoever gathers items (a few courses for a request, a whole table for an operator, a
tenant after a story of the tests) hands them to `functions.compliance.checks.inspection`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lyceum.kit.table import Entity
from lyceum.model.assignments import Assignment, AssignmentIndex, AssignmentStatistics, Submission
from lyceum.model.catalog import Department, Faculty, Topic, University
from lyceum.model.courses.course import Course, CourseOutline, CourseRating
from lyceum.model.courses.enrolments import Enrolment, SeatPart, Seats
from lyceum.model.notifications.inbox import InboxCounter, Notification
from lyceum.model.questions.question import Question
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount


@dataclass(frozen=True)
class Count:
    """A counter, and what adds to it.

    Attributes:
        owner: Who keeps the counter, named by the attribute `name`.
        attribute: The counter.
        of: The kind that is counted.
        by: Names the owners that an item counts for.
        amount: What an item adds.
        parts: The kind of which items hold parts of the counter under the same name and attribute, if there is one.
    """

    owner: type[Entity]
    name: str
    attribute: str
    of: type[Entity]
    by: Callable[[Any], Iterable[str]]
    amount: Callable[[Any], int] = lambda _item: 1
    parts: type[Entity] | None = None


def _one(attribute: str, when: Callable[[Any], bool] = lambda _item: True) -> Callable[[Any], Iterable[str]]:
    return lambda item: [getattr(item, attribute)] if when(item) and getattr(item, attribute) else []


def _groups(user: User) -> Iterable[str]:
    return [] if user.status == "deleted" else ["all", user.role]


_BY_COURSE = _one("course_id")
_ACTIVE = _one("course_id", lambda each: each.state == "active")
_BY_ASSIGNMENT = _one("assignment_id", lambda each: each.attempts > 0)
_GRADED = _one("assignment_id", lambda each: each.grade_count > 0)
COUNTS: tuple[Count, ...] = (
    Count(Course, "course_id", "enrolment_count", Enrolment, _ACTIVE),
    Count(Course, "course_id", "completed_count", Enrolment, _one("course_id", lambda each: bool(each.completed_at))),
    Count(Course, "course_id", "rating_count", CourseRating, _BY_COURSE),
    Count(Course, "course_id", "rating_sum", CourseRating, _BY_COURSE, lambda each: int(each.stars)),
    Count(Course, "course_id", "lesson_count", CourseOutline, _BY_COURSE, lambda each: len(each.lesson_ids)),
    Count(Course, "course_id", "quiz_count", CourseOutline, _BY_COURSE, lambda each: len(each.quizzes)),
    Count(Course, "course_id", "assignment_count", AssignmentIndex, _BY_COURSE, lambda each: len(each.rows)),
    Count(Course, "course_id", "question_count", Question, _one("course_id", lambda each: each.was_approved)),
    Count(Seats, "course_id", "taken", Enrolment, _ACTIVE, parts=SeatPart),
    Count(Topic, "topic_id", "question_count", Question, _one("topic_id", lambda each: each.was_approved)),
    Count(University, "university_id", "child_count", Faculty, _one("university_id")),
    Count(Faculty, "faculty_id", "child_count", Department, _one("faculty_id")),
    Count(UserCount, "group", "total", User, _groups),
    Count(Assignment, "assignment_id", "graded_count", Submission, _GRADED),
    Count(AssignmentStatistics, "assignment_id", "submitted", Submission, _BY_ASSIGNMENT),
    Count(
        AssignmentStatistics,
        "assignment_id",
        "late",
        Submission,
        _one("assignment_id", lambda each: each.attempts > 0 and each.first_days_late > 0),
    ),
    Count(InboxCounter, "user_id", "total", Notification, _one("user_id")),
)
"""Every counter that is checked."""
IS_GONE: dict[type[Entity], Callable[[Any], bool]] = {Course: lambda each: each.status == "deleted"}
"""Owners whose counters mean nothing any more while they are being removed."""
