"""Moto made quick where it costs most; what it does is unchanged.

- For each write of a transaction it copies the whole table, here only the items that are written: without this a suite
  grows slower with every item that earlier tests stored.
- It keeps every item, table and copy of one that there ever was, here none, so memory stays small.
- For each query it sorts the whole table, here only what has the key that is asked for.
- Its answers are plain JSON already, and are written as such, without looking attributes up in the service's model.
- An item's size is added up, not measured again with each attribute that is set.
- An update's expression is parsed once, each of its nodes is processed by its type, and what is checked of the whole is
  not checked of each part too.
- Texts, of which most of an item is made, are compared, measured and copied as what they are.
- What it would look up in its own classes with each call is looked up once, and so is what the client calls itself.
"""

import base64
import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from threading import local
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.useragent import UserAgentString
from moto.core import responses
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.dynamodb import models
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator
from moto.dynamodb.responses import DynamoHandler, DynamoResult

_named = local()
_LARGEST_ITEM_BYTES = 405_000


@contextmanager
def quick_storage() -> Iterator[None]:
    """Snapshot no more than a transaction can change and write answers plainly, for the length of the block."""
    original = DynamoDBBackend.transact_write_items

    def transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        _named.snapshot = None
        _named.keys = [_key(operation) for item in transact_items for operation in item.values()]
        original(self, transact_items)

    shim = SimpleNamespace(**{name: getattr(copy, name) for name in ("copy",)}, deepcopy=_deepcopy)
    with (
        patch.object(models, "copy", shim),
        patch.object(DynamoDBBackend, "transact_write_items", transact),
        patch.object(Item, "instances_tracked", _Nothing()),
        patch.object(Table, "instances_tracked", _Nothing()),
        patch.object(Table, "query", _query),
        patch.object(Table, "all_items", _all_items),
        patch.object(DynamoResult, "execute_result", _plainly),
        patch.object(LimitedSizeDict, "__setitem__", _set_measured),
        patch.object(DynamoType, "cast_value", property(_cast_value)),
        patch.object(DynamoType, "size", _size_of_value),
        patch.object(DynamoType, "__deepcopy__", _copy_of_value),
        patch.object(DepthFirstTraverser, "traverse", _traverse),
        patch.object(ActionCountValidator, "traverse", ActionCountValidator.verify_action_counts),
        patch.object(OverlappingPathsValidator, "traverse", OverlappingPathsValidator.check_for_overlapping_paths),
        patch.object(UpdateExpressionParser, "make", staticmethod(cache(UpdateExpressionParser.make))),
        patch.object(responses, "method_names_from_class", cache(method_names_from_class)),
        patch.object(UserAgentString, "to_string", lambda _: "tests"),
    ):
        yield


@contextmanager
def unwired_storage(account: str, region: str) -> Iterator[None]:
    """Let storage be asked without a wire, for the length of the block: nothing is written as HTTP and read again.

    What storage refuses is asked again as it always is, for the error that the client makes of it: a refusal changes
    nothing.
    """
    original = BaseClient._make_api_call

    def call(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        if self.meta.service_model.service_name != "dynamodb":
            return original(self, operation, arguments)
        handler = DynamoHandler()
        handler.current_account, handler.region = account, region
        handler.body = _own(arguments)
        try:
            answer = getattr(handler, camelcase_to_underscores(operation))()
        except Exception:  # whatever it refuses
            return original(self, operation, arguments)
        return answer.result

    with patch.object(BaseClient, "_make_api_call", call):
        yield


def _own(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _own(each) for name, each in value.items()}
    return [_own(each) for each in value] if isinstance(value, list) else value


def _plainly(self: DynamoResult, _context: Any) -> tuple[int, dict[str, str], str]:
    return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(self.result, default=_as_json)


def _as_json(value: bytes | datetime) -> str | float:
    return value.timestamp() if isinstance(value, datetime) else base64.b64encode(value).decode()


def _key(operation: dict[str, Any]) -> tuple[DynamoType, DynamoType]:
    key: dict[str, dict[str, str]] = operation.get("Key") or operation["Item"]
    return DynamoType(key["PK"]), DynamoType(key["SK"])


def _deepcopy(value: Any) -> Any:
    if not isinstance(value, Table):
        return copy.deepcopy(value)
    if _named.snapshot is None:  # it is asked for anew for each write, and all before the first of them
        _named.snapshot = _snapshot(value)
    return _named.snapshot


def _snapshot(value: Table) -> Table:
    snapshot = copy.copy(value)
    snapshot.items = value.items.copy()
    own: set[DynamoType] = set()
    for partition, sort in _named.keys:
        if partition not in snapshot.items:
            continue
        if partition not in own:
            snapshot.items[partition] = snapshot.items[partition].copy()
            own.add(partition)
        if sort in snapshot.items[partition]:
            snapshot.items[partition][sort] = copy.deepcopy(snapshot.items[partition][sort])
    return snapshot


class _Nothing(list[Any]):
    """A list that keeps nothing."""

    def append(self, _: Any) -> None:
        """Let it go."""


_PLACE_OF_INDEX = 6
_query_all, _every_item = Table.query, Table.all_items


def _query(self: Table, hash_key: DynamoType | None, *given: Any, **named: Any) -> Any:
    index_name = given[_PLACE_OF_INDEX]
    _named.asked = dict(named["hash_key_conditions"]) if index_name else hash_key
    try:
        return _query_all(self, hash_key, *given, **named)
    finally:
        _named.asked = None


def _all_items(self: Table) -> list[Any]:
    asked = getattr(_named, "asked", None)
    if asked is None:
        return _every_item(self)
    if isinstance(asked, DynamoType):
        partition: dict[str, Any] = self.items.get(asked, {})
        return list(partition.values())
    (name, wanted), *_ = asked.items()
    found = [each for partition in self.items.values() for each in partition.values() if name in each.attrs]
    return [each for each in found if each.attrs[name].value == wanted.value]


_cast: Callable[[DynamoType], Any] = DynamoType.cast_value.fget
_measured, _copied = DynamoType.size, DynamoType.__deepcopy__


def _cast_value(self: DynamoType) -> Any:
    return self.value if self.type == "S" else _cast(self)


def _size_of_value(self: DynamoType) -> int:
    return len(self.value.encode()) if self.type == "S" else _measured(self)


def _copy_of_value(self: DynamoType, memo: dict[int, Any]) -> DynamoType:
    return DynamoType({"S": self.value}) if self.type == "S" else _copied(self, memo)


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


def _traverse(self: DepthFirstTraverser, root: Any) -> Any:
    wanted = self._processing_map()
    known: dict[type, tuple[bool, Any]] = {}
    is_watched = type(self).pre_processing_of_child is not DepthFirstTraverser.pre_processing_of_child

    def visit(node: Any, place: int) -> Any:
        kind = type(node)
        if kind not in known:
            step = next((process for base, process in wanted.items() if issubclass(kind, base)), None)
            known[kind] = issubclass(kind, Node), step
        is_node, process = known[kind]
        if not is_node:
            return node
        parent = node.parent
        for number, child in enumerate(node.children or ()):
            if is_watched:
                self.pre_processing_of_child(node, number)
            visit(child, number)
        if process:
            node = process(node)
            node.parent = parent
            if parent:
                parent.children[place] = node
        return node

    return visit(root, -1)
