"""Work that others came in between is done again, after a random time, and only so often."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from lyceum.kit.errors import Conflict, NotFound, Unavailable
from lyceum.kit.table import ConditionFailed, Unit, retry_on_conflict
from lyceum.kit.table.retrying import Pause, pausing
from lyceum.model.notifications.inbox import InboxCounter
from tests.support.threads import at_once


@dataclass
class Waits:
    """What was waited, and between which bounds each time was drawn."""

    seconds: list[float] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)

    def draw(self, low: float, high: float) -> float:
        """Choose the middle."""
        self.bounds.append((low, high))
        return (low + high) / 2


@pytest.fixture
def waits() -> Iterator[Waits]:
    """Waiting that takes no time."""
    noted = Waits()
    with pausing(Pause(noted.seconds.append, noted.draw)):
        yield noted


def failing(times: int, error: Exception) -> Callable[[], int]:
    """Return work that fails so many times and then returns how often it was tried."""
    tries = iter(range(1, 100))

    def work() -> int:
        number = next(tries)
        if number <= times:
            raise error
        return number

    return work


@pytest.mark.parametrize("error", [ConditionFailed(), Conflict("changed", code="EDIT_CONFLICT")])
def test_a_conflict_is_tried_again(waits: Waits, error: Exception) -> None:
    assert retry_on_conflict(failing(2, error)) == 3


def test_waits_are_drawn_at_random_below_a_bound_that_doubles(waits: Waits) -> None:
    retry_on_conflict(failing(7, ConditionFailed()), tries=8)
    assert waits.bounds == [(0, 0.02), (0, 0.04), (0, 0.08), (0, 0.16), (0, 0.32), (0, 0.5), (0, 0.5)]
    assert waits.seconds[:2] == [0.01, 0.02]


def test_there_is_no_wait_before_the_first_try_or_after_the_last(waits: Waits) -> None:
    retry_on_conflict(failing(0, ConditionFailed()))
    assert waits.seconds == []
    with pytest.raises(Conflict, match="Please try again") as refusal:
        retry_on_conflict(failing(9, ConditionFailed()), tries=3)
    assert (refusal.value.code, len(waits.seconds)) == ("EDIT_CONFLICT", 2)


def test_the_refusal_may_be_named(waits: Waits) -> None:
    with pytest.raises(Unavailable):
        retry_on_conflict(failing(9, ConditionFailed()), tries=2, refuse=Unavailable())


@pytest.mark.parametrize("error", [NotFound("gone"), Conflict("taken"), Unavailable(), ValueError()])
def test_any_other_error_is_raised_at_once(waits: Waits, error: Exception) -> None:
    with pytest.raises(type(error)):
        retry_on_conflict(failing(1, error))
    assert waits.seconds == []


def test_other_errors_may_be_named_as_conflicts(waits: Waits) -> None:
    assert retry_on_conflict(failing(1, Conflict("taken")), on=(Conflict,)) == 2


def test_of_many_that_change_an_item_at_once_each_change_counts(waits: Waits, tenant: str) -> None:
    def visit() -> None:
        seen = InboxCounter.fetch(user_id="ada", consistent=True) or InboxCounter(user_id="ada", total=0)
        seen.total += 1
        Unit().save(seen).commit()

    at_once(*[lambda: retry_on_conflict(visit, tries=9)] * 6)
    stored = InboxCounter.require(user_id="ada", consistent=True)
    assert (stored.total, stored.version) == (6, 6)
    assert waits.seconds
