"""What webhooks may be told of: the events of the product that other systems can rely on, each with what it names.

Payloads are thin: what happened, the ids of what it happened to, and where to read it. Whoever is told reads the rest
with rights of their own, so nothing about a person leaves by a webhook.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints
from pydantic.alias_generators import to_camel

from lyceum.events.assignments import AssignmentCreated, AssignmentDeleted, AssignmentGraded, AssignmentSubmitted
from lyceum.events.content import ContentArchived, ContentPublished, ContentVerified
from lyceum.events.courses import (
    CourseCompleted,
    CourseDeleted,
    CourseEnrolled,
    CourseLeft,
    CoursePublished,
    CourseUpdated,
    LessonCompleted,
)
from lyceum.events.devices import AttendanceRead
from lyceum.events.exams import ExamCompleted, ExamReleased
from lyceum.events.gamification import BadgeEarned
from lyceum.events.imports import ImportCompleted, ImportFailed
from lyceum.events.payments import PaymentConfirmed
from lyceum.events.questions import QuestionApproved, QuestionRetired, QuestionSubmitted
from lyceum.events.users import UserActivated, UserDeleted, UserRegistered, UserRoleChanged, UserSuspended
from lyceum.kit import clock
from lyceum.kit.event import Event

VERSION = 1
TEST = "webhook.test"
EVERYTHING = "*"
TOLD: tuple[type[Event], ...] = (
    AssignmentCreated, AssignmentDeleted, AssignmentGraded, AssignmentSubmitted, AttendanceRead, BadgeEarned,
    ContentArchived, ContentPublished, ContentVerified, CourseCompleted, CourseDeleted, CourseEnrolled, CourseLeft,
    CoursePublished, CourseUpdated, ExamCompleted, ExamReleased, ImportCompleted, ImportFailed, LessonCompleted,
    PaymentConfirmed, QuestionApproved, QuestionRetired, QuestionSubmitted, UserActivated, UserDeleted, UserRegistered,
    UserRoleChanged, UserSuspended,
)  # fmt: skip
NAMES = frozenset(event.name for event in TOLD)
OTHER_NAMES = {"question.created": QuestionSubmitted.name, "payment.success": PaymentConfirmed.name}
"""Names by which callers know an event, too."""
_PLACES = {
    "assignment_id": "/api/assignments/{}",
    "content_id": "/api/content/{}",
    "course_id": "/api/courses/{}",
    "exam_id": "/api/exams/{}",
    "question_id": "/api/questions/{}",
    "user_id": "/api/users/{}",
}
"""Where what an id names is read."""


def name_of(asked: str) -> str | None:
    """Return the name of an event that a caller asks for, None when there is no such."""
    name = OTHER_NAMES.get(asked, asked)
    return name if name in NAMES or name == EVERYTHING else None


def _known(name: str) -> str:
    found = name_of(name)
    if found is None:
        raise ValueError(f"there is no event {name[:60]!r}")
    return found


EventName = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known)]
"""The name of an event, as callers send it."""


def payload(event: Event) -> dict[str, Any]:
    """Write an event as webhooks get it (Standard Webhooks 1.0, payload structure).

    `sequence` grows with time, so that a receiver can tell what is older of two that name the same thing.
    """
    fields = {name: getattr(event, name) for name in type(event).model_fields}
    ids = {name: value for name, value in fields.items() if _is_named(name, value)}
    links = {to_camel(name.removesuffix("_id")): _PLACES[name].format(ids[name]) for name in ids if name in _PLACES}
    return {
        "type": event.name,
        "version": VERSION,
        "timestamp": clock.iso(event.at),
        "sequence": event.event_id,
        "data": {**{to_camel(name): value for name, value in ids.items()}, "links": links},
    }


def _is_named(name: str, value: Any) -> bool:
    return name.endswith("_id") and isinstance(value, str) and name not in {"event_id", "correlation_id"}


def example() -> dict[str, Any]:
    """Return the payload of a test."""
    at = clock.iso(clock.now())
    return {"type": TEST, "version": VERSION, "timestamp": at, "data": {"message": "This is a test.", "links": {}}}


def is_wanted(events: Iterable[str], name: str) -> bool:
    """Say whether a webhook with these events is told of one; a test always is."""
    return name == TEST or EVERYTHING in set(events) or name in set(events)
