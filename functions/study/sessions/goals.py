"""Goals of the day and of the week, and the streak.

The daily goal is the greatest that an active plan asks for, and 20 questions without a plan. The weekly goal is seven
times the daily questions, and the hours that the account wants to study.
"""

from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch
from lyceum.kit.values import local_time, time_zones
from lyceum.model.study.learners import DailyTotals, Learner
from lyceum.model.users.account import User
from lyceum.rules.learners import learner_days
from lyceum.rules.profiles import Preferences

from functions.study.sessions.schemas import DayTotal, GoalProgress, GoalsView, StreakView
from functions.study.sessions.study_sessions import last_days

_DAYS = 7


def show(caller: Principal) -> GoalsView:
    """Return the caller's goals and streak (1 request)."""
    now = clock.now()
    utc = now.date()
    names = [(utc + timedelta(days=number)).isoformat() for number in range(-_DAYS - 1, 2)]
    found = batch_fetch(
        [
            User.at(user_id=caller.user_id),
            Learner.at(user_id=caller.user_id),
            *(DailyTotals.at(user_id=caller.user_id, day=day) for day in names),
        ]
    )
    user = next((item for item in found if isinstance(item, User)), None)
    learner = next((item for item in found if isinstance(item, Learner)), None) or Learner(user_id=caller.user_id)
    zone_name = user.time_zone if user else "UTC"
    today = local_time.day_of(now, time_zones.zone(zone_name))
    days = last_days({item.day: item for item in found if isinstance(item, DailyTotals)}, today)
    questions, minutes = learner_days.daily_goals(learner, today)
    monday = today - timedelta(days=today.weekday())
    hours = (Preferences.of(user).weekly_goal_hours if user else None) or 0
    streak = learner_days.streak_of(learner, now, zone_name)
    return GoalsView(
        date=today,
        week=time_zones.week(today),
        time_zone=zone_name,
        daily=_progress(questions, minutes, days[-1:]),
        weekly=_progress(questions * _DAYS, 60 * hours or minutes * _DAYS, [day for day in days if day.date >= monday]),
        streak=StreakView(
            current=streak.current,
            longest=streak.longest,
            freeze_days=streak.freeze_days,
            is_at_risk=streak.current > 0 and not streak.is_today_counted,
            last_active_on=streak.last_active_on,
        ),
        days=days,
        as_of=now,
    )


def _progress(questions: int, minutes: int, days: list[DayTotal]) -> GoalProgress:
    """Say how much of a goal is done; it is met by its questions or by its minutes, whichever comes first."""
    done = sum(day.questions for day in days)
    studied = sum(day.seconds for day in days) // 60
    share = max(done / questions, studied / minutes if minutes else 0.0)
    return GoalProgress(
        questions_goal=questions,
        questions_done=done,
        minutes_goal=minutes,
        minutes_done=studied,
        percent=round(100 * min(1.0, share), 2),
        is_met=share >= 1,
    )
