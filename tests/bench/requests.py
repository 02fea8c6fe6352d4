"""Warm requests of the story: CPU of the product alone, storage requests and the operations they are.

The emulated storage runs in the same process; the CPU that it uses is measured apart and taken off.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.core.botocore_stubber import BotocoreStubber

from tests.support.http import Client, Reply
from tests.support.story import Story

_ROUNDS = 30


@dataclass
class Emulator:
    """CPU seconds spent inside the emulated services."""

    cpu_seconds: float = 0.0
    depth: int = field(default=0)


@contextmanager
def emulator_apart() -> Iterator[Emulator]:
    """Count what the emulated services use, for the length of the block."""
    apart = Emulator()
    original = BotocoreStubber.__call__

    def timed(self: Any, *args: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        try:
            return original(self, *args, **kwargs)
        finally:
            apart.cpu_seconds += time.process_time() - start

    BotocoreStubber.__call__ = timed  # type: ignore[method-assign]
    try:
        yield apart
    finally:
        BotocoreStubber.__call__ = original  # type: ignore[method-assign]


def milliseconds(call: Callable[[], Reply]) -> tuple[float, Reply]:
    """Return the median CPU milliseconds of a call without the emulator's share, and its last reply."""
    spent = []
    with emulator_apart() as apart:
        for _ in range(_ROUNDS):
            apart.cpu_seconds, start = 0.0, time.process_time()
            reply = call()
            spent.append(time.process_time() - start - apart.cpu_seconds)
    return sorted(spent)[_ROUNDS // 2] * 1000, reply


def table(client: Client) -> list[str]:
    """Measure each route of the story and return the rows of a Markdown table."""
    rows = ["| request | CPU ms | storage requests | operations |", "|---|---|---|---|"]
    for name, call in Story(client).repeatable(_ROUNDS):
        spent, reply = milliseconds(call)
        assert reply.status < 400, (name, reply.status, reply.body)
        operations = ", ".join(reply.cost.operations)
        rows.append(f"| `{name}` | {spent:.2f} | {reply.cost.requests} | {operations} |")
    return rows
