"""When a mentor is there, as spans of time: weekly hours and exceptions by the clocks of the mentor's zone. Pure.

Every day is laid by its own clocks (`local_time`), so hours stay what clocks on the wall show when these change: where
the night skips an hour a span is shorter, and where it has one twice it is longer.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from lyceum.kit.values import local_time, time_zones

_DAY_ENDS = "24:00"
Weekly = Mapping[str, Sequence[Sequence[str]]]


class Span(NamedTuple):
    """A time from a moment to another, the latter not included (UTC)."""

    begins: datetime
    ends: datetime


class Hours(NamedTuple):
    """What a mentor stated: the zone, spans by weekday (`0` is Monday), and by date in place of them."""

    time_zone: str
    weekly: Weekly
    exceptions: Weekly


def hours_of(stated: Any) -> Hours:
    """Return the hours that an item states, as `MentorHours` and its copies do."""
    return Hours(str(stated.time_zone), stated.weekly or {}, stated.exceptions or {})


def spans(hours: Hours, begins: datetime, ends: datetime) -> list[Span]:
    """Return when a mentor is there between two moments, in their order; spans that touch are one.

    A mentor who stated no hours is never there to be booked.
    """
    zone = time_zones.zone(hours.time_zone)
    day = local_time.day_of(begins, zone) - timedelta(days=1)
    last = local_time.day_of(ends, zone) + timedelta(days=1)
    found: list[Span] = []
    while day <= last:
        found += [span for span in _of_day(hours, day) if span.begins < span.ends]
        day += timedelta(days=1)
    cut = (Span(max(each.begins, begins), min(each.ends, ends)) for each in _joined(found))
    return [each for each in cut if each.begins < each.ends]


def _of_day(hours: Hours, day: date) -> Iterator[Span]:
    zone = time_zones.zone(hours.time_zone)
    exception = hours.exceptions.get(day.isoformat())
    stated = exception if exception is not None else hours.weekly.get(str(day.weekday()), [])
    for first, last in stated:
        begins = local_time.to_utc(datetime.combine(day, time.fromisoformat(first)), zone)
        if last == _DAY_ENDS:
            yield Span(begins, local_time.day_begins(day + timedelta(days=1), zone))
        else:
            yield Span(begins, local_time.to_utc(datetime.combine(day, time.fromisoformat(last)), zone))


def _joined(found: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(found):
        if joined and span.begins <= joined[-1].ends:
            joined[-1] = Span(joined[-1].begins, max(joined[-1].ends, span.ends))
        else:
            joined.append(span)
    return joined


def covers(hours: Hours, begins: datetime, ends: datetime) -> bool:
    """Say whether a mentor is there for the whole of a time."""
    return spans(hours, begins, ends) == [Span(begins, ends)]
