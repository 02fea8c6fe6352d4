"""Every day: says that a week or a month is over, on the first day after it; boards and reports turn over by that."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal

from lyceum.events.notifications import PeriodEnded
from lyceum.kit import ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import Conflict
from lyceum.kit.jobs import schedules
from lyceum.kit.table import Unit
from lyceum.kit.values import time_zones

_DAY = timedelta(days=1)


def handler(_event: dict[str, Any], lambda_context: Any) -> None:
    """Turn over what ended, in every tenant."""
    schedules.run("turn-over", _DAY, _turn, lambda_context)


def _turn(day: datetime) -> None:
    last = day - _DAY
    if day.isoweekday() == 1:
        _say(day, "week", time_zones.week(last))
    if day.day == 1:
        _say(day, "month", f"{last:%Y-%m}")


def _say(day: datetime, length: Literal["week", "month"], period: str) -> None:
    event = PeriodEnded(event_id=ids.derived_id(day, "period", length, period), length=length, period=period)
    with suppress(Conflict):  # it was said by a run before
        Unit().create(OutboxItem.of(event), event).commit()
