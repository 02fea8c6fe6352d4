"""Who teaches a course: handed over, and others who teach it beside its instructor."""

from collections.abc import Sequence

from lyceum.events.courses import CourseTaught, CourseUpdated
from lyceum.kit import context
from lyceum.kit.errors import rule_violation
from lyceum.kit.event import Event
from lyceum.kit.identity import Permission, Principal, Role, role_sets
from lyceum.kit.identity.permissions import acting_role
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.courses.course import Course
from lyceum.model.users.account import User
from lyceum.rules.courses import course_access, course_audits

from functions.courses import authoring
from functions.courses.schemas.staff import ChooseTeachers, Teachers


def choose(caller: Principal, course_id: str, wanted: ChooseTeachers) -> Teachers:
    """Say who teaches a course: whose it is, and the others; for its instructor and admins.

    Who teaches beside them may take themselves out. A second time changes nothing. Raises RuleViolation NO_INSTRUCTOR
    for somebody who may not teach, and Conflict when the course was changed meanwhile.
    """
    course = course_access.taught(caller, Course.fetch(course_id=course_id, consistent=True))
    before = set(course.teacher_ids or ())
    instructor_id = wanted.instructor_id or course.instructor_id
    others = (before if wanted.teacher_ids is None else set(wanted.teacher_ids)) - {instructor_id}
    is_handed_over = instructor_id != course.instructor_id
    if is_handed_over or others != before - {caller.user_id}:
        course_access.owned(caller, course)
    if not is_handed_over and others == before:
        return _view(course)
    new = sorted((others | {instructor_id}) - set(course_access.teachers_of(course)))
    unit = _teaching(new)
    told = {"instructorId": instructor_id, "teacherIds": sorted(others)}
    course_audits.note(unit, caller.user_id, course, "course.teachers", course_id, after=told)
    course.instructor_id, course.teacher_ids = instructor_id, others or None
    events: list[Event] = [CourseUpdated(course_id=course_id)]
    events += [CourseTaught(course_id=course_id, user_id=each) for each in new]
    names = ["teacher_ids", *(["instructor_id"] if is_handed_over else [])]
    authoring.edit(unit, course, *names, events=events).commit()
    return _view(course)


def _teaching(user_ids: Sequence[str]) -> Unit:
    """Demand that people may teach, also at the moment of the write."""
    refuse, unit = rule_violation("NO_INSTRUCTOR", "There is no such instructor."), Unit()
    for user in batch_fetch([User.at(user_id=each) for each in user_ids], consistent=True):
        if not isinstance(user, User) or user.status != "active":
            raise refuse
        role = acting_role(Role(user.role), is_verified=bool(user.is_verified))
        if Permission.WRITE_COURSES not in role_sets.granted(context.tenant(), role):
            raise refuse
        unit.check(user, User.version == user.version, refuse=refuse)
    return unit


def _view(course: Course) -> Teachers:
    return Teachers(
        course_id=course.course_id,
        instructor_id=course.instructor_id,
        teacher_ids=sorted(course.teacher_ids or ()),
    )
