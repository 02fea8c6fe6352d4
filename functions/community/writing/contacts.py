"""Who may write to whom.

People write to each other who have to do with each other: a student and those who teach a course of theirs, students of
one course, members of one group, a student and the mentor of a question of theirs. Staff write to anybody, and anybody
to staff. Where one of the two is a minor, a group is not enough: teachers, assigned mentors and, unless the tenant says
otherwise, classmates.
"""

from lyceum.kit import clock
from lyceum.kit.errors import Forbidden, NotFound
from lyceum.kit.identity.permissions import GRANTED, Permission, Role, acting_role
from lyceum.kit.table import Entity, batch_fetch, find
from lyceum.kit.table.fetching import fetch_many
from lyceum.kit.tenancy import directory
from lyceum.model.community.groups import GroupMember
from lyceum.model.community.questions import MentorTie
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.users.account import User
from lyceum.rules.courses import course_access
from lyceum.rules.profiles import is_minor

_MOST = 100
"""Courses and groups of somebody that are looked at."""


def present(user: Entity | None) -> User:
    """Return somebody who can be written to; raises NotFound for one who is suspended, deleted or never was."""
    if not isinstance(user, User) or user.status_at(clock.now()) != "active":
        raise NotFound("There is no such user.")
    return user


def refused() -> Forbidden:
    """Return the refusal that says nothing of its cause: nothing in common, or a block."""
    return Forbidden("You can not write to this person.", code="MAY_NOT_WRITE")


def require(writer: User, other: User) -> None:
    """Refuse who has nothing in common with somebody (at most 6 storage requests); raises Forbidden."""
    if _is_staff(writer) or _is_staff(other):
        return
    is_guarded = is_minor(writer) or is_minor(other)
    if _is_mentored(writer, other) or _is_taught(writer, other, is_guarded=is_guarded):
        return
    if is_guarded or not _share_group(writer, other):
        raise refused()


def _is_staff(user: User) -> bool:
    role = acting_role(Role(user.role), is_verified=bool(user.is_verified))
    return Permission.MODERATE in GRANTED[role]


def _is_mentored(one: User, other: User) -> bool:
    ties = fetch_many(
        MentorTie.at(user_id=one.user_id, mentor_id=other.user_id),
        MentorTie.at(user_id=other.user_id, mentor_id=one.user_id),
    )
    return any(ties)


def _is_taught(one: User, other: User, *, is_guarded: bool) -> bool:
    """Say whether one teaches a course of the other, or both learn in one course, if that is enough for them."""
    learned = [_courses_of(user.user_id) for user in (one, other)]
    is_enough = not is_guarded or directory.lets_minors_write_classmates()
    if is_enough and set(learned[0]) & set(learned[1]):
        return True
    names = list(dict.fromkeys([*learned[0], *learned[1]]))
    courses = batch_fetch([Course.at(course_id=name) for name in names]) if names else []
    teachers = {each.course_id: course_access.teachers_of(each) for each in courses if isinstance(each, Course)}
    pairs = ((learned[0], other.user_id), (learned[1], one.user_id))
    return any(teacher in teachers.get(name, ()) for mine, teacher in pairs for name in mine)


def _courses_of(user_id: str) -> list[str]:
    found = find(Enrolment, index="gsi1", user_id=user_id, limit=_MOST).items
    return [each.course_id for each in found if each.state == "active"]


def _share_group(one: User, other: User) -> bool:
    groups = [
        {each.group_id for each in find(GroupMember, index="gsi1", user_id=user.user_id, limit=_MOST).items
         if each.state == "active"}
        for user in (one, other)
    ]  # fmt: skip
    return bool(groups[0] & groups[1])
