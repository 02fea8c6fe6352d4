"""What a process gathers of its own work between two sendings; nothing here waits for anything.

Nothing names a person: callers are counted by kind, and a failure is known by its type and place, never by its message.
"""

import hashlib
import random
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.settings import settings

BOUNDS_MS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
"""Upper bounds of the classes that durations are counted in; a last class holds what is longer."""
SLOW_MS = 100
COSTLY_UNITS = 10
SAMPLED = 100
"""One in so many ordinary storage calls is kept, and counts for all of them."""
MOST_KEPT = 400
"""Groups of one sort that a process holds at once; what comes beyond is let go."""
_OWN = ("/functions/", "/lyceum/")
_FRAMES = 12


@dataclass
class Durations:
    """How long something took, in classes, how often and at most."""

    count: int = 0
    max_ms: float = 0.0
    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))

    def enter(self, milliseconds: float, weight: int = 1) -> None:
        """Count one, or one that stands for several."""
        self.count += weight
        self.max_ms = max(self.max_ms, round(milliseconds, 1))
        self.classes[class_of(milliseconds)] += weight


@dataclass
class Calls(Durations):
    """Calls of one route: by class of status, by kind of caller, and what they took of storage."""

    failed: int = 0
    refused: int = 0
    anonymous: int = 0
    signed_in: int = 0
    storage_requests: int = 0
    units: float = 0.0
    answer_bytes: int = 0


@dataclass
class StorageCalls(Durations):
    """Storage calls of one shape; `slow` and `costly` are counted one by one, the others by a sample."""

    slow: int = 0
    costly: int = 0
    units: float = 0.0
    max_units: float = 0.0


@dataclass
class Failure:
    """One kind of unforeseen failure: where it came from, how often, and its latest case."""

    type: str
    place: str
    where: str
    frames: list[str]
    code: str | None
    count: int = 0
    correlation_id: str = ""
    first_at: str = ""
    last_at: str = ""


@dataclass
class Gathered:
    """Everything since the last sending, each sort by (tenant, group)."""

    calls: dict[tuple[str, str], Calls] = field(default_factory=dict)
    storage: dict[tuple[str, str], StorageCalls] = field(default_factory=dict)
    failures: dict[tuple[str, str], Failure] = field(default_factory=dict)
    tallies: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, most: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
        """Take out up to so many groups of each sort, as rows to be sent; the rest stays for the next sending."""
        rows: dict[str, list[dict[str, Any]]] = {}
        for sort, number in most.items():
            groups: Any = getattr(self, sort)
            rows[sort] = []
            for key in list(groups)[:number]:
                value = groups.pop(key)
                named = {"tenant": key[0], "group": key[1]}
                rows[sort].append(named | ({"count": value} if sort == "tallies" else asdict(value)))
        return rows


gathered = Gathered()
_state = {"is_paused": False}


def is_on() -> bool:
    """Say whether anything is gathered at all: not where the deployment does not ask for it, nor while it is sent."""
    return settings().telemetry and not _state["is_paused"]


def pause(*, paused: bool) -> None:
    """Gather nothing for a while, such as what sending itself does."""
    _state["is_paused"] = paused


def forget() -> None:
    """Drop what was gathered, as a new process has nothing."""
    for sort in (gathered.calls, gathered.storage, gathered.failures, gathered.tallies):
        sort.clear()


def class_of(milliseconds: float) -> int:
    """Return the number of the class that a duration belongs to."""
    return next((number for number, bound in enumerate(BOUNDS_MS) if milliseconds <= bound), len(BOUNDS_MS))


def percentile(classes: list[int], share: float) -> float | None:
    """Return the upper bound of the class in which a share of all lies below, None where there is nothing."""
    total, reached = sum(classes), 0
    for number, count in enumerate(classes):
        reached += count
        if total and reached >= share * total:
            return float(BOUNDS_MS[min(number, len(BOUNDS_MS) - 1)])
    return None


def call(route: str, status: int, milliseconds: float, *, is_anonymous: bool, answer_bytes: int) -> None:
    """Count a request that was answered, with what the work in progress took of storage."""
    if not is_on():
        return
    kept = _kept(gathered.calls, route, Calls)
    if kept is None:
        return
    usage = context.current().usage
    kept.enter(milliseconds)
    kept.failed += status >= 500
    kept.refused += 400 <= status < 500
    kept.anonymous += is_anonymous
    kept.signed_in += not is_anonymous
    kept.storage_requests += usage.requests
    kept.units += usage.read_units + usage.write_units
    kept.answer_bytes += answer_bytes


