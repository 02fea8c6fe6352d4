"""Keeps the lists of published courses by age, students and rating.

Each event has the course looked at as it is now, so that their order does not matter.
"""

from collections.abc import Sequence

from lyceum.events.courses import CourseCounted, CoursePublished, CourseUpdated
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.courses.course import Course, CourseRanking

consumer = Consumer("courses-rankings")
handler = consumer.handler
_COPIED = (
    "course_id",
    "department_id",
    "instructor_id",
    "teacher_ids",
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
def update_rankings(events: Sequence[CourseCounted | CoursePublished | CourseUpdated], unit: Unit) -> None:
    """Bring the rankings of courses up to date; raises Conflict when somebody else does at the same time."""
    course_ids = sorted({event.course_id for event in events})
    courses = batch_fetch([Course.at(course_id=each) for each in course_ids], consistent=True)
    rankings = batch_fetch([CourseRanking.at(course_id=each) for each in course_ids], consistent=True)
    for course, ranking in zip(courses, rankings, strict=True):
        if isinstance(course, Course):
            _update(unit, course, ranking)


def _update(unit: Unit, course: Course, found: Entity | None) -> None:
    if course.status != "published":
        if found:
            unit.remove(found)
        return
    ranking = ranking_of(course)
    if not isinstance(found, CourseRanking):
        unit.create(ranking)
    elif found.as_of < course.version:
        ranking.version = found.version
        unit.replace(ranking)


def ranking_of(course: Course) -> CourseRanking:
    """Return what lists show of a course as it is."""
    count = int(course.rating_count)
    rating = round(1000 * int(course.rating_sum) / count) if count else 0
    return CourseRanking(rating=rating, as_of=course.version, **{name: getattr(course, name) for name in _COPIED})
