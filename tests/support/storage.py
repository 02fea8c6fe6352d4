"""Moto made quick where it costs most; what it does is unchanged.

For each write of a transaction it copies the whole table, here only the partitions that are written: without this a suite
grows slower with every item that earlier tests stored. Its answers are plain JSON already, and are written as such,
without looking every attribute of the service's model up in them. An item's size is added up, not measured again with each
attribute that is set. What it would look up in its own classes with each call is looked up once.
"""

import base64
import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from threading import local
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from moto.core import responses
from moto.core.utils import method_names_from_class
from moto.dynamodb import models
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser
from moto.dynamodb.responses import DynamoResult

_named = local()
_LARGEST_ITEM_BYTES = 405_000


@contextmanager
def quick_storage() -> Iterator[None]:
    """Snapshot no more than a transaction can change and write answers plainly, for the length of the block."""
    original = DynamoDBBackend.transact_write_items

    def transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        _named.partitions = {_partition(operation) for item in transact_items for operation in item.values()}
        original(self, transact_items)

    shim = SimpleNamespace(**{name: getattr(copy, name) for name in ("copy",)}, deepcopy=_deepcopy)
    with (
        patch.object(models, "copy", shim),
        patch.object(DynamoDBBackend, "transact_write_items", transact),
        patch.object(DynamoResult, "execute_result", _plainly),
        patch.object(LimitedSizeDict, "__setitem__", _set_measured),
        patch.object(DepthFirstTraverser, "nodes_to_be_processed", _nodes_to_be_processed),
        patch.object(responses, "method_names_from_class", cache(method_names_from_class)),
    ):
        yield


def _plainly(self: DynamoResult, _context: Any) -> tuple[int, dict[str, str], str]:
    return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(self.result, default=_as_json)


def _as_json(value: bytes | datetime) -> str | float:
    return value.timestamp() if isinstance(value, datetime) else base64.b64encode(value).decode()


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


def _set_measured(self: LimitedSizeDict, key: str, value: Any) -> None:
    sizes: dict[str, int] = self.__dict__.setdefault("sizes", {})
    sizes[key] = _size(key, value)
    for name in self.keys() - sizes.keys():
        sizes[name] = _size(name, self[name])
    if sum(sizes[name] for name in {*self, key}) > _LARGEST_ITEM_BYTES:
        raise ItemSizeTooLarge
    dict.__setitem__(self, key, value)


def _size(name: str, value: Any) -> int:
    return len(name.encode()) + (value.size() if isinstance(value, DynamoType) else len(str(value).encode()))


def _nodes_to_be_processed(self: DepthFirstTraverser) -> tuple[type, ...]:
    known: tuple[type, ...] | None = self.__dict__.get("known_nodes")
    if known is None:
        known = self.known_nodes = tuple(self._processing_map())
    return known
