"""The one rule for times that clocks on a wall show (RFC 5545, 3.3.5).

A time that a day has twice is the first of the two. One that clocks skip is told by the offset before the gap, so it is
as long after it as it was to be: 02:30 of a night that skips from 02:00 to 03:00 is when clocks show 03:30.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_FURTHEST_DAYS = 3


def to_utc(shown: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which clocks in a zone show a date and time; raises ValueError for one with an offset."""
    if shown.tzinfo is not None:
        raise ValueError("a local time has no offset of its own")
    return shown.replace(tzinfo=zone, fold=0).astimezone(UTC)


def to_local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return what clocks in a zone show at a moment, without an offset; raises ValueError for a time without one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day that it is in a zone at a moment."""
    return to_local(moment, zone).date()


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins in a zone, also where clocks skip midnight."""
    return to_utc(datetime.combine(day, time.min), zone)


def day_length(day: date, zone: ZoneInfo) -> timedelta:
    """Return how long a day is in a zone: 23 to 25 hours where clocks change, nothing for a day that is left out."""
    return day_begins(day + timedelta(days=1), zone) - day_begins(day, zone)


def next_at(shown: time, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first moment behind `after` at which the daily time comes; once a day, whatever clocks do."""
    day = day_of(after, zone) - timedelta(days=1)
    moments = (to_utc(datetime.combine(day + timedelta(days=days), shown), zone) for days in range(_FURTHEST_DAYS + 2))
    return next(moment for moment in moments if moment > after)
