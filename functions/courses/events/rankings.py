"""Keeps the lists of published courses by age, students and rating: each event has the course looked at as it is now."""

from collections.abc import Sequence

from lyceum.events.courses import CourseCounted, CoursePublished, CourseUpdated
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.courses.course import Course, CourseRanking

consumer = Consumer("course-standings")
handler = consumer.handler
_COPIED = (
    "course_id",
    "department_id",
    "instructor_id",
    "code",
    "level",
    "sort_title",
    "category",
    "difficulty",
    "enrolment_count",
    "rating_count",
)


@consumer.fold(CourseCounted)
@consumer.fold(CoursePublished)
@consumer.fold(CourseUpdated)
def follow(events: Sequence[CourseCounted | CoursePublished | CourseUpdated], unit: Unit) -> None:
    """Bring the standings of courses up to them; raises Conflict when somebody else does at the same time."""
    course_ids = sorted({event.course_id for event in events})
    courses = batch_fetch([Course.at(course_id=each) for each in course_ids], consistent=True)
    standings = batch_fetch([CourseRanking.at(course_id=each) for each in course_ids], consistent=True)
    for course, standing in zip(courses, standings, strict=True):
        if isinstance(course, Course):
            _bring_up(unit, course, standing)


def _bring_up(unit: Unit, course: Course, found: Entity | None) -> None:
    if course.status != "published":
        if found:
            unit.remove(found)
        return
    standing = standing_of(course)
    if not isinstance(found, CourseRanking):
        unit.create(standing)
    elif found.as_of < course.version:
        standing.version = found.version
        unit.replace(standing)


def standing_of(course: Course) -> CourseRanking:
    """Return what lists show of a course as it is."""
    count = int(course.rating_count)
    rating = round(1000 * int(course.rating_sum) / count) if count else 0
    return CourseRanking(rating=rating, as_of=course.version, **{name: getattr(course, name) for name in _COPIED})
