"""Cells: quarters of an hour counted from 1970 in UTC, which a session takes of a person's time. Pure.

Nothing about them depends on a zone or its clocks. A mentor's buffer is taken behind a session, so two sessions are at
least that far apart in either order.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

CELL = timedelta(minutes=15)
_SECONDS = int(CELL.total_seconds())


def is_aligned(moment: datetime) -> bool:
    """Say whether a moment begins a cell."""
    return int(moment.timestamp() * 1000) % (_SECONDS * 1000) == 0


def taken(begins: datetime, ends: datetime) -> range:
    """Return the cells that a time takes, wholly or in part."""
    return range(int(begins.timestamp()) // _SECONDS, -(-int(ends.timestamp()) // _SECONDS))


def day_of(cell: int) -> str:
    """Return the day (UTC) that a cell is in."""
    return datetime.fromtimestamp(cell * _SECONDS, UTC).date().isoformat()


def by_day(cells: Iterable[int]) -> dict[str, list[int]]:
    """Return cells by their days."""
    days: dict[str, list[int]] = {}
    for cell in cells:
        days.setdefault(day_of(cell), []).append(cell)
    return days


def days_between(begins: datetime, ends: datetime) -> list[str]:
    """Return the days (UTC) that a time touches."""
    return list(by_day(taken(begins, ends)))


def beginnings(begins: datetime, ends: datetime, length: timedelta) -> Iterable[datetime]:
    """Yield every beginning of a cell from which a length fits before an end."""
    first = -(-int(begins.timestamp()) // _SECONDS) * _SECONDS
    moment = datetime.fromtimestamp(first, UTC)
    while moment + length <= ends:
        yield moment
        moment += CELL
