"""What follows for figures and reports from what learners and teachers did."""

import re
from datetime import datetime
from functools import partial

from lyceum.events.assignments import AssignmentGraded, AssignmentSubmitted
from lyceum.events.content import ContentArchived, ContentDownloaded, ContentPublished, ContentRated, ContentRemoved
from lyceum.events.courses import (
    CourseCompleted,
    CourseDeleted,
    CourseEnrolled,
    CourseLeft,
    CoursePublished,
    CourseRated,
    CourseTaught,
    CourseUncompleted,
    LessonCompleted,
)
from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.events.study import StudyRecorded
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.analytics.classes import Teaching
from lyceum.model.content.library import ContentItem
from lyceum.rules import revisions

from functions.analytics.classes import stale
from functions.analytics.figures import counting, ledger
from functions.analytics.figures.counting import Fact

consumer = Consumer("analytics-statistics")
handler = consumer.handler
_CATALOGUE_ID = re.compile(r"[0-9A-Z]{26}")
"""Plans may have topics with names of their own; those are no topics of the catalogue."""


def _enter(*facts: Fact) -> None:
    """Enter facts, each of which its entry keeps from counting twice; courses that they touch are worked out again."""
    courses: set[str] = set()
    for fact in facts:
        retry_on_conflict(partial(_enter_one, fact, courses))
    stale.mark(*(stale.of_course(course_id) for course_id in sorted(courses)))


def _enter_one(fact: Fact, courses: set[str]) -> None:
    unit = Unit()
    entry, touched = ledger.enter(unit, fact)
    unit.commit()
    courses |= touched | ({entry.course_id} if entry and entry.course_id else set())


@consumer.on(ExamCompleted)
@consumer.on(ExamReleased)
def count_exam(event: ExamCompleted | ExamReleased, _unit: Unit) -> None:
    """Count an exam whose result its learner may know."""
    if event.percent is not None and event.is_released:
        _count_exam(event)


@consumer.on(ExamGraded)
def recount_exam(event: ExamGraded, _unit: Unit) -> None:
    """Count an exam by its latest score, in place of an earlier one."""
    if event.is_released:
        _count_exam(event)


def _count_exam(event: ExamCompleted | ExamGraded) -> None:
    marks = revisions.marks_of(event.exam_id, event.revision)
    if marks is None:
        return
    whole = Fact(
        event.user_id,
        "exam",
        event.exam_id,
        event.finished_at,
        revision=event.revision,
        title=event.title,
        course_id=event.course_id,
    )
    parts = counting.parts_of(event.topic_ids)
    _enter(*counting.of_exam(whole, marks.marks, event.percent, passed=bool(event.passed), parts=parts))


@consumer.on(StudyRecorded)
def count_study(event: StudyRecorded, _unit: Unit) -> None:
    """Count study time, each second once, and reviews; the answers of exams count by their marks."""
    is_review = event.cause == "review"
    cause = {"review": "review", "session": "session"}.get(event.cause, "time")
    fact = Fact(event.user_id, cause, event.event_id, event.at, day=event.day, course_id=event.course_id)
    reviewed = event.answers_by_topic if is_review else None
    of_catalogue = {name: spent for name, spent in event.seconds_by_topic.items() if _CATALOGUE_ID.fullmatch(name)}
    counting.of_study(fact, event.seconds, of_catalogue, reviewed)
    if is_review:
        remembered = {"reviews": event.questions, "remembered": event.correct}
        counting.add(fact.totals, remembered)
        counting.add(fact.daily, remembered)
    elif cause == "session":
        counting.add(fact.totals, {"sessions": 1, "session_seconds": event.seconds})
    _enter(fact)


@consumer.on(LessonCompleted)
def count_lesson(event: LessonCompleted, _unit: Unit) -> None:
    """Count a lesson."""
    fact = _simple(event.user_id, "lesson", event.lesson_id, event.at, event.course_id, lessons=1)
    fact.daily = {"lessons": 1}
    _enter(fact)


@consumer.on(CourseEnrolled)
@consumer.on(CourseLeft)
def count_enrolment(event: CourseEnrolled | CourseLeft, _unit: Unit) -> None:
    """Count that somebody entered or left a course."""
    by = 1 if isinstance(event, CourseEnrolled) else -1
    _enter(_simple(event.user_id, "enrolment", event.event_id, event.at, event.course_id, enrolments=by))


@consumer.on(CourseCompleted)
@consumer.on(CourseUncompleted)
def count_course(event: CourseCompleted | CourseUncompleted, _unit: Unit) -> None:
    """Count a completed course, until that is taken back."""
    counts = {"courses_completed": 1} if isinstance(event, CourseCompleted) else {}
    fact = _simple(event.user_id, "course", event.course_id, event.at, event.course_id, **counts)
    fact.revision, fact.title = event.revision, getattr(event, "title", None)
    _enter(fact)


@consumer.on(AssignmentGraded)
def count_grade(event: AssignmentGraded, _unit: Unit) -> None:
    """Count the grade of an assignment; of several the latest stands."""
    percent = counting.hundredths(event.percent)
    counts = {"assignments": 1, "assignment_percent_sum": percent}
    fact = _simple(event.user_id, "assignment", event.assignment_id, event.at, event.course_id, **counts)
    fact.revision, fact.title, fact.percent = int(event.at.timestamp() * 1000), event.title, str(event.percent)
    _enter(fact)


def _simple(user_id: str, cause: str, cause_id: str, at: datetime, course_id: str | None, **totals: int) -> Fact:
    return Fact(user_id, cause, cause_id, at, course_id=course_id, totals=totals)


@consumer.on(CoursePublished)
@consumer.on(CourseTaught)
def note_teacher(event: CoursePublished | CourseTaught, unit: Unit) -> None:
    """Note that somebody teaches a course."""
    teacher_id = event.instructor_id if isinstance(event, CoursePublished) else event.user_id
    unit.put(Teaching(user_id=teacher_id, course_id=event.course_id))
    stale.mark(stale.of_course(event.course_id), stale.of_teacher(teacher_id))


@consumer.on(AssignmentSubmitted)
@consumer.on(CourseRated)
@consumer.on(CourseDeleted)
def follow_course(event: AssignmentSubmitted | CourseRated | CourseDeleted, _unit: Unit) -> None:
    """Have the reports of a course and its teachers worked out again."""
    stale.mark(stale.of_course(event.course_id))


@consumer.on(ContentPublished)
@consumer.on(ContentArchived)
@consumer.on(ContentRemoved)
def follow_content(event: ContentPublished | ContentArchived | ContentRemoved, _unit: Unit) -> None:
    """Have the report of an item's owner worked out again."""
    stale.mark(stale.of_teacher(event.owner_id))


@consumer.on(ContentDownloaded)
@consumer.on(ContentRated)
def follow_readers(event: ContentDownloaded | ContentRated, _unit: Unit) -> None:
    """Have the report of an item's owner worked out again: somebody fetched or rated it (1 request)."""
    item = ContentItem.fetch(content_id=event.content_id)
    if item is not None:
        stale.mark(stale.of_teacher(item.owner_id))
