"""How somebody does: in exams, worked out of the latest sessions, and as a learner."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.identity.permissions import GuardianRight
from lyceum.kit.table import Entity, batch_fetch, find
from lyceum.kit.values.text import normalise
from lyceum.model.analytics.learners import LearnerFigures
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.study.learners import Learner
from lyceum.model.users.account import User
from lyceum.rules import guardians
from lyceum.rules.learners import learner_readers, learner_standing, topic_mastery
from lyceum.rules.profiles import Preferences, is_minor

from functions.users import course_history, profiles
from functions.users.schemas import LearnerStatistics, Overview, Statistics

_SESSIONS = 100


def overview(caller: Principal, user_id: str) -> Overview:
    """Return a profile with its owner's statistics and courses; raises NotFound for whom the caller may not see.

    It takes 3 requests, 4 for who sees the figures of a learner, up to 7 of a minor, and one for each 33 courses.
    """
    account, *kept = batch_fetch(
        [User.at(user_id=user_id), Learner.at(user_id=user_id), LearnerFigures.at(user_id=user_id)]
    )
    user = profiles.shown_to(caller, account)
    shown = profiles.view(caller, user)
    seen = _what_is_seen(caller, user)
    if seen == "nothing":
        return Overview(user=shown)
    courses = course_history.read(user_id)
    statistics = _statistics(user)
    return Overview(
        user=shown,
        statistics=_with_standing(statistics, user, *kept) if seen == "figures" else statistics,
        course_statistics=course_history.summed(courses),
        enrolments=courses if learner_readers.is_own(caller, user_id) else None,
    )


def _what_is_seen(caller: Principal, user: User) -> Literal["nothing", "exams", "figures"]:
    """Say what the caller sees: exams as privacy says, but those of a minor at their school alone.

    Figures of learning are for the user, for who manages users and for guardians, whatever privacy says.
    """
    if learner_readers.is_own(caller, user.user_id):
        return "figures"
    privacy = Preferences.of(user).privacy
    is_open = privacy.profile != "private" and privacy.show_statistics
    if is_minor(user):
        if GuardianRight.SEE_PROGRESS in guardians.rights_over(caller, user.user_id):
            return "figures"
        is_open = is_open and _is_of_school(caller, user)
    return "exams" if is_open else "nothing"


def _with_standing(exams: Statistics, user: User, learner: Entity | None, figures: Entity | None) -> LearnerStatistics:
    numbers = learner_standing.stored_numbers(user, learner, figures, clock.now())
    standing = learner_standing.standing_fields(numbers, topic_mastery.topics(user.user_id))
    return LearnerStatistics(**dict(exams), **standing)


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
