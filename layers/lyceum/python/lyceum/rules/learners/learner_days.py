"""The days of a student, by the calendar of their time zone, and the streak that they make.

A day counts when anything was counted on it. Every seventh day of a streak earns a freeze day, of which two can be
held; a missed day uses one up, and where there is none it ends the streak. Today is not missed before it is over.

When a student moves to another zone, days stay what they were. A day that clocks skip by the move is bridged: it
neither ends the streak nor lengthens it. A day that clocks repeat by the move is the one that was counted already.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from lyceum.kit.frozen import frozen
from lyceum.kit.values import local_time, time_zones
from lyceum.model.study.learners import Learner

MOST_FREEZE_DAYS = 2
DAYS_TO_A_FREEZE = 7
_ONE = timedelta(days=1)
Run = list[str]


@frozen
class Streak:
    """Days in a row up to today, the most there ever were, and the freeze days that are left.

    `is_today_counted` says whether today is one of them already.
    """

    current: int = 0
    longest: int = 0
    freeze_days: int = 0
    is_today_counted: bool = False
    last_active_on: date | None = None


def with_day(runs: Sequence[Run], day: date) -> list[Run]:
    """Return runs of days with one more day in them; it may be there already."""
    text, before, after = day.isoformat(), (day - _ONE).isoformat(), (day + _ONE).isoformat()
    if any(first <= text <= last for first, last in runs):
        return [list(run) for run in runs]
    new = [text, text]
    kept: list[Run] = []
    for first, last in runs:
        if last == before:
            new[0] = first
        elif first == after:
            new[1] = last
        else:
            kept.append([first, last])
    return sorted([*kept, new])


def has_day(runs: Sequence[Run], day: date) -> bool:
    """Say whether a day is in runs of days."""
    return any(first <= day.isoformat() <= last for first, last in runs)


def streak(runs: Sequence[Run], bridged: Sequence[Run], today: date) -> Streak:
    """Work the streak out of the days on which something was done, at the cost of one step a run."""
    current = longest = freezes = 0
    previous: date | None = None
    for first_text, last_text in runs:
        first, last = date.fromisoformat(first_text), date.fromisoformat(last_text)
        if previous is not None:
            current, freezes = _after_gap(current, freezes, _missed(previous, first, bridged))
        days = (last - first).days + 1
        earned = (current + days) // DAYS_TO_A_FREEZE - current // DAYS_TO_A_FREEZE
        current, freezes, previous = current + days, min(MOST_FREEZE_DAYS, freezes + earned), last
        longest = max(longest, current)
    if previous is not None and previous < today:
        current, freezes = _after_gap(current, freezes, _missed(previous, today, bridged))
    return Streak(current, longest, freezes, has_day(runs, today), previous)


def _after_gap(current: int, freezes: int, missed: int) -> tuple[int, int]:
    return (0, 0) if missed > freezes else (current, freezes - missed)


def _missed(after: date, until: date, bridged: Sequence[Run]) -> int:
    """Count the days between two, less those that are bridged."""
    missed = (until - after).days - 1
    for first_text, last_text in bridged:
        first = max(date.fromisoformat(first_text), after + _ONE)
        last = min(date.fromisoformat(last_text), until - _ONE)
        missed -= max(0, (last - first).days + 1)
    return missed


def streak_of(learner: Learner, at: datetime, zone_name: str) -> Streak:
    """Return a student's streak at a moment, in the zone that they are in."""
    today = day_for(learner, at, zone_name)
    return streak(learner.runs, _bridged(learner, at, today), today)


def enter(learner: Learner, at: datetime, zone_name: str) -> date:
    """Enter something that was done at a moment and return the day that it counts for."""
    day = day_for(learner, at, zone_name)
    if learner.last_active_at is None or at >= learner.last_active_at:
        learner.bridged = _bridged(learner, at, day)
        learner.last_active_at, learner.time_zone = at, zone_name
    learner.runs = with_day(learner.runs, day)
    return day


def day_for(learner: Learner, at: datetime, zone_name: str) -> date:
    """Return the local day of a moment; after a move to the west, the day that was counted goes on."""
    day = local_time.day_of(at, time_zones.zone(zone_name))
    has_moved = learner.time_zone is not None and learner.time_zone != zone_name
    if has_moved and learner.runs and learner.last_active_at is not None and at >= learner.last_active_at:
        return max(day, date.fromisoformat(learner.runs[-1][1]))
    return day


def _bridged(learner: Learner, at: datetime, day: date) -> list[Run]:
    """Return the bridged days, and those that a move to the east left out: by the clock before, none was missed."""
    bridged: list[Run] = learner.bridged
    if learner.time_zone is None or not learner.runs:
        return bridged
    last = date.fromisoformat(learner.runs[-1][1])
    skipped = last + _ONE
    if local_time.day_of(at, time_zones.zone(learner.time_zone)) <= skipped:
        while skipped < day:
            bridged = with_day(bridged, skipped)
            skipped += _ONE
    return bridged


DAILY_QUESTIONS = 20
"""What a student who follows no plan is to answer a day."""


def daily_goals(learner: Learner, today: date) -> tuple[int, int]:
    """Return the questions and minutes that active plans ask for today; 20 questions without a plan."""
    goals = [goal for goal in learner.plans.values() if goal["target_on"] > today.isoformat()]
    if not goals:
        return DAILY_QUESTIONS, 0
    return max(goal["daily_questions"] for goal in goals), max(goal["daily_minutes"] for goal in goals)
