"""Work that reads, decides and writes on the condition that nothing changed meanwhile: done again when something did.

Two that are refused at once would meet again at once. So each waits a random time, up to a bound that doubles (full
jitter: Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from lyceum.kit.errors import Conflict, DomainError
from lyceum.kit.frozen import frozen
from lyceum.kit.table.connection import ConditionFailed

T = TypeVar("T")
EDIT_CONFLICT = "EDIT_CONFLICT"
_FIRST_WAIT_SECONDS = 0.02
_LONGEST_WAIT_SECONDS = 0.5


@frozen
class Pause:
    """How to wait: `draw` chooses seconds between two bounds, `sleep` lets them pass."""

    sleep: Callable[[float], object] = time.sleep
    draw: Callable[[float, float], float] = random.uniform

    def after(self, failures: int) -> None:
        """Wait after so many failures in a row."""
        longest = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2 ** (failures - 1))
        self.sleep(self.draw(0, longest))


_pause = Pause()


@contextmanager
def pausing(pause: Pause) -> Iterator[None]:
    """Wait as `pause` says for the length of the block: for tests, which do not sleep."""
    global _pause
    before, _pause = _pause, pause
    try:
        yield
    finally:
        _pause = before


def wait(seconds: float) -> None:
    """Let so much time pass before work looks again; tests let none pass (`pausing`)."""
    _pause.sleep(seconds)


def retry_on_conflict(
    work: Callable[[], T],
    *,
    tries: int = 5,
    on: tuple[type[Exception], ...] = (),
    refuse: DomainError | None = None,
) -> T:
    """Do work until nothing came in between, at most `tries` times, and return what it returned.

    `work` reads anew each time. What came in between is told by ConditionFailed, a Conflict of the code EDIT_CONFLICT,
    or an error of the kinds named by `on`; every other error is raised as it is. After the last try `refuse` is raised,
    or a Conflict that asks the caller to come again.
    """
    for failures in range(1, tries + 1):
        try:
            return work()
        except Exception as error:
            if not (is_conflict(error) or isinstance(error, on)):
                raise
            if failures == tries:
                refuse = refuse or Conflict("Too much happens to this at once. Please try again.", code=EDIT_CONFLICT)
                raise refuse from error
        _pause.after(failures)
    raise ValueError("work is tried once at least")


def is_conflict(error: Exception) -> bool:
    """Say whether an error tells that an item is not as it was read."""
    return isinstance(error, ConditionFailed) or (isinstance(error, Conflict) and error.code == EDIT_CONFLICT)
