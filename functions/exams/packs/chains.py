"""Whether a chain of answers holds: pure. Times of devices are claims, so they only have to be possible (EXAM O1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lyceum.kit.frozen import frozen

from functions.exams.packs import sealing
from functions.exams.packs.schemas import ChainEntry, HandIn

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
    return found + _breaks(pack, given.entries) + _clocks(pack, given, now)


def entry_fields(entry: ChainEntry) -> dict[str, Any]:
    """Return what an entry's hash is taken of, beside the hash before."""
    return entry.model_dump(mode="json", by_alias=True, exclude={"hash"}, exclude_none=True)


def _breaks(pack: Pinned, entries: list[ChainEntry]) -> list[str]:
    previous, found = pack.pin, dict[str, None]()
    positions = [entry.position for entry in entries]
    if len(set(positions)) < len(positions):
        found["FORK"] = None
    elif positions != list(range(1, len(positions) + 1)):
        found["GAP"] = None
    for entry in entries:
        if sealing.link(pack.key, previous, entry_fields(entry)) != entry.hash:
            found["CHAIN_BROKEN"] = None
        previous = entry.hash
    return list(found)


def _clocks(pack: Pinned, given: HandIn, now: datetime) -> list[str]:
    elapsed = [entry.elapsed_ms for entry in given.entries]
    last = timedelta(milliseconds=elapsed[-1] if elapsed else 0)
    tests: Mapping[str, bool] = {
        "CLOCK_WENT_BACK": elapsed != sorted(elapsed) or given.closed_at < given.opened_at,
        "OVER_TIME": last > pack.limit or given.closed_at - given.opened_at > pack.limit + _SKEW,
        "OPENED_EARLY": given.opened_at < pack.released_at - _SKEW,
        "CLOSED_LATE": given.closed_at > min(now, pack.closes_at) + _SKEW,
        "CLOCKS_DIFFER": last > given.closed_at - given.opened_at + _SKEW,
    }
    return [name for name, is_so in tests.items() if is_so]
