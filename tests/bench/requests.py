"""Warm requests of the story: CPU of the product alone, storage requests, the operations they are, and their units.

Beside them stands a bare Powertools route that checks a path parameter and echoes it, so that ratios can be compared
between machines. The emulated storage runs in the same process; the CPU that it uses is measured apart and taken off.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from moto.core.botocore_stubber import BotocoreStubber

from tests.bench.units import counted_units
from tests.support.http import LAMBDA, Client, Reply
from tests.support.story import Story

MEASURED = Path(__file__).parents[2] / "docs" / "measured.json"
"""What `make cost` reckons with."""
_ROUNDS = 30
T = TypeVar("T")


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


def milliseconds(call: Callable[[], T], rounds: int = _ROUNDS) -> tuple[float, T]:
    """Return the median CPU milliseconds of a call without the emulator's share, and its last reply."""
    spent = []
    with emulator_apart() as apart:
        for _ in range(rounds):
            apart.cpu_seconds, start = 0.0, time.process_time()
            reply = call()
            spent.append(time.process_time() - start - apart.cpu_seconds)
    return sorted(spent)[rounds // 2] * 1000, reply


def figures(name: str, call: Callable[[], Reply]) -> tuple[dict[str, float], Reply]:
    """Measure a call: what `make cost` reckons with, and its last reply."""
    with counted_units() as units:
        call()
    spent, reply = milliseconds(call, _ROUNDS - 1)  # some requests are not made more often in a minute
    assert reply.status < 400, (name, reply.status, reply.body)
    found = {
        "cpuMilliseconds": round(spent, 2),
        "storageRequests": reply.cost.requests,
        "readUnits": units.read,
        "writeUnits": units.write,
        "answerBytes": len(reply.body),
    }
    return found, reply


def keep(part: str, measured: Mapping[str, Mapping[str, float]]) -> None:
    """Keep a part's figures for `make cost`, and those of the other parts as they were."""
    known = json.loads(MEASURED.read_text())
    MEASURED.write_text(json.dumps({**known, part: measured}, indent=2) + "\n")


def rows_of(part: str, calls: Mapping[str, Callable[[], Reply]]) -> list[str]:
    """Measure calls by their names, keep the figures for `make cost`, and return the rows of a Markdown table."""
    measured = {name: figures(name, call)[0] for name, call in calls.items()}
    keep(part, measured)
    return [
        "| request | CPU ms | storage requests | read units | write units |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| `{name}` | {each['cpuMilliseconds']:.2f} | {each['storageRequests']} | {each['readUnits']:g} "
            f"| {each['writeUnits']:g} |"
            for name, each in measured.items()
        ),
    ]


def bare_route(client: Client) -> Callable[[], dict[str, Any]]:
    """Return a call of a route that does nothing, by the framework that ours are built on."""
    resolver = APIGatewayHttpResolver(enable_validation=True)

    @resolver.get("/echo/<number>")
    def echo(number: int) -> dict[str, int]:
        return {"number": number}

    event = client.event("GET", "/echo/7", None, None, {})
    return lambda: resolver.resolve(event, LAMBDA)


def table(client: Client) -> list[str]:
    """Measure each route of the story, keep the figures for `make cost`, and return the rows of a Markdown table."""
    bare, _ = milliseconds(bare_route(client))
    rows = [
        "| request | CPU ms | times bare | storage requests | operations | read units | write units |",
        "|---|--:|--:|--:|---|--:|--:|",
        f"| bare Powertools route, echoing | {bare:.2f} | 1.0 | 0 | | 0 | 0 |",
    ]
    measured = {}
    for name, call in Story(client).repeatable(_ROUNDS + 1):
        measured[name], reply = figures(name, call)
        spent, operations = measured[name]["cpuMilliseconds"], ", ".join(reply.cost.operations)
        rows.append(
            f"| `{name}` | {spent:.2f} | {spent / bare:.1f} | {reply.cost.requests} | {operations} "
            f"| {measured[name]['readUnits']:g} | {measured[name]['writeUnits']:g} |"
        )
    keep("requests", measured)
    return rows
