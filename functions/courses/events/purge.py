"""Takes people whose account is gone out of courses, and removes what belonged to a deleted course, a slice a task.

What is its students' own stays: completions and grades. Then the course stays too, as a record with its title, its
outline and its scale of letters, which nobody but them and admins sees. Each slice is deleted whatever an earlier try
deleted of it. The course itself goes last, so a purge that stopped anywhere can be started again by its task.
"""

from collections.abc import Callable
from itertools import islice

from lyceum.events.courses import CourseEmptied
from lyceum.events.users import UserDeleted
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Entity, Unit, batch_fetch, find, find_all, remove_many
from lyceum.model.assignments import GradeSheet
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
from lyceum.tasks.courses import PurgeCourse

from functions.courses.enrolments import enrolment, seats

consumer = Consumer("courses-purge")
handler = consumer.handler
_SLICE = 200


@consumer.on(UserDeleted, outside=True)
def take_out(event: UserDeleted, _unit: Unit) -> None:
    """Take somebody whose account is gone out of the lists and the counts of every course, and free the seats."""
    enrolment.leave_all(event.user_id)


@consumer.paged(PurgeCourse)
def remove_slice(task: PurgeCourse, unit: Unit) -> int | None:
    """Delete a slice of what is left of a course; the last one takes the course itself."""
    course = Course.fetch(course_id=task.course_id, consistent=True)
    if course is None or course.status != "deleted" or course.emptied_at is not None:
        return None
    if any(step(task.course_id) for step in _STEPS):
        return int(task.after or 0) + 1
    _free_dependents(course)
    unit.remove(CourseRanking.at(course_id=task.course_id))
    if _is_on_record(task.course_id):
        unit.change(course, Course.emptied_at.set(clock.now()), Course.prerequisite_ids.remove())
    else:
        unit.remove(CourseOutline.at(course_id=task.course_id)).remove(course)
    send(unit, CourseEmptied(course_id=task.course_id))
    return None


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
    announcements = find(Announcement, audience=course_id, limit=1, consistent=True).items
    for announcement in announcements:
        students = find_all(Enrolment, course_id=course_id, limit=_SLICE, consistent=True)
        about = announcement.announcement_id
        remove_many(AnnouncementReceipt.at(user_id=each.user_id, announcement_id=about) for each in students)
        remove_many([AnnouncementReceipt.at(user_id=announcement.author_id, announcement_id=about)])
    return remove_many(announcements)


def _is_on_record(course_id: str) -> bool:
    """Say whether students have completed the course, or have grades in it."""
    kinds: tuple[type[Entity], ...] = (Enrolment, GradeSheet)
    return any(find(kind, course_id=course_id, limit=1, consistent=True).items for kind in kinds)


def _students(course_id: str) -> int:
    """Delete a slice of those who did not complete the course; who did keeps the enrolment that says so."""
    uncompleted = (each for each in find_all(Enrolment, course_id=course_id, consistent=True) if not each.completed_at)
    enrolments = list(islice(uncompleted, _SLICE))
    times: list[Entity] = [StudyTime.at(course_id=course_id, user_id=each.user_id) for each in enrolments]
    remove_many([*times, *enrolments])
    if not enrolments:
        remove_many([Seats.at(course_id=course_id), *seats.read_parts(course_id)])
    return len(enrolments)


def _ratings(course_id: str) -> int:
    return remove_many(find(CourseRating, course_id=course_id, limit=_SLICE, consistent=True).items)


_STEPS: tuple[Callable[[str], int], ...] = (_lessons, _announcements, _ratings, _students)


def _free_dependents(course: Course) -> None:
    """Take the course out of the prerequisites: of those that asked for it, and of those that it asked for."""
    dependents = find(DependentCourse, course_id=course.course_id, limit=1000, consistent=True).items
    asking = batch_fetch([Course.at(course_id=each.dependent_id) for each in dependents], consistent=True)
    for other in asking:
        if isinstance(other, Course):
            Unit().change(other, Course.prerequisite_ids.delete({course.course_id})).commit()
    mirrored = [
        DependentCourse.at(course_id=each, dependent_id=course.course_id) for each in course.prerequisite_ids or ()
    ]
    remove_many([*dependents, *mirrored])
    if dependents or mirrored:
        Unit().change(
            PrerequisiteGraph.at(), PrerequisiteGraph.edge_count.add(-len(dependents) - len(mirrored)), or_create=True
        ).commit()
