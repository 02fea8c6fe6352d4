"""Whether a chain of answers holds: pure. Times of devices are claims, so they only have to be possible (EXAM O1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lyceum.kit.frozen import frozen

from functions.exams.packs import sealing
from functions.exams.packs.schemas import MOST_ENTRIES, HandIn

_MOST_MILLISECONDS = 2**40
_SKEW = timedelta(minutes=5)
"""How far a device's clock may be off."""


@frozen
class Pinned:
    """What a pack says of itself: its key, pin, device and paper, when it may be opened, and for how long."""

    key: bytes
    pin: str
    device_id: str
    paper_hash: str
    released_at: datetime
    limit: timedelta
    closes_at: datetime


def faults(pack: Pinned, given: HandIn, now: datetime) -> list[str]:
    """Return why a person has to look at what was handed in; nothing when all of it holds."""
    found = []
    if given.device_id != pack.device_id:
        found.append("WRONG_DEVICE")
    if given.paper_hash != pack.paper_hash:
        found.append("WRONG_PAPER")
    if not all(_is_linked(entry) for entry in given.entries):
        return [*found, "UNREADABLE"]
    return found + _breaks(pack, given.entries) + _clocks(pack, given, now)


def entry_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry's hash is taken of, beside the hash before: its fields as they came."""
    told: dict[str, Any] = _without_nulls({name: value for name, value in entry.items() if name != "hash"})
    return told


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return value


def _is_linked(entry: Any) -> bool:
    """Say whether an entry can stand in a chain: it has place, time and hash, whatever its answer is."""
    if not isinstance(entry, Mapping):
        return False
    numbers = [(entry.get("position"), 1, MOST_ENTRIES), (entry.get("elapsedMs"), 0, _MOST_MILLISECONDS)]
    are_numbers = all(type(value) is int and least <= value <= most for value, least, most in numbers)
    return are_numbers and isinstance(entry.get("hash"), str)


def _breaks(pack: Pinned, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    previous, found = pack.pin, dict[str, None]()
    positions = [entry["position"] for entry in entries]
    if len(set(positions)) < len(positions):
        found["FORK"] = None
    elif positions != list(range(1, len(positions) + 1)):
        found["GAP"] = None
    for entry in entries:
        if sealing.link(pack.key, previous, entry_fields(entry)) != entry["hash"]:
            found["CHAIN_BROKEN"] = None
        previous = entry["hash"]
    return list(found)


def _clocks(pack: Pinned, given: HandIn, now: datetime) -> list[str]:
    elapsed = [entry["elapsedMs"] for entry in given.entries]
    last = timedelta(milliseconds=elapsed[-1] if elapsed else 0)
    tests: Mapping[str, bool] = {
        "CLOCK_WENT_BACK": elapsed != sorted(elapsed) or given.closed_at < given.opened_at,
        "OVER_TIME": last > pack.limit or given.closed_at - given.opened_at > pack.limit + _SKEW,
        "OPENED_EARLY": given.opened_at < pack.released_at - _SKEW,
        "CLOSED_LATE": given.closed_at > min(now, pack.closes_at) + _SKEW,
        "CLOCKS_DIFFER": last > given.closed_at - given.opened_at + _SKEW,
    }
    return [name for name, is_so in tests.items() if is_so]
