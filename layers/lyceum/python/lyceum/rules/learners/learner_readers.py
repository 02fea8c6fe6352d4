"""Who may see a learner's figures: themself, who manages users, guardians, and teachers within their own courses."""

from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.identity.permissions import GuardianRight
from lyceum.kit.table import fetch_many
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules import guardians
from lyceum.rules.courses import course_access


def is_own(caller: Principal, user_id: str) -> bool:
    """Say whether the caller sees all of a learner's figures by who they are (no request)."""
    return may_touch(caller, user_id, Permission.MANAGE_USERS)


def admit(caller: Principal, user_id: str, course_id: str | None = None) -> None:
    """Demand that the caller may see a learner's figures; raises NotFound.

    Learners and those who manage users pass without a request. Somebody else passes as a guardian, or where the figures
    are of a course that they teach and the learner is in (up to 3 requests).
    """
    if is_own(caller, user_id) or (course_id is not None and _is_teacher_of(caller, user_id, course_id)):
        return
    guardians.require(caller, user_id, GuardianRight.SEE_PROGRESS)


def _is_teacher_of(caller: Principal, user_id: str, course_id: str) -> bool:
    course, enrolment = fetch_many(Course.at(course_id=course_id), Enrolment.at(course_id=course_id, user_id=user_id))
    is_teacher = course is not None and course.status != "deleted" and course_access.is_teacher(caller, course)
    return is_teacher and course_access.is_learning(enrolment)
