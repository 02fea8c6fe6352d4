"""How late something is and what that costs: pure rules.

A day late is a day begun after the due date by the clock on the wall of the course's time zone, so that work due at
23:59 is one day late until 23:59 of the next day, whatever the summer time does in between.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lyceum.kit.values import local_time

_WHOLE = Decimal(100)


def in_zone(moment: datetime, zone: str) -> datetime:
    """Return a time in UTC; one without an offset is of this zone."""
    return moment.astimezone(UTC) if moment.tzinfo else local_time.to_utc(moment, ZoneInfo(zone))


def days_late(submitted_at: datetime, due_at: datetime | None, zone: str) -> int:
    """Count the days begun between the due date and the submission; 0 in time."""
    if due_at is None or submitted_at <= due_at:
        return 0
    local = due_at.astimezone(ZoneInfo(zone))
    days = max(0, (submitted_at - due_at).days - 1)
    while (local + timedelta(days=days)).astimezone(UTC) < submitted_at:
        days += 1
    return days


def kept_percent(policy: Mapping[str, Any], days: int) -> Decimal:
    """Return the share of the points that is left after so many days: 100 in time, never under the policy's floor."""
    if policy["kind"] != "deduct" or not days:
        return _WHOLE
    return max(_WHOLE - Decimal(policy["percent_per_day"]) * days, Decimal(policy["floor_percent"]))
