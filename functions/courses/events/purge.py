"""Removes what belonged to a deleted course, a slice a message, until nothing is left.

Each slice is deleted whatever an earlier try deleted of it; then the same event is told again for the rest. The course
itself goes last, so a cascade that stopped anywhere can be started again by its event.
"""

from collections.abc import Callable

from lyceum.events.courses import CourseDeleted, CourseEmptied
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Entity, Unit, batch_fetch, find, remove_many
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.model.courses.course import (
    Course,
    CourseOutline,
    CourseRanking,
    CourseRating,
    DependentCourse,
    PrerequisiteGraph,
)
from lyceum.model.courses.enrolments import Enrolment, Seats, StudyTime
from lyceum.model.courses.lessons import Lesson, LessonBody

consumer = Consumer("course-cascade")
handler = consumer.handler
_SLICE = 200


@consumer.on(CourseDeleted)
def remove(event: CourseDeleted, unit: Unit) -> None:
    """Delete a slice of what is left of a course; the last one takes the course itself."""
    course = Course.fetch(course_id=event.course_id, consistent=True)
    if course is None or course.status != "deleted":
        return
    if any(step(event.course_id) for step in _STEPS):
        send(unit, CourseDeleted(course_id=event.course_id))
        return
    _free_dependants(course)
    unit.remove(CourseRanking.at(course_id=event.course_id)).remove(CourseOutline.at(course_id=event.course_id)).remove(
        course
    )
    send(unit, CourseEmptied(course_id=event.course_id))


def _lessons(course_id: str) -> int:
    outline = CourseOutline.fetch(course_id=course_id, consistent=True)
    if outline is None or not outline.lesson_ids:
        return 0
    gone, outline.lesson_ids = outline.lesson_ids[:_SLICE], outline.lesson_ids[_SLICE:]
    remove_many([entity.at(lesson_id=each) for each in gone for entity in (Lesson, LessonBody)])
    Unit().replace(outline).commit()
    return len(gone)


def _announcements(course_id: str) -> int:
    """Delete one announcement with every trace of it at the students, who are all still there."""
    said = find(Announcement, audience=course_id, limit=1, consistent=True).items
    after = None
    while said:
        enrolments = find(Enrolment, course_id=course_id, limit=_SLICE, after=after, consistent=True)
        remove_many(
            [
                AnnouncementReceipt.at(user_id=each.user_id, announcement_id=said[0].announcement_id)
                for each in enrolments.items
            ]
        )
        after = enrolments.last_key
        if after is None:
            break
    return remove_many(said)


def _students(course_id: str) -> int:
    enrolments = find(Enrolment, course_id=course_id, limit=_SLICE, consistent=True).items
    times: list[Entity] = [StudyTime.at(course_id=course_id, user_id=each.user_id) for each in enrolments]
    remove_many([*times, *enrolments])
    if not enrolments:
        remove_many([Seats.at(course_id=course_id)])
    return len(enrolments)


def _ratings(course_id: str) -> int:
    return remove_many(find(CourseRating, course_id=course_id, limit=_SLICE, consistent=True).items)


_STEPS: tuple[Callable[[str], int], ...] = (_lessons, _announcements, _ratings, _students)


def _free_dependants(course: Course) -> None:
    """Take the course out of the prerequisites: of those that asked for it, and of those that it asked for."""
    dependants = find(DependentCourse, course_id=course.course_id, limit=1000, consistent=True).items
    asking = batch_fetch([Course.at(course_id=each.dependant_id) for each in dependants], consistent=True)
    for other in asking:
        if isinstance(other, Course):
            Unit().change(other, Course.prerequisite_ids.delete({course.course_id})).commit()
    mirrored = [
        DependentCourse.at(course_id=each, dependant_id=course.course_id) for each in course.prerequisite_ids or ()
    ]
    remove_many([*dependants, *mirrored])
    if dependants or mirrored:
        Unit().change(
            PrerequisiteGraph.at(), PrerequisiteGraph.edge_count.add(-len(dependants) - len(mirrored)), or_create=True
        ).commit()
