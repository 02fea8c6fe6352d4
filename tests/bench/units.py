"""Capacity units as DynamoDB would count them, from the sizes of the items that a call reads and writes.

The emulator reports the same units whatever an item's size. The rules are those of the developer guide: reads by 4 KB,
half a unit where they may be behind; writes by 1 KB, twice that within a transaction, and once more for each index that
the item stands in. An item is measured as it stands after the write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any
from unittest.mock import patch

from lyceum.kit.table.connection import StorageConnection

_READ_BYTES, _WRITE_BYTES = 4096, 1024
Item = dict[str, dict[str, Any]]


@dataclass
class Units:
    """Read and write units so far."""

    read: float = 0.0
    write: float = 0.0


def size_of(item: Item) -> int:
    """Return what an item weighs, in bytes."""
    return sum(len(name.encode()) + _weight(value) for name, value in item.items())


def _weight(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content.strip("-0.")) // 2 + 2
        case "L":
            return 3 + sum(1 + _weight(each) for each in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _weight(each) for name, each in content.items())
        case "SS" | "NS" | "BS":
            return sum(len(str(each).encode()) for each in content)
        case "B":
            return len(content) * 3 // 4
    return 1


@contextmanager
def counted_units() -> Iterator[Units]:
    """Count what the block reads and writes."""
    units, original = Units(), StorageConnection._make_api_call

    def count(self: StorageConnection, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        answer = original(self, operation, asked)
        units.read += _read(operation, asked, answer)
        for write, times in _writes(operation, asked):
            units.write += _written(self, write, times)
        return answer

    with patch.object(StorageConnection, "_make_api_call", count):
        yield units


def _read(operation: str, asked: dict[str, Any], answer: dict[str, Any]) -> float:
    match operation:
        case "GetItem":
            return _read_units(size_of(answer.get("Item", {})), exact=asked.get("ConsistentRead"))
        case "Query":
            return _read_units(sum(map(size_of, answer["Items"])), exact=asked.get("ConsistentRead"))
        case "BatchGetItem":
            return sum(
                _read_units(size_of(item), exact=asked["RequestItems"][table].get("ConsistentRead"))
                for table, items in answer["Responses"].items()
                for item in items
            )
    return 0


def _read_units(size: int, *, exact: bool | None) -> float:
    return max(1, ceil(size / _READ_BYTES)) * (1 if exact else 0.5)


def _writes(operation: str, asked: dict[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
    if operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield asked, 1
    for each in asked.get("TransactItems", ()):
        yield from ((write, 2) for write in each.values())
    for table, each in asked.get("RequestItems", {}).items() if operation == "BatchWriteItem" else ():
        for request in each:
            ((_, write),) = request.items()
            yield {"TableName": table, **write}, 1


def _written(storage: StorageConnection, write: dict[str, Any], times: int) -> float:
    item: Item = write.get("Item") or write["Key"]
    key = {name: item[name] for name in ("PK", "SK")}
    stored = storage.client.get_item(TableName=write["TableName"], Key=key).get("Item") or item
    indexes = sum(name in stored for name in ("GSI1PK", "GSI2PK"))
    return ceil(size_of(stored) / _WRITE_BYTES) * (times + indexes)
