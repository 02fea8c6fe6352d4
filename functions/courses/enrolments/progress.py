"""How far students are: which parts are completed, how long they studied, what is left.

Completing reads the course as it is, adds one part to the student's own set and, with the last required part, completes
the course, all in one write that holds only if nothing of the enrolment changed since. So each part and each course is
completed once, whatever comes twice or at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from lyceum.events.courses import CourseCompleted
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.event import Event
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.assignments import AssignmentIndex
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.rules import course_access

from functions.courses.enrolments.schemas import Progress, ProgressView, Tally, TimeSpent

PartKind = Literal["lessons", "assignments", "quizzes"]
_KINDS: tuple[PartKind, ...] = ("lessons", "assignments", "quizzes")
_TRIES = 4


@dataclass(frozen=True)
class Parts:
    """The ids of a course's parts by kind, and of those that completing it asks for."""

    by_kind: dict[PartKind, list[str]]
    required: frozenset[str]

    @classmethod
    def of(cls, outline: Entity | None, index: Entity | None) -> "Parts":
        """List a course's parts from its outline and the index of its assignments; what is missing has none."""
        lessons = list(outline.lesson_ids) if isinstance(outline, CourseOutline) else []
        quizzes = [quiz["quiz_id"] for quiz in outline.quizzes] if isinstance(outline, CourseOutline) else []
        rows: list[dict[str, Any]] = index.rows if isinstance(index, AssignmentIndex) else []
        optional = set(outline.optional_ids) if isinstance(outline, CourseOutline) else set()
        optional |= {row["assignment_id"] for row in rows if not row["is_required"]}
        assignments = [row["assignment_id"] for row in rows]
        return cls(
            {"lessons": lessons, "assignments": assignments, "quizzes": quizzes},
            frozenset({*lessons, *assignments, *quizzes} - optional),
        )


@dataclass(frozen=True)
class Completion:
    """What is recorded of a part: the enrolment as it is now, the share completed, and whether it was so before."""

    enrolment: Enrolment
    percent: int
    is_repeated: bool


def completed_ids(enrolment: Enrolment) -> set[str]:
    """Return the ids of everything that a student ever completed in a course."""
    return {part for kind in _KINDS for part in getattr(enrolment, kind) or ()}


def percent(parts: Parts, done: set[str]) -> int:
    """Return the share of required parts done, or of all when none is required, in whole percent rounded down."""
    counted = parts.required or {part for kind in _KINDS for part in parts.by_kind[kind]}
    return 100 * len(counted & done) // len(counted) if counted else 0


def summary(parts: Parts, enrolment: Enrolment, studied_at: datetime | None = None) -> Progress:
    """Count what is completed of each kind."""
    done = completed_ids(enrolment)
    tallies = {
        kind: Tally(completed=len(done.intersection(parts.by_kind[kind])), total=len(parts.by_kind[kind]))
        for kind in _KINDS
    }
    active = max(filter(None, (enrolment.last_activity_at, studied_at)), default=None)
    return Progress(**tallies, percent=percent(parts, done), last_activity_at=active)


def complete(course_id: str, user_id: str, kind: PartKind, part_id: str, *events: Event) -> Completion:
    """Record that a student completed a part; a second time changes nothing.

    Raises NotFound for a part or a course that is gone, and Forbidden for somebody who is not in the course.
    """
    named = [
        Course.at(course_id=course_id),
        CourseOutline.at(course_id=course_id),
        AssignmentIndex.at(course_id=course_id),
    ]
    for _ in range(_TRIES):
        found, outline, index, enrolment = batch_fetch(
            [*named, Enrolment.at(course_id=course_id, user_id=user_id)], consistent=True
        )
        course, parts = course_access.existing(found), Parts.of(outline, index)
        if not isinstance(enrolment, Enrolment) or enrolment.state != "active":
            raise course_access.not_enrolled()
        if part_id not in parts.by_kind[kind]:
            raise NotFound("This is no part of the course.")
        done = completed_ids(enrolment)
        if part_id in done:
            return Completion(enrolment, percent(parts, done), is_repeated=True)
        share = percent(parts, done | {part_id})
        try:
            _add(enrolment, kind, part_id, [*events, *_course_completed(course, enrolment, share)])
        except Conflict:
            continue
        return Completion(enrolment, share, is_repeated=False)
    raise Conflict("Too much happens at once in this course. Please try again.", code="EDIT_CONFLICT")


def _course_completed(course: Course, enrolment: Enrolment, share: int) -> list[Event]:
    if share < 100 or enrolment.completed_at is not None:
        return []
    return [CourseCompleted(course_id=enrolment.course_id, user_id=enrolment.user_id, title=course.title)]


def _add(enrolment: Enrolment, kind: PartKind, part_id: str, events: Sequence[Event]) -> None:
    setattr(enrolment, kind, {*(getattr(enrolment, kind) or ()), part_id})
    enrolment.last_activity_at = clock.now()
    if any(isinstance(event, CourseCompleted) for event in events):
        enrolment.completed_at = clock.now()
    Unit().replace(enrolment, *events).commit()


def own(caller: Principal, course_id: str) -> ProgressView:
    """Show the caller's progress in a course (1 request); raises NotFound for somebody who never was in it."""
    mine: dict[str, Any] = {"course_id": course_id, "user_id": caller.user_id}
    named: list[Entity] = [
        Course.at(course_id=course_id),
        CourseOutline.at(course_id=course_id),
        AssignmentIndex.at(course_id=course_id),
    ]
    found, outline, index, enrolment, studied = batch_fetch([*named, Enrolment.at(**mine), StudyTime.at(**mine)])
    course_access.existing(found)
    if not isinstance(enrolment, Enrolment):
        raise NotFound("You are not enrolled in this course.")
    time = studied if isinstance(studied, StudyTime) else StudyTime(**mine)
    parts = Parts.of(outline, index)
    shown = summary(parts, enrolment, time.last_report_at)
    return ProgressView(
        **dict(shown),
        course_id=course_id,
        enrolled_at=enrolment.enrolled_at,
        completed_at=enrolment.completed_at,
        time_spent_seconds=time.total_seconds,
        time_by_lesson=[
            TimeSpent(lesson_id=lesson_id, seconds=spent) for lesson_id, spent in sorted(time.seconds_by_lesson.items())
        ],
        estimated_seconds_left=_seconds_left(shown.lessons, int(time.total_seconds)),
        estimated_completion_at=_end(parts, enrolment, clock.now()),
    )


def _seconds_left(lessons: Tally, spent_seconds: int) -> int | None:
    """Take the mean time over completed lessons for each that is left."""
    if not lessons.completed or not spent_seconds:
        return None
    return round(spent_seconds / lessons.completed * (lessons.total - lessons.completed))


def _end(parts: Parts, enrolment: Enrolment, now: datetime) -> datetime | None:
    """Go on at the mean pace since enrolment: as long for each part that is left as for each one completed."""
    wanted = parts.required
    done = len(wanted & completed_ids(enrolment))
    if enrolment.completed_at or not done or enrolment.enrolled_at >= now:
        return None
    each: timedelta = (now - enrolment.enrolled_at) / done
    try:
        return now + each * (len(wanted) - done)
    except OverflowError:
        return None
