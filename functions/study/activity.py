"""What is counted of a student's day: each second once, whichever device or exam it was spent on, and each answer once.

All writers go through here. What they add to their unit is committed with what they write themselves, so a message or a
request that comes twice counts once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from lyceum.events.study import StudyRecorded
from lyceum.kit.table import Unit
from lyceum.kit.values import local_time, time_zones
from lyceum.model.study.learners import DailyTotals, Learner, StudyClock
from lyceum.rules.learners import learner_days

KEPT = timedelta(days=7)
"""How long it is known which time was counted; time that is told of later is not counted."""
Stretch = tuple[int, int]
"""From and until, in seconds since 1970."""


@dataclass
class Amount:
    """What was done on one day."""

    seconds: int = 0
    questions: int = 0
    correct: int = 0
    reviews: int = 0
    answers_by_topic: dict[str, tuple[int, int]] = field(default_factory=dict)


def uncovered(clock: StudyClock, stretches: Sequence[Stretch], now: datetime) -> list[Stretch]:
    """Return the parts of stretches that were not counted yet, and note them as counted."""
    oldest = int((now - KEPT).timestamp())
    covered = [(first, last) for first, last in clock.covered if last > oldest]
    fresh: list[Stretch] = []
    for first, last in stretches:
        for part in _outside(covered, max(first, oldest), last):
            fresh.append(part)
            covered = _merged([*covered, part])
    clock.covered = [list(each) for each in covered]
    return fresh


def _outside(covered: Sequence[Stretch], first: int, last: int) -> list[Stretch]:
    parts = []
    for begun, ended in covered:
        if ended <= first or begun >= last:
            continue
        if begun > first:
            parts.append((first, begun))
        first = max(first, ended)
    if first < last:
        parts.append((first, last))
    return parts


def _merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for first, last in sorted(stretches):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def split_by_day(stretches: Sequence[Stretch], zone_name: str) -> list[tuple[datetime, int]]:
    """Return for each local day that stretches touch the moment at which they begin there, and their seconds on it."""
    zone = time_zones.zone(zone_name)
    found: dict[str, tuple[datetime, int]] = {}
    for first, last in sorted(stretches):
        at = first
        while at < last:
            moment = datetime.fromtimestamp(at, tz=UTC)
            day = local_time.day_of(moment, zone)
            ends = int(local_time.day_begins(day + timedelta(days=1), zone).timestamp())
            until = min(last, ends)
            begun, seconds = found.get(day.isoformat(), (moment, 0))
            found[day.isoformat()] = begun, seconds + until - at
            at = until
    return list(found.values())


def record(
    unit: Unit,
    learner: Learner,
    amounts: Sequence[tuple[datetime, Amount]],
    zone_name: str,
    *,
    reviewed_on: date | None = None,
    always_save: bool = False,
) -> list[str]:
    """Add amounts to the totals of the days of their moments, and return these days in the order of the amounts.

    The student's item is written only when a day is new, or when the writer changed it (`always_save`); the unit fails
    when it was changed meanwhile. With `reviewed_on` one grade of a review is counted for that day.
    """
    known = [list(run) for run in learner.runs]
    totals: dict[str, Amount] = {}
    days = []
    for at, amount in amounts:
        day = learner_days.enter(learner, at, zone_name).isoformat()
        days.append(day)
        into = totals.setdefault(day, Amount())
        into.seconds += amount.seconds
        into.questions += amount.questions
        into.correct += amount.correct
    if reviewed_on is not None:
        totals.setdefault(reviewed_on.isoformat(), Amount()).reviews += 1
    for day, amount in totals.items():
        unit.change(
            DailyTotals.at(user_id=learner.user_id, day=day),
            DailyTotals.seconds.add(amount.seconds),
            DailyTotals.questions.add(amount.questions),
            DailyTotals.correct.add(amount.correct),
            DailyTotals.reviews.add(amount.reviews),
            or_create=True,
        )
    if always_save or learner.runs != known:
        unit.save(learner)
    return days


def told(
    learner: Learner,
    day: str,
    cause: str,
    amount: Amount,
    *,
    topic_ids: Sequence[str] = (),
    course_id: str | None = None,
    plan_id: str | None = None,
) -> StudyRecorded:
    """Return the event of an amount; its seconds are shared evenly among the topics that are named."""
    share, rest = divmod(amount.seconds, len(topic_ids)) if topic_ids else (0, 0)
    return StudyRecorded(
        user_id=learner.user_id,
        day=day,
        cause=cause,
        seconds=amount.seconds,
        questions=amount.questions,
        correct=amount.correct,
        seconds_by_topic={topic: share + (number < rest) for number, topic in enumerate(topic_ids)},
        answers_by_topic=amount.answers_by_topic,
        course_id=course_id,
        plan_id=plan_id,
        streak_days=learner_days.streak(learner.runs, learner.bridged, date.fromisoformat(day)).current,
    )
