"""Whose exam it is: for a course's quizzes and assignments, of whoever teaches the course now."""

from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Permission, Principal
from lyceum.model.courses.course import Course
from lyceum.rules.courses import course_access


def teaches(caller: Principal, owner_id: str | None, course_id: str | None) -> bool:
    """Say whether an exam is the caller's to see, change, proctor and grade.

    It is for its author and for who manages exams; one of a course is for those who teach that course now, so it goes
    along when the course is handed over. Costs 1 storage request for an exam of a course.
    """
    if caller.may(Permission.MANAGE_EXAMS):
        return True
    course = Course.fetch(course_id=course_id) if course_id else None
    if course is None or course.status == "deleted":
        return caller.user_id == owner_id
    return course_access.is_teacher(caller, course)


def require(caller: Principal, owner_id: str | None, course_id: str | None, noun: str = "exam") -> None:
    """Raise NotFound unless an exam is the caller's to see, change, proctor and grade."""
    if not teaches(caller, owner_id, course_id):
        raise NotFound(f"There is no such {noun}.")
