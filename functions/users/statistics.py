"""How somebody does, worked out of their latest exam sessions."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lyceum.kit import clock
from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.table import find
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences

from functions.users import course_history, profiles
from functions.users.schemas import Overview, Statistics

_SESSIONS = 100


def overview(caller: Principal, user_id: str) -> Overview:
    """Return a profile with its owner's statistics and courses; raises NotFound for whom the caller may not see.

    It takes 3 requests, and one for each 33 courses.
    """
    user = profiles.seen_by(caller, user_id)
    shown = profiles.view(caller, user)
    privacy = Preferences.of(user).privacy
    is_hidden = privacy.profile == "private" or not privacy.show_statistics
    is_own = may_touch(caller, user_id, Permission.MANAGE_USERS)
    if is_hidden and not is_own:
        return Overview(user=shown)
    courses = course_history.read(user_id)
    return Overview(
        user=shown,
        statistics=_statistics(user),
        course_statistics=course_history.summed(courses),
        enrolments=courses if is_own else None,
    )


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
