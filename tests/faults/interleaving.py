"""Acts that interleave at storage in an order drawn by chance, one of which dies at a write and is done again.

One of them runs at a time, from one call of storage to the next, so an interleaving follows from its number.

`make interleavings` plays ten thousand of them; the suite plays a few, each with its death at another write.
"""

import contextvars
import os
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from unittest.mock import patch

from lyceum.kit import clock
from lyceum.kit.errors import DomainError
from lyceum.kit.table import ConditionFailed
from lyceum.kit.table.connection import StorageConnection, TransactionFailed

Act = Callable[[], object]
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})
_TOGETHER = 1_000
_REFUSED = (DomainError, ConditionFailed, TransactionFailed)
"""What an act may end with: its caller is told, or its message comes again."""


def seeds(few: int) -> range:
    """Return the numbers of the interleavings to play: few, or those that `LYCEUM_INTERLEAVINGS` says.

    It is how many, or the first and the one behind the last, such as `129-130` to play one of them again.
    """
    first, _, end = (os.environ.get("LYCEUM_INTERLEAVINGS") or str(few)).rpartition("-")
    return range(int(first or 0), int(end))


def parts(few: int) -> list[range]:
    """Return the numbers of the interleavings to play in parts of a thousand at most, which run side by side."""
    numbers = seeds(few)
    return [numbers[start : start + _TOGETHER] for start in range(0, len(numbers), _TOGETHER)]


class Death(BaseException):
    """The function's life ends, with nothing after it."""


class Play:
    """Plays acts in an order that follows from a number; the write at which one dies does, too.

    Attributes:
        began: The moment at which it begins. `wrote` is called behind each write, such as to keep what is told by it.
        writes: How many writes there were so far.
    """

    def __init__(
        self, number: int, *, most_writes: int, began: datetime | None = None, wrote: Act = lambda: None
    ) -> None:
        self.chance, self.began, self._wrote = random.Random(number), began or clock.now(), wrote
        self.writes = 0
        self._dies_at = number % most_writes + 1
        self._is_done_first = bool(number // most_writes % 2)
        self._faults: list[BaseException] = []
        self._turn = threading.Condition()
        self._alive: list[int] = []
        self._current = 0

    def together(self, *acts: Act) -> None:
        """Let acts interleave, then do each once more, as messages come twice; refusals are told to nobody."""
        self._alive, self._current = list(range(len(acts))), self.chance.randrange(len(acts))
        threads = [
            threading.Thread(target=contextvars.copy_context().run, args=(self._live, place, act))
            for place, act in enumerate(acts)
        ]
        with self._at_storage():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for act in acts:
                self._do(act)
        if self._faults:
            raise self._faults[0]

    def _live(self, place: int, act: Act) -> None:
        _place.set(place)
        with self._turn:
            self._turn.wait_for(lambda: self._current == place)
        try:
            self._do(act)
        except Exception as fault:
            self._faults.append(fault)
        finally:
            with self._turn:
                self._alive.remove(place)
                self._pass_on()

    def _do(self, act: Act) -> None:
        for _ in range(2):
            with suppress(*_REFUSED):
                try:
                    act()
                except Death:
                    continue
            return

    def _pass_on(self) -> None:
        if self._alive:
            self._current = self.chance.choice(self._alive)
        self._turn.notify_all()

    @contextmanager
    def _at_storage(self) -> Iterator[None]:
        original = StorageConnection._call_once

        def call(connection: StorageConnection, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
            if (place := _place.get()) is not None:
                with self._turn:
                    self._pass_on()
                    self._turn.wait_for(lambda: self._current == place)
            is_last = False
            if operation in _WRITES:
                self.writes += 1
                is_last = self.writes == self._dies_at
            if is_last and not self._is_done_first:
                raise Death
            answer = original(connection, operation, arguments)
            if operation in _WRITES:
                self._wrote()
            if is_last:
                raise Death
            return answer

        with patch.object(StorageConnection, "_call_once", call):
            yield


_place: contextvars.ContextVar[int | None] = contextvars.ContextVar("place", default=None)


def drawn(chance: random.Random, acts: Sequence[Act], most: int) -> list[Act]:
    """Draw some acts, at least one."""
    return chance.sample(list(acts), chance.randint(1, min(most, len(acts))))
