"""Who may follow which topic."""

from collections.abc import Sequence

from lyceum.kit.configuration import known
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.identity.permissions import Role
from lyceum.kit.table import batch_fetch
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules import course_access

OPEN = frozenset({"everybody", "leaderboard"})
"""What everybody may follow; who does is told to nobody."""
FIGURES = "admin:"
"""Topics of live figures of the platform."""


def allowed(caller: Principal, topics: Sequence[str]) -> list[str]:
    """Return those of the topics that the caller may follow, in one request for all.

    A course is followed by its students, its instructor, and moderators; live figures by whoever may see operations;
    what everybody may follow needs no right.
    """
    courses = [topic.removeprefix("course:") for topic in topics if topic.startswith("course:")]
    names = [
        name
        for course_id in courses
        for name in (Course.at(course_id=course_id), Enrolment.at(course_id=course_id, user_id=caller.user_id))
    ]
    found = iter(batch_fetch(names) if names else ())
    open_courses = {
        f"course:{course_id}"
        for course_id, course, enrolment in zip(courses, found, found, strict=True)
        if isinstance(course, Course)
        and _may_follow(caller, course, enrolment if isinstance(enrolment, Enrolment) else None)
    }
    followed = OPEN | open_courses | _figures(caller, topics)
    return [topic for topic in dict.fromkeys(topics) if topic in followed]


def _figures(caller: Principal, topics: Sequence[str]) -> set[str]:
    """Return the topics of live figures, where the caller may see them as the tenant's roles are now."""
    asked = {topic for topic in topics if topic.startswith(FIGURES)}
    if asked:
        known.of(caller.tenant)
    return asked if caller.may(Permission.SEE_OPERATIONS) else set()


def _may_follow(caller: Principal, course: Course, enrolment: Enrolment | None) -> bool:
    is_student = enrolment is not None and enrolment.state == "active"
    return is_student or caller.user_id in course_access.teachers_of(course) or caller.is_at_least(Role.MODERATOR)
