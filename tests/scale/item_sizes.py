"""What an item weighs, and what a request of it costs, by DynamoDB's rules.

Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats" and "DynamoDB read and write operations".
"""

import math
from collections.abc import Mapping
from typing import Any

Attributes = Mapping[str, Mapping[str, Any]]
_WRITE_UNIT_BYTES = 1024
_READ_UNIT_BYTES = 4096
_CONTAINER_BYTES = 3


def size_of(item: Attributes | None) -> int:
    """Return the bytes of an item: of the names of its attributes and of their values; 0 for none."""
    return sum(len(name.encode()) + _size_of_value(value) for name, value in (item or {}).items())


def write_units(size_bytes: int) -> int:
    """Return the units that a plain write costs, at least one; the larger of both images counts."""
    return max(1, math.ceil(size_bytes / _WRITE_UNIT_BYTES))


def read_units(size_bytes: int, *, consistent: bool) -> float:
    """Return the units that a read costs, at least one, half for one that may be behind."""
    return max(1, math.ceil(size_bytes / _READ_UNIT_BYTES)) * (1.0 if consistent else 0.5)


def index_units(old: Attributes | None, new: Attributes | None, partition: str, kept: frozenset[str] | None) -> int:
    """Return the units that an index pays for a write of an item, none if nothing of its entry changes.

    An entry that moves to another place of the index is removed and written. `kept` names the attributes that the
    index holds, None for all. Raises nothing for items that stand outside of the index.
    """
    before, after = _entry(old, partition, kept), _entry(new, partition, kept)
    if before == after:
        return 0
    if before and after and _place(before, partition) != _place(after, partition):
        return write_units(size_of(before)) + write_units(size_of(after))
    return write_units(max(size_of(before), size_of(after)))


def _entry(item: Attributes | None, partition: str, kept: frozenset[str] | None) -> Attributes | None:
    if not item or partition not in item:
        return None
    return item if kept is None else {name: value for name, value in item.items() if name in kept}


def _place(item: Attributes, partition: str) -> tuple[Any, Any]:
    sort = partition.removesuffix("PK") + "SK"
    return item.get(partition), item.get(sort)


def _size_of_value(value: Mapping[str, Any]) -> int:
    (kind, held), *_ = value.items()
    match kind:
        case "S":
            return len(str(held).encode())
        case "N":
            return _size_of_number(str(held))
        case "B":
            return len(held)
        case "L":
            return _CONTAINER_BYTES + sum(1 + _size_of_value(each) for each in held)
        case "M":
            return _CONTAINER_BYTES + sum(1 + len(name.encode()) + _size_of_value(each) for name, each in held.items())
        case "SS" | "BS":
            return sum(len(each) if isinstance(each, bytes) else len(each.encode()) for each in held)
        case "NS":
            return sum(_size_of_number(each) for each in held)
        case _:
            return 1  # a truth value, or none


def _size_of_number(text: str) -> int:
    digits = text.lstrip("-").replace(".", "").strip("0") or "0"
    return math.ceil(len(digits) / 2) + 1 + text.startswith("-")
