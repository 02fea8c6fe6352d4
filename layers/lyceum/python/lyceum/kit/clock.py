"""The one clock of the product; tests move it, nothing else reads the time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_source: Callable[[], datetime] | None = None


def now() -> datetime:
    """Return the current time in UTC, cut to milliseconds as it is stored and sent."""
    moment = _source() if _source else datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def use(source: Callable[[], datetime] | None) -> None:
    """Take the time from `source` from now on; None returns to the system clock."""
    global _source
    _source = source


def iso(moment: datetime) -> str:
    """Write a time as ISO 8601 in UTC with milliseconds and `Z`: a fixed width, so text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Read what `iso` wrote; raises ValueError for anything that is not ISO 8601 with an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its offset from UTC")
    return moment.astimezone(UTC)


def minute_bucket(moment: datetime) -> str:
    """Name the UTC minute that holds a moment, as minute-bucketed index partitions do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def milliseconds(moment: datetime) -> int:
    """Return a moment as milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def moment(past: int) -> datetime:
    """Return the moment so many milliseconds after the beginning of 1970."""
    return _EPOCH + timedelta(milliseconds=past)
