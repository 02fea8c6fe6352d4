"""Who may see a course, change it and learn in it: one answer for every domain that has to do with courses."""

from lyceum.kit.errors import Forbidden, NotFound
from lyceum.kit.identity import Permission, Principal, may_touch, require_owner
from lyceum.kit.table import Entity
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment


def teachers_of(course: Course) -> list[str]:
    """Name those who teach a course: its instructor, then the others."""
    return [course.instructor_id, *sorted(course.teacher_ids or ())]


def is_teacher(caller: Principal | None, course: Course) -> bool:
    """Say whether the caller teaches the course, or is an admin."""
    return caller is not None and (
        caller.user_id in teachers_of(course) or may_touch(caller, course.instructor_id, Permission.MANAGE_CATALOGUE)
    )


def is_learning(enrolment: Entity | None) -> bool:
    """Say whether what was read is an enrolment that somebody still learns by."""
    return isinstance(enrolment, Enrolment) and enrolment.state == "active"


def existing(course: Entity | None) -> Course:
    """Return a course that was read; raises NotFound when there is none, or it was deleted."""
    if not isinstance(course, Course) or course.status == "deleted":
        raise NotFound("There is no such course.")
    return course


def visible(caller: Principal | None, course: Entity | None, enrolment: Entity | None = None) -> Course:
    """Return a course that the caller may see; a draft is for its teachers and for those who are in it already."""
    found = existing(course)
    if found.status != "published" and not is_teacher(caller, found) and not is_learning(enrolment):
        raise NotFound("There is no such course.")
    return found


def taught(caller: Principal, course: Entity | None) -> Course:
    """Return a course that the caller may change: one that they teach.

    Raises NotFound for another's draft and Forbidden for another's course.
    """
    found = existing(course)
    return found if caller.user_id in teachers_of(found) else owned(caller, found)


def owned(caller: Principal, course: Entity | None) -> Course:
    """Return a course that the caller may hand over or delete: as its instructor or an admin; raises as `taught`."""
    found = existing(course)
    hidden = found.status != "published" and not is_teacher(caller, found)
    require_owner(caller, found.instructor_id, "course", Permission.MANAGE_CATALOGUE, hidden=hidden)
    return found


def taught_by_id(caller: Principal, course_id: str) -> Course:
    """Read a course that the caller may change (1 request); raises as `taught` does."""
    return taught(caller, Course.fetch(course_id=course_id))


def require_learning(caller: Principal, course: Course, enrolment: Entity | None) -> None:
    """Refuse a caller who neither learns in the course nor teaches it."""
    if not is_learning(enrolment) and not is_teacher(caller, course):
        raise not_enrolled()


def not_enrolled() -> Forbidden:
    """Return the refusal of somebody who is not in a course."""
    return Forbidden("Enrol in this course first.", code="NOT_ENROLLED")
