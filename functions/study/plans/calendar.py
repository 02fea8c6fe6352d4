"""The calendar of a plan: laid from its topics, kept compressed in its item, laid again when days were missed.

Nothing is written when a day goes by. Who looks at a plan on a later day gets the stored calendar as long as what was
planned was done, and else one that is laid again from today: the same for everybody who asks on that day.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lyceum.kit import clock
from lyceum.kit.frozen import frozen
from lyceum.kit.values import local_time, time_zones
from lyceum.model.study.plans import PlanProgress, StudyPlan

from functions.study.plans.planner import Entry, Layout, PlannedTopic, in_order, lay, study_days

Row = tuple[str, str, int, str]
"""Day (ISO 8601), key, minutes and kind of an entry."""


@frozen
class Calendar:
    """The calendar of a plan on some day; `laid_on` is the day from which it was laid."""

    rows: tuple[Row, ...]
    unplaced: Mapping[str, int]
    revision_from: str | None
    laid_on: str


def today_of(plan: StudyPlan) -> date:
    """Return the day that it is in the plan's time zone."""
    return local_time.day_of(clock.now(), time_zones.zone(plan.time_zone))


def pack(rows: Sequence[Row]) -> bytes:
    """Compress the rows of a calendar for storage."""
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), 9)


def unpack(content: bytes) -> list[Row]:
    """Read what `pack` wrote."""
    return [(day, key, minutes, kind) for day, key, minutes, kind in json.loads(zlib.decompress(content))]


def lay_plan(plan: StudyPlan, progress: PlanProgress, today: date) -> None:
    """Lay what is left of a plan from a day on and keep it in the item, after what was planned before that day.

    Raises CircularTopics. A plan that is not active keeps what is behind it and has no days ahead.
    """
    calendar = _laid(plan, progress, today)
    plan.calendar = pack(calendar.rows)
    plan.unplaced, plan.revision_from, plan.laid_on = dict(calendar.unplaced), calendar.revision_from, calendar.laid_on


def current(plan: StudyPlan, progress: PlanProgress, today: date) -> Calendar:
    """Return a plan's calendar as it is to be followed today."""
    stored = Calendar(tuple(unpack(plan.calendar)), plan.unplaced, plan.revision_from, plan.laid_on)
    if (
        plan.status != "active"
        or plan.laid_on >= today.isoformat()
        or not is_behind(stored.rows, plan, progress, today)
    ):
        return stored
    return _laid(plan, progress, today)


def is_behind(rows: Sequence[Row], plan: StudyPlan, progress: PlanProgress, today: date) -> bool:
    """Say whether something that was planned before today was not studied."""
    planned = minutes_by_key(row for row in rows if row[0] < today.isoformat() and row[3] == "learn")
    open_topics = {topic["key"]: topic for topic in plan.topics if not topic["done_on"]}
    return any(
        studied_minutes(open_topics[key], progress) < minutes for key, minutes in planned.items() if key in open_topics
    )


def minutes_by_key(rows: Any) -> dict[str, int]:
    """Add up the minutes of each topic."""
    minutes: dict[str, int] = {}
    for _, key, each, _ in rows:
        minutes[key] = minutes.get(key, 0) + each
    return minutes


def studied_minutes(topic: Mapping[str, Any], progress: PlanProgress) -> int:
    """Return how many whole minutes of a topic were studied since the plan was made."""
    return progress.done("topics", topic["topic_id"] or topic["key"])[0] // 60


def planned_topics(plan: StudyPlan, progress: PlanProgress) -> list[PlannedTopic]:
    """Return the topics as the planner takes them."""
    return [
        PlannedTopic(
            key=topic["key"],
            priority=topic["priority"],
            mastery=topic["mastery"],
            minutes=topic["minutes"],
            studied_minutes=studied_minutes(topic, progress),
            after=tuple(topic["after"]),
            is_done=bool(topic["done_on"]),
        )
        for topic in plan.topics
    ]


def _laid(plan: StudyPlan, progress: PlanProgress, today: date) -> Calendar:
    first = max(today, date.fromisoformat(plan.starts_on))
    old = unpack(plan.calendar) if plan.calendar else []
    past = [row for row in old if row[0] < first.isoformat()]
    layout = _layout(plan, progress, first)
    rows = tuple(past + [_row(entry) for entry in layout.entries])
    revision = layout.revision_from.isoformat() if layout.revision_from else None
    return Calendar(rows, layout.unplaced, revision, first.isoformat())


def _layout(plan: StudyPlan, progress: PlanProgress, first: date) -> Layout:
    topics = planned_topics(plan, progress)
    if plan.status != "active":
        in_order(topics)
        return Layout((), {}, None)
    days = study_days(first, date.fromisoformat(plan.target_on), lambda day: is_off(plan, day))
    return lay(topics, days, int(plan.daily_minutes))


def is_off(plan: StudyPlan, day: date) -> bool:
    """Say whether a plan leaves a day free."""
    return day.weekday() in plan.days_off.get("weekdays", ()) or day.isoformat() in plan.days_off.get("dates", ())


def _row(entry: Entry) -> Row:
    return entry.day.isoformat(), entry.key, entry.minutes, entry.kind


def by_day(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Group a calendar's rows by day, in their order."""
    days: dict[str, list[Row]] = {}
    for row in rows:
        days.setdefault(row[0], []).append(row)
    return days


def shared_questions(minutes: Sequence[int], questions: int) -> list[int]:
    """Share a day's questions among its entries by their minutes; the shares add up to the whole."""
    whole, shares, given = sum(minutes), [], 0
    for number in range(1, len(minutes) + 1):
        until = questions * sum(minutes[:number]) // whole
        shares.append(until - given)
        given = until
    return shares


def day_count(plan: StudyPlan, first: date, until: date) -> int:
    """Count the days of study from one day up to, and without, another."""
    return len(study_days(first, min(until, date.fromisoformat(plan.target_on)), lambda day: is_off(plan, day)))
