"""How somebody does, worked out of their latest exam sessions."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lyceum.kit import clock
from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.identity.permissions import GuardianRight
from lyceum.kit.table import find
from lyceum.kit.values.text import normalise
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User
from lyceum.rules import guardians
from lyceum.rules.profiles import Preferences, is_minor

from functions.users import course_history, profiles
from functions.users.schemas import Overview, Statistics

_SESSIONS = 100


def overview(caller: Principal, user_id: str) -> Overview:
    """Return a profile with its owner's statistics and courses; raises NotFound for whom the caller may not see.

    It takes 3 requests, up to 6 for those of a minor, and one for each 33 courses.
    """
    user = profiles.seen_by(caller, user_id)
    shown = profiles.view(caller, user)
    if not _may_see_statistics(caller, user):
        return Overview(user=shown)
    courses = course_history.read(user_id)
    return Overview(
        user=shown,
        statistics=_statistics(user),
        course_statistics=course_history.summed(courses),
        enrolments=courses if may_touch(caller, user_id, Permission.MANAGE_USERS) else None,
    )


def _may_see_statistics(caller: Principal, user: User) -> bool:
    """Say whether statistics are shown: as privacy says, but those of a minor to their school and guardians alone."""
    if may_touch(caller, user.user_id, Permission.MANAGE_USERS):
        return True
    privacy = Preferences.of(user).privacy
    is_open = privacy.profile != "private" and privacy.show_statistics
    if not is_minor(user):
        return is_open
    if is_open and _is_of_school(caller, user):
        return True
    return GuardianRight.SEE_PROGRESS in guardians.rights_over(caller, user.user_id)


def _is_of_school(caller: Principal, child: User) -> bool:
    """Say whether the caller is of a child's school: both name it, or the child names none but the tenant's."""
    school = child.profile.get("school")
    if not school:
        return True
    other = User.fetch(user_id=caller.user_id)
    named = (other.profile.get("school") or other.profile.get("institution")) if other else None
    return named is not None and normalise(named) == normalise(school)


def _statistics(user: User) -> Statistics:
    sessions = find(ExamSession, index="gsi2", user_id=user.user_id, descending=True, limit=_SESSIONS).items
    finished = [session for session in sessions if session.state == "finished" and session.finished_at is not None]
    told = [session for session in finished if session.released_at is not None]
    percents = [Decimal(session.percent) for session in told if session.percent is not None]
    ends = [session.finished_at for session in finished]
    zone = ZoneInfo(user.time_zone)
    return Statistics(
        exams_taken=len(finished),
        exams_passed=sum(bool(session.is_passed) for session in told),
        mean_percent=round(float(sum(percents) / len(percents)), 2) if percents else None,
        best_percent=float(max(percents)) if percents else None,
        last_exam_at=max(ends, default=None),
        streak_days=streak((end.astimezone(zone).date() for end in ends), clock.now().astimezone(zone).date()),
    )


def streak(days: Iterable[date], today: date) -> int:
    """Count the days in a row up to today, or to yesterday while today may still join them."""
    active = set(days)
    day = today if today in active else today - timedelta(days=1)
    length = 0
    while day in active:
        length, day = length + 1, day - timedelta(days=1)
    return length
