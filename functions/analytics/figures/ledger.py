"""The fold: an entry, and what it changes, in one transaction.

A later revision takes the place of an earlier one, whichever comes first. Counters are added to; evidence is read and
written on the condition that nothing changed meanwhile.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pynamodb.expressions.update import Action

from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.kit.values import local_time, time_zones
from lyceum.model.analytics.learners import (
    FigureEntry,
    LearnerFigures,
    TopicEvidence,
    TopicFigures,
    WeekFigures,
)
from lyceum.model.catalog import Topic
from lyceum.model.users.account import User
from lyceum.rules.learners.topic_mastery import UNIT

from functions.analytics.figures import mastery
from functions.analytics.figures.counting import Counts, Fact, add

E = TypeVar("E", bound=Entity)


def enter(unit: Unit, fact: Fact) -> tuple[FigureEntry | None, set[str]]:
    """Add to a unit that something counts; returns its entry and the courses of its topics (2 requests to read).

    Without an entry for an earlier revision that comes late, and for an account that is gone. The unit fails when the
    entry or the evidence of a topic changed meanwhile.
    """
    named = FigureEntry.at(user_id=fact.user_id, cause=fact.cause, cause_id=fact.cause_id, part=fact.part)
    found, account = batch_fetch([named, User.at(user_id=fact.user_id)], consistent=True)
    user = account if isinstance(account, User) else None
    entry = found if isinstance(found, FigureEntry) else None
    if user is None or user.status == "deleted" or (entry is not None and entry.revision >= fact.revision):
        return None, set()
    if entry is None and fact.revision <= 1 and not (fact.totals or fact.topics):
        return None, set()
    before = None if entry is None else _copy(entry)
    entry = _written(entry, fact, user)
    unit.save(entry)
    _add_totals(unit, before, entry)
    _add_days(unit, before, entry)
    return entry, _add_topics(unit, before, entry)


def _copy(entry: FigureEntry) -> FigureEntry:
    names = ("user_id", "cause", "cause_id", "happened_at", "day", "hour", "totals", "daily", "topics", "evidence")
    return FigureEntry(**{name: getattr(entry, name) for name in names})


def _written(entry: FigureEntry | None, fact: Fact, user: User) -> FigureEntry:
    if entry is None:
        entry = FigureEntry(
            user_id=fact.user_id,
            cause=fact.cause,
            cause_id=fact.cause_id,
            part=fact.part,
            is_logged="yes" if fact.is_logged else "no",
        )
    if entry.happened_at != fact.at:
        shown = local_time.to_local(fact.at, time_zones.zone(user.time_zone))
        entry.happened_at, entry.day, entry.hour = fact.at, fact.day or shown.date().isoformat(), shown.hour
    entry.revision, entry.title = fact.revision, fact.title or entry.title
    entry.course_id, entry.percent = fact.course_id or entry.course_id, fact.percent
    entry.totals, entry.daily, entry.topics, entry.evidence = fact.totals, fact.daily, fact.topics, fact.evidence
    return entry


def totals_of(entry: FigureEntry) -> Counts:
    """Return what an entry adds to its learner's totals, with the hour of the day that it counts for."""
    counts = dict(entry.totals)
    if counts and (entry.is_logged == "yes" or entry.cause == "review"):
        counts[f"hour_{int(entry.hour)}"] = 1
    return counts


def days_of(entry: FigureEntry) -> tuple[str, Counts]:
    """Return what an entry adds to its week, with the number of the weekday."""
    day = date.fromisoformat(entry.day)
    return time_zones.week(day), {f"{name}_{day.isoweekday()}": value for name, value in entry.daily.items()}


def _difference(after: Mapping[str, int], before: Mapping[str, int]) -> Counts:
    changed = dict(after)
    add(changed, before, -1)
    return {name: value for name, value in changed.items() if value}


