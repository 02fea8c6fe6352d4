"""Counts of a course, folded in from events: questions, students, completions, ratings, assignments."""

from collections import Counter
from collections.abc import Iterable, Sequence

from lyceum.events.assignments import AssignmentCreated, AssignmentDeleted
from lyceum.events.courses import (
    CourseCompleted,
    CourseCounted,
    CourseEnrolled,
    CourseLeft,
    CourseRated,
    CourseUncompleted,
)
from lyceum.events.questions import QuestionApproved, QuestionRetired
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.courses.course import Course

consumer = Consumer("courses-statistics")
handler = consumer.handler


@consumer.fold(QuestionApproved)
def add_questions(events: Sequence[QuestionApproved], unit: Unit) -> None:
    """Add the questions that entered the bank."""
    _add(unit, question_count=Counter(event.course_id for event in events if event.first_time))


@consumer.fold(QuestionRetired)
def remove_questions(events: Sequence[QuestionRetired], unit: Unit) -> None:
    """Take off the questions that left the bank."""
    _add(unit, question_count=_less(event.course_id for event in events))


@consumer.fold(CourseEnrolled)
def add_students(events: Sequence[CourseEnrolled], unit: Unit) -> None:
    """Add the students who entered."""
    _add(unit, enrolment_count=Counter(event.course_id for event in events))


@consumer.fold(CourseLeft)
def remove_students(events: Sequence[CourseLeft], unit: Unit) -> None:
    """Take off the students who left."""
    _add(unit, enrolment_count=_less(event.course_id for event in events))


@consumer.fold(CourseCompleted)
def add_completions(events: Sequence[CourseCompleted], unit: Unit) -> None:
    """Add the students who completed."""
    _add(unit, completed_count=Counter(event.course_id for event in events))


@consumer.fold(CourseUncompleted)
def remove_completions(events: Sequence[CourseUncompleted], unit: Unit) -> None:
    """Take off the students who have not completed after all."""
    _add(unit, completed_count=_less(event.course_id for event in events))


@consumer.fold(CourseRated)
def add_ratings(events: Sequence[CourseRated], unit: Unit) -> None:
    """Add new ratings, and what changed ones differ by."""
    stars: Counter[str] = Counter()
    for event in events:
        stars[event.course_id] += event.stars - (event.earlier_stars or 0)
    _add(
        unit, rating_sum=stars, rating_count=Counter(event.course_id for event in events if event.earlier_stars is None)
    )


@consumer.fold(AssignmentCreated)
def add_assignments(events: Sequence[AssignmentCreated], unit: Unit) -> None:
    """Add new assignments."""
    _add(unit, assignment_count=Counter(event.course_id for event in events))


@consumer.fold(AssignmentDeleted)
def remove_assignments(events: Sequence[AssignmentDeleted], unit: Unit) -> None:
    """Take off assignments that are gone."""
    _add(unit, assignment_count=_less(event.course_id for event in events))


def _less(course_ids: Iterable[str]) -> Counter[str]:
    counts = Counter(course_ids)
    return Counter({course_id: -count for course_id, count in counts.items()})


def _add(unit: Unit, **counts: Counter[str]) -> None:
    """Add to the counts of courses, all of one course in one write; a course that is gone has none any more."""
    course_ids = sorted({course_id for each in counts.values() for course_id in each})
    for course in batch_fetch([Course.at(course_id=each) for each in course_ids]):
        if isinstance(course, Course):
            growth = [getattr(Course, name).add(each[course.course_id]) for name, each in counts.items()]
            unit.change(course, *growth, events=[CourseCounted(course_id=course.course_id)])
