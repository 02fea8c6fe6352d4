"""Who may follow which topic."""

from collections.abc import Sequence

from lyceum.kit.configuration import known
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.identity.permissions import Role
from lyceum.kit.table import Entity, batch_fetch
from lyceum.model.community.groups import GroupMember
from lyceum.model.community.questions import HelpQuestion
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_access

OPEN = frozenset({"everybody", "leaderboard"})
"""What everybody may follow; who does is told to nobody."""
FIGURES = "admin:"
"""Topics of live figures of the platform."""


def allowed(caller: Principal, topics: Sequence[str]) -> list[str]:
    """Return those of the topics that the caller may follow, in one request for all.

    A course is followed by its students, its instructor, and moderators; a group by its members; a help question by
    whoever may read it; live figures by whoever may see operations; what everybody may follow needs no right.
    """
    asked = [topic for topic in dict.fromkeys(topics) if topic not in OPEN and not topic.startswith(FIGURES)]
    names = {topic: _names(caller, *topic.split(":", 1)) for topic in asked}
    found = iter(batch_fetch([name for each in names.values() for name in each]) if names else ())
    admitted = {topic for topic, each in names.items() if _admits(caller, [next(found) for _ in each])}
    followed = OPEN | admitted | _figures(caller, topics)
    return [topic for topic in dict.fromkeys(topics) if topic in followed]


def _figures(caller: Principal, topics: Sequence[str]) -> set[str]:
    """Return the topics of live figures, where the caller may see them as the tenant's roles are now."""
    asked = {topic for topic in topics if topic.startswith(FIGURES)}
    if asked:
        known.of(caller.tenant)
    return asked if caller.may(Permission.SEE_OPERATIONS) else set()


def _names(caller: Principal, kind: str, name: str) -> list[Entity]:
    """Name what says whether the caller may follow a topic."""
    if kind == "course":
        return [Course.at(course_id=name), Enrolment.at(course_id=name, user_id=caller.user_id)]
    if kind == "group":
        return [GroupMember.at(group_id=name, user_id=caller.user_id)]
    return [HelpQuestion.at(question_id=name)]


def _admits(caller: Principal, found: Sequence[Entity | None]) -> bool:
    match found:
        case [Course() as course, *rest]:
            enrolment = rest[0] if rest else None
            return _may_follow(caller, course, enrolment if isinstance(enrolment, Enrolment) else None)
        case [GroupMember() as member]:
            return bool(member.state == "active")
        case [HelpQuestion() as question]:
            return not question.held or question.asker_id == caller.user_id or caller.is_at_least(Role.MODERATOR)
    return False


def _may_follow(caller: Principal, course: Course, enrolment: Enrolment | None) -> bool:
    is_student = enrolment is not None and enrolment.state == "active"
    return is_student or caller.user_id in course_access.teachers_of(course) or caller.is_at_least(Role.MODERATOR)