def storage_call(operation: str, arguments: Mapping[str, Any], milliseconds: float, units: float) -> None:
    """Count a storage call by its shape: every slow or costly one, and a sample of the others."""
    if not is_on():
        return
    is_slow, is_costly = milliseconds > SLOW_MS, units > COSTLY_UNITS
    weight = 1 if is_slow or is_costly else SAMPLED
    if weight > 1 and random.randrange(SAMPLED):  # noqa: S311 - a sample, not a secret
        return
    kept = _kept(gathered.storage, shape_of(operation, arguments), StorageCalls)
    if kept is not None:
        kept.enter(milliseconds, weight)
        kept.slow += is_slow
        kept.costly += is_costly
        kept.units += units * weight
        kept.max_units = max(kept.max_units, units)


def failure(error: BaseException, where: str) -> None:
    """Count an unforeseen failure by its fingerprint: type, innermost frame of ours, and route or worker."""
    if not is_on():
        return
    frames = [
        f"{_file(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if _is_own(frame.filename)
    ]
    place = _without_line(frames[-1]) if frames else "outside"
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    key = context.tenant(), fingerprint(name, place, where)
    if key not in gathered.failures and len(gathered.failures) >= MOST_KEPT:
        return
    answer: Any = getattr(error, "response", None)
    code = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None
    fresh = Failure(name, place, where, frames[-_FRAMES:], code, first_at=clock.iso(clock.now()))
    kept = gathered.failures.setdefault(key, fresh)
    kept.count += 1
    kept.correlation_id = context.current().correlation_id
    kept.last_at = clock.iso(clock.now())


def tally(name: str, tenant: str | None = None, count: int = 1) -> None:
    """Count something by its name alone, such as the hits of a cache."""
    if is_on() and (len(gathered.tallies) < MOST_KEPT or (tenant or context.tenant(), name) in gathered.tallies):
        gathered.tallies[tenant or context.tenant(), name] += count


def fingerprint(type_name: str, place: str, where: str) -> str:
    """Name a kind of failure by 16 hexadecimal digits."""
    return hashlib.blake2b(f"{type_name}\n{place}\n{where}".encode(), digest_size=8).hexdigest()


def shape_of(operation: str, arguments: Mapping[str, Any]) -> str:
    """Write what a storage call looks like, without any value: `Query EXAM# GSI1`, `TransactWriteItems 3 A#+OUT#`."""
    if operation == "TransactWriteItems":
        writes = [next(iter(write.values())) for write in arguments.get("TransactItems", ())]
        return f"{operation} {len(writes)} {_joined(_families(writes))}"
    if operation == "BatchGetItem":
        keys = [{"Key": key} for table in arguments["RequestItems"].values() for key in table["Keys"]]
        return f"{operation} {_joined(_families(keys))}"
    if operation == "BatchWriteItem":
        puts = [next(iter(write.values())) for table in arguments["RequestItems"].values() for write in table]
        return f"{operation} {_joined(_families(puts))}"
    index = arguments.get("IndexName")
    return f"{operation} {_joined(_families([arguments]))}{f' {index}' if index else ''}"


def _families(parts: list[Any]) -> list[str]:
    found: dict[str, None] = {}
    for part in parts:
        key = (part.get("Key") or part.get("Item") or {}).get("PK", {}).get("S")
        values = [key] if key else [value.get("S") for value in part.get("ExpressionAttributeValues", {}).values()]
        for value in values:
            tenant, mark, rest = str(value or "").partition("|")
            if mark and tenant and "#" in rest:
                found[rest.split("#", 1)[0]] = None
                break
    return list(found)


def _joined(families: list[str]) -> str:
    return "+".join(f"{name}#" for name in families[:4]) or "?"


def _kept(groups: dict[tuple[str, str], Any], group: str, kind: type[Any]) -> Any:
    key = context.tenant(), group
    if key not in groups and len(groups) >= MOST_KEPT:
        return None
    return groups.setdefault(key, kind())


def _is_own(file: str) -> bool:
    return any(part in file for part in _OWN) and "site-packages" not in file


def _file(file: str) -> str:
    parts = Path(file).parts
    start = max(place for place, part in enumerate(parts) if part in {"functions", "lyceum"})
    return "/".join(parts[start:])


def _without_line(frame: str) -> str:
    """Leave the line's number out: it changes with every deployment, and the failure is the same."""
    file, _, name = frame.partition(" ")
    return f"{file.rpartition(':')[0]} {name}"