def _adding(entity: type[Entity], counts: Mapping[str, int]) -> list[Action]:
    return [getattr(entity, name).add(value) for name, value in counts.items()]


def _add_totals(unit: Unit, before: FigureEntry | None, entry: FigureEntry) -> None:
    earlier: Counts = {} if before is None else totals_of(_like(before, entry))
    changed = _difference(totals_of(entry), earlier)
    if changed:
        figures = LearnerFigures.at(user_id=entry.user_id)
        unit.change(figures, *_adding(LearnerFigures, changed), or_create=True)


def _like(before: FigureEntry, entry: FigureEntry) -> FigureEntry:
    before.is_logged = entry.is_logged
    return before


def _add_days(unit: Unit, before: FigureEntry | None, entry: FigureEntry) -> None:
    weeks: dict[str, Counts] = {}
    for sign, each in ((-1, before), (1, entry)):
        if each is not None:
            week, counts = days_of(each)
            add(weeks.setdefault(week, {}), counts, sign)
    for week, counts in weeks.items():
        actions = _adding(WeekFigures, {name: value for name, value in counts.items() if value})
        if actions:
            unit.change(WeekFigures.at(user_id=entry.user_id, week=week), *actions, or_create=True)


def _add_topics(unit: Unit, before: FigureEntry | None, entry: FigureEntry) -> set[str]:
    earlier: dict[str, Counts] = before.topics if before else {}
    names = sorted({*entry.topics, *entry.evidence, *earlier})
    if not names:
        return set()
    user_id = entry.user_id
    found = batch_fetch(
        [
            *(TopicFigures.at(user_id=user_id, topic_id=name) for name in names),
            *(TopicEvidence.at(user_id=user_id, topic_id=name) for name in names),
            *(Topic.at(topic_id=name) for name in names),
        ],
        consistent=True,
    )
    count, courses = len(names), set()
    for name, figures, evidence, topic in zip(
        names, found[:count], found[count : 2 * count], found[2 * count :], strict=True
    ):
        kept = figures if isinstance(figures, TopicFigures) else TopicFigures(user_id=user_id, topic_id=name)
        if isinstance(topic, Topic):
            kept.title, kept.course_id = topic.title, topic.course_id
            courses.add(str(topic.course_id))
        for counter, value in _difference(entry.topics.get(name, {}), earlier.get(name, {})).items():
            setattr(kept, counter, int(getattr(kept, counter)) + value)
        if name in entry.evidence or (before is not None and name in before.evidence):
            _add_evidence(unit, kept, evidence, entry)
        unit.save(kept)
    return courses


def _add_evidence(unit: Unit, figures: TopicFigures, found: Entity | None, entry: FigureEntry) -> None:
    evidence = (
        found if isinstance(found, TopicEvidence) else TopicEvidence(user_id=figures.user_id, topic_id=figures.topic_id)
    )
    evidence.rows = mastery.with_evidence(evidence.rows, *evidence_of(entry, figures.topic_id))
    unit.save(evidence)
    follow(figures, evidence.rows)


def evidence_of(entry: FigureEntry, topic_id: str) -> tuple[int, str, str]:
    """Return what an entry says of a topic: when, under which name, and its answers."""
    second = int(entry.happened_at.timestamp())
    return second, f"{entry.cause}#{entry.cause_id}", entry.evidence.get(topic_id, "")


def follow(figures: TopicFigures, rows: list[Any]) -> None:
    """Bring the estimate of a topic in step with its evidence."""
    seen = mastery.estimate(rows)
    figures.mastery, figures.mastery_low = round(seen.estimate * UNIT), round(seen.low * UNIT)
    figures.mastery_high, figures.observations = round(seen.high * UNIT), seen.observations
    figures.last_at = _moment(rows)


def _moment(rows: list[Any]) -> datetime | None:
    seconds = [int(row[0]) for row in rows if row[2]]
    return datetime.fromtimestamp(max(seconds), tz=UTC) if seconds else None
