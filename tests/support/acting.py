"""Which function is at work, and which keys it touches: for the proof that each role allows what its function does."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple
from unittest.mock import patch

from infra.functions import FUNCTIONS, families
from lyceum.kit.table.connection import StorageConnection

_acting: ContextVar[str] = ContextVar("acting", default="test")
_READS = {"GetItem", "BatchGetItem", "Query", "ConditionCheck"}


class Touch(NamedTuple):
    """A function read or wrote a key family."""

    function: str
    family: str
    is_write: bool


@contextmanager
def acting(function: str) -> Iterator[None]:
    """Say that a function is at work."""
    token = _acting.set(function)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def recorded() -> Iterator[set[Touch]]:
    """Record every key family that functions touch, for the length of the block."""
    touches: set[Touch] = set()
    original = StorageConnection._call_once

    def call(self: StorageConnection, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        for name, partition in _partitions(operation, arguments):
            family = partition.partition("|")[2].partition("#")[0]
            touches.add(Touch(_acting.get(), family, name not in _READS))
        return original(self, operation, arguments)

    with patch.object(StorageConnection, "_call_once", call):
        yield touches


@contextmanager
def within_rights() -> Iterator[None]:
    """Demand that every function touches only key families that its role may, for the length of the block."""
    with recorded() as touches:
        yield
    rows = {function.entry: function for function in FUNCTIONS}
    assert [
        touch
        for touch in touches
        if touch.function in rows and touch.family not in families(rows[touch.function], writes=touch.is_write)
    ] == []


def _partitions(operation: str, arguments: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if operation == "TransactWriteItems":
        for item in arguments["TransactItems"]:
            for kind, write in item.items():
                yield kind, (write.get("Key") or write["Item"])["PK"]["S"]
    elif operation == "BatchGetItem":
        for table in arguments["RequestItems"].values():
            yield from ((operation, key["PK"]["S"]) for key in table["Keys"])
    elif operation == "Query":
        place = arguments["KeyConditionExpression"].split("=")[1].split()[0].strip("()")
        yield operation, arguments["ExpressionAttributeValues"][place]["S"]
    elif operation == "BatchWriteItem":
        writes = [write for table in arguments["RequestItems"].values() for write in table]
        yield from (
            (operation, (write.get("DeleteRequest", {}).get("Key") or write["PutRequest"]["Item"])["PK"]["S"])
            for write in writes
        )
    else:
        yield operation, (arguments.get("Key") or arguments["Item"])["PK"]["S"]
