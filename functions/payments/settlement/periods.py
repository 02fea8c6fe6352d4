"""Periods of plans: months counted from an anchor, so that the day of the month stays, and what is left of one."""

import calendar
from datetime import datetime, timedelta

from lyceum.rules.ledger.rounding import portion

MONTHS = {"month": 1, "term": 4, "year": 12}
DUNNING = (timedelta(days=1), timedelta(days=3), timedelta(days=5), timedelta(days=7))
"""When a payment that failed is tried again, from the end of the period."""
GRACE = timedelta(days=8)
"""For how long something may be used past the end of a period that is to be renewed; dunning is over by then."""

TRIAL_GRACE = timedelta(days=1)
"""The same for a trial, of which nothing was paid: time enough for a job that runs late."""


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day and time so many months later, or the last day of a month that is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def end_of(anchor: datetime, interval: str, periods: int) -> datetime:
    """Return when so many periods from an anchor are over: of 31 January it is 28 February, then 31 March."""
    return add_months(anchor, MONTHS[interval] * periods)


def unused(amount: int, start: datetime, end: datetime, now: datetime) -> int:
    """Return what the rest of a period is worth: by seconds, rounded once, half to even; nothing once it is over."""
    whole = int((end - start).total_seconds())
    left = int((end - max(now, start)).total_seconds())
    return portion(amount, left, whole) if whole > 0 and left > 0 else 0


def is_dearer(amount: int, interval: str, other: int, other_interval: str) -> bool:
    """Say whether a plan costs more a month than another."""
    return amount * MONTHS[other_interval] > other * MONTHS[interval]
