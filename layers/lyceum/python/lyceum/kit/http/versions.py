"""Versions of the API, named by the date of their release, and the notices of what goes away.

A caller may name the version that it was written for in `Lyceum-Version`; without it the newest one answers. Each
answer says which one it was. What is to go away says so first: `Deprecation` since when it should not be used (RFC
9745), `Sunset` until when it answers (RFC 8594), `Link` what serves instead (RFC 8288).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any, TypeVar

from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.kit.frozen import frozen

F = TypeVar("F", bound=Callable[..., Any])
HEADER = "Lyceum-Version"
VERSIONS = ("2026-11-29",)
"""Every version that is answered, the oldest first."""
NEWEST = VERSIONS[-1]
LEAST_NOTICE = timedelta(days=180)
"""For how long at least what is deprecated goes on answering."""


@frozen
class Deprecation:
    """That an operation should not be used any more: since when, until when it answers, and which path serves instead.

    Raises ValueError when less notice is given than was promised.
    """

    since: date
    sunset: date
    instead: str | None = None

    def __post_init__(self) -> None:
        if self.sunset - self.since < LEAST_NOTICE:
            raise ValueError(f"what is deprecated answers for {LEAST_NOTICE.days} days at least")

    def headers(self) -> dict[str, str]:
        """Write it as headers of an answer."""
        since = datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)
        ends = datetime(self.sunset.year, self.sunset.month, self.sunset.day, tzinfo=UTC)
        told = {"Deprecation": f"@{int(since.timestamp())}", "Sunset": format_datetime(ends, usegmt=True)}
        return told | ({"Link": f'<{self.instead}>; rel="successor-version"'} if self.instead else {})


def deprecated(*, since: date, sunset: date, instead: str | None = None) -> Callable[[F], F]:
    """Say of a route's function, below its declaration, that it goes away; its answers and the document tell so."""
    notice = Deprecation(since, sunset, instead)

    def mark(function: F) -> F:
        function.deprecation = notice  # type: ignore[attr-defined]
        return function

    return mark


def answered(headers: Mapping[str, str]) -> str:
    """Return the version that a request is answered in; raises ValidationFailed for one that there is not."""
    wanted = headers.get(HEADER.lower())
    if wanted is None:
        return NEWEST
    if wanted not in VERSIONS:
        told = f"There is no such version; there are {', '.join(VERSIONS)}."
        raise ValidationFailed("This version is not answered.", details=[Detail(HEADER, told)])
    return wanted
