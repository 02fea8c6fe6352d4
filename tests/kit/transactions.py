"""Moto's transactions, made quick: for each write it copies the whole table, here only the partitions that are written.

Without this a suite grows slower with every item that earlier tests stored; what a transaction does is unchanged.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_named = local()


@contextmanager
def quick_transactions() -> Iterator[None]:
    """Snapshot no more than a transaction can change, for the length of the block."""
    original = DynamoDBBackend.transact_write_items

    def transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        _named.partitions = {_partition(operation) for item in transact_items for operation in item.values()}
        original(self, transact_items)

    shim = SimpleNamespace(**{name: getattr(copy, name) for name in ("copy",)}, deepcopy=_deepcopy)
    with patch.object(models, "copy", shim), patch.object(DynamoDBBackend, "transact_write_items", transact):
        yield


def _partition(operation: dict[str, Any]) -> str:
    key: dict[str, dict[str, str]] = operation.get("Key") or operation["Item"]
    return key["PK"]["S"]


def _deepcopy(value: Any) -> Any:
    if not isinstance(value, Table):
        return copy.deepcopy(value)
    snapshot = copy.copy(value)
    snapshot.items = value.items.copy()
    for hash_key in (DynamoType({"S": partition}) for partition in _named.partitions):
        if hash_key in snapshot.items:
            snapshot.items[hash_key] = copy.deepcopy(snapshot.items[hash_key])
    return snapshot
