"""A school with courses, and those who teach and learn in them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.kit.consumers.records import OutboxItem, ProcessedEvent
from lyceum.kit.errors import DomainError
from lyceum.kit.http.records import RateLimitWindow
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, write_many
from lyceum.model.analytics.classes import StaleReport, Teaching
from lyceum.model.analytics.learners import FigureEntry
from lyceum.model.audit import AuditEvent, AuditLink
from lyceum.model.catalog import Department
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, Seats
from lyceum.model.courses.lessons import Lesson
from lyceum.model.gamification.boards import BoardInUse, BoardPulse, Standing, Tally
from lyceum.model.gamification.points import PlayerFigures, PointsDay, PointsEntry
from lyceum.model.insights.activity import CourseMonth
from lyceum.model.insights.journeys import Journey
from lyceum.model.notifications.deliveries import Delivery
from lyceum.model.notifications.inbox import InboxCounter, Notification
from lyceum.model.realtime import ChannelEvent
from lyceum.model.sync import CourseFeedChange, CourseFeedPlace, CourseFeedPosition, SyncChange, SyncPlace
from tests.support.http import Client, Reply
from tests.support.threads import at_once

from functions.courses.enrolments import seats

_EPHEMERAL = (
    OutboxItem, ProcessedEvent, RateLimitWindow, Notification, InboxCounter, Delivery, ChannelEvent, StaleReport,
    BoardInUse, BoardPulse,
)  # fmt: skip
_OF_PEOPLE = (
    AuditEvent, AuditLink, PointsDay, PointsEntry, PlayerFigures, Standing, Tally, Teaching, FigureEntry, CourseMonth,
    Journey, SyncChange, SyncPlace, CourseFeedChange, CourseFeedPlace, CourseFeedPosition,
)  # fmt: skip
"""What people did and earned stays with them, what was counted of all together, and what devices read for a while."""
COURSE = {"code": "CSC 201", "title": "Computer Programming", "level": 200, "creditUnits": 3, "category": "programming"}


@dataclass
class School:
    """A department with an instructor; each step is one request."""

    client: Client
    department_id: str

    @property
    def teacher(self) -> Client:
        """The instructor of every course."""
        return self.client.as_("instructor")

    def course(self, *, lessons: int = 0, **fields: Any) -> str:
        """Publish a course with so many lessons and return its id."""
        wanted = {**COURSE, "departmentId": self.department_id, "isPublished": True, **fields}
        course_id = str(self.teacher.post("/api/courses", wanted).data["courseId"])
        if lessons:
            self._fill(course_id, lessons)
        return course_id

    def _fill(self, course_id: str, count: int) -> None:
        """Store lessons as they would be after as many requests."""
        made = [
            Lesson(lesson_id=ids.new_id(), course_id=course_id, title=f"Lesson {number}", format="text")
            for number in range(1, count + 1)
        ]
        write_many(made)
        unit = Unit().change(
            CourseOutline.at(course_id=course_id), CourseOutline.lesson_ids.set([lesson.lesson_id for lesson in made])
        )
        unit.change(Course.at(course_id=course_id), Course.lesson_count.add(count)).commit()

    def lesson(self, course_id: str, **fields: Any) -> str:
        """Add a lesson and return its id."""
        return str(
            self.teacher.post(f"/api/courses/{course_id}/lessons", {"title": "A lesson", **fields}).data["lessonId"]
        )

    def lessons(self, course_id: str) -> list[str]:
        """Return the ids of a course's lessons in their order."""
        return [
            row["lessonId"]
            for row in self.client.as_("admin").get(f"/api/courses/{course_id}/lessons", {"limit": 100}).data
        ]

    def student(self, *course_ids: str, name: str = "student") -> Client:
        """Return a student who is in these courses."""
        student = self.client.as_(name, "student")
        for course_id in course_ids:
            assert student.post(f"/api/courses/{course_id}/enroll").status == 201
        return student

    def complete(self, student: Client, lesson_id: str) -> Reply:
        """Complete a lesson."""
        return student.post("/api/lessons/complete", {"lessonId": lesson_id})


@pytest.fixture
def school(client: Client) -> School:
    """A school without courses."""
    department = Department(
        department_id=ids.new_id(),
        faculty_id=ids.new_id(),
        university_id=ids.new_id(),
        name="Computing",
        sort_name="computing",
    )
    write_many([department])
    return School(client, department.department_id)


def traces(client: Client, *names: str) -> list[str]:
    """Return the kinds of items that still name one of these ids.

    Messages that go by themselves are left out, and what people have done and earned.
    """
    passing = {Entity.kind.get_discriminator(each) for each in (*_EPHEMERAL, *_OF_PEOPLE)}
    items = [item for item in client.cloud.items(client.tenant) if item["kind"]["S"] not in passing]
    return sorted(item["kind"]["S"] for item in items if any(name in json.dumps(item) for name in names))


@pytest.fixture
def enrolment(tenant: str) -> Callable[[Client, str], Enrolment]:
    """Read a student's enrolment as it is stored."""
    return lambda student, course_id: Enrolment.require(course_id=course_id, user_id=student.user_id, consistent=True)


def taken(course_id: str) -> int:
    """Return how many seats of a course are taken, in all its parts."""
    parts = seats.read_parts(course_id)
    return int(Seats.require(course_id=course_id).taken) + sum(int(each.taken) for each in parts)


def who(client: Client) -> Principal:
    """Return the principal of a signed-in client, to call rules with."""
    assert client.principal is not None
    return client.principal


def outcome(call: Callable[[], object]) -> str:
    """Make a call and return what became of it: `done`, or the code of its refusal."""
    try:
        call()
    except DomainError as refused:
        return refused.code
    return "done"


def together(*calls: Callable[[], object]) -> list[str]:
    """Make calls at once, each as a process of its own would, and return in order of name what became of them."""
    return sorted(at_once(*(partial(outcome, call) for call in calls)))
