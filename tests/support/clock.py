"""A clock for tests."""

from datetime import UTC, datetime, timedelta
from typing import Self

from lyceum.kit import clock
from tests.support import tenancy


class Clock:
    """Stands at a moment and moves when told."""

    def __init__(self, start: datetime = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)) -> None:
        self.at = start

    def __enter__(self) -> Self:
        """Make it the product's clock."""
        clock.use(lambda: self.at)
        tenancy.begin_now()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the product its own clock back."""
        clock.use(None)

    def advance(self, **duration: float) -> datetime:
        """Move on by the arguments of timedelta."""
        self.at += timedelta(**duration)
        return self.at

    def move_to(self, moment: datetime) -> None:
        """Stand at a moment."""
        self.at = moment
