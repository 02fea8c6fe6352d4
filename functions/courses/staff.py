"""Who teaches a course: handed over, and others who teach it beside its instructor."""

from lyceum.events.courses import CourseTaught, CourseUpdated
from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.event import Event
from lyceum.kit.identity import Permission, Principal, Role
from lyceum.kit.identity.permissions import acting_role, permissions_of
from lyceum.kit.table import Unit
from lyceum.model.courses.course import Course
from lyceum.model.users.account import User
from lyceum.rules import course_access

from functions.courses import authoring
from functions.courses.schemas import HandOver, Teachers

_MOST_TEACHERS = 20


def hand_over(caller: Principal, course_id: str, wanted: HandOver) -> Teachers:
    """Make a course another instructor's, with all that is in it; for its instructor and admins.

    Raises RuleViolation NO_INSTRUCTOR for somebody who may not teach, and Conflict when the course was changed
    meanwhile. A second time changes nothing.
    """
    course = course_access.owned(caller, Course.fetch(course_id=course_id, consistent=True))
    if course.instructor_id == wanted.user_id:
        return _view(course)
    others = set(course.teacher_ids or ()) - {wanted.user_id}
    if wanted.stays_teacher:
        others.add(course.instructor_id)
    unit = _teaching(Unit(), wanted.user_id)
    course.instructor_id, course.teacher_ids = wanted.user_id, others or None
    return _store(unit, course, "instructor_id", user_id=wanted.user_id)


def add_teacher(caller: Principal, course_id: str, user_id: str) -> Teachers:
    """Let somebody teach a course beside its instructor; a second time changes nothing.

    Raises RuleViolation NO_INSTRUCTOR for somebody who may not teach, and TOO_MANY_TEACHERS.
    """
    course = course_access.owned(caller, Course.fetch(course_id=course_id, consistent=True))
    if user_id in course_access.teachers_of(course):
        return _view(course)
    others = set(course.teacher_ids or ())
    if len(others) >= _MOST_TEACHERS:
        raise rule_violation("TOO_MANY_TEACHERS", f"A course has {_MOST_TEACHERS} more teachers at most.")
    course.teacher_ids = others | {user_id}
    return _store(_teaching(Unit(), user_id), course, user_id=user_id)


def remove_teacher(caller: Principal, course_id: str, user_id: str) -> None:
    """Let somebody teach a course no longer; teachers may leave by themselves. Raises NotFound for one who is none."""
    course = course_access.taught_by_id(caller, course_id)
    if user_id != caller.user_id:
        course_access.owned(caller, course)
    others = set(course.teacher_ids or ())
    if user_id not in others:
        raise NotFound("There is no such teacher of this course.")
    course.teacher_ids = others - {user_id} or None
    _store(Unit(), course)


def _teaching(unit: Unit, user_id: str) -> Unit:
    """Demand that somebody may teach, also at the moment of the write."""
    refuse = rule_violation("NO_INSTRUCTOR", "There is no such instructor.")
    user = User.fetch(user_id=user_id, consistent=True)
    if user is None or user.status != "active":
        raise refuse
    role = acting_role(Role(user.role), is_verified=bool(user.is_verified))
    if Permission.WRITE_COURSES not in permissions_of(role):
        raise refuse
    return unit.check(user, User.version == user.version, refuse=refuse)


def _store(unit: Unit, course: Course, *names: str, user_id: str | None = None) -> Teachers:
    events: list[Event] = [CourseUpdated(course_id=course.course_id)]
    if user_id:
        events.append(CourseTaught(course_id=course.course_id, user_id=user_id))
    authoring.edit(unit, course, "teacher_ids", *names, events=events).commit()
    return _view(course)


def _view(course: Course) -> Teachers:
    return Teachers(
        course_id=course.course_id,
        instructor_id=course.instructor_id,
        teacher_ids=sorted(course.teacher_ids or ()),
    )
