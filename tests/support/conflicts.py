"""Conflicts of transactions, which DynamoDB has and its emulators have not.

While a transaction is at work on an item, another one that writes or checks the item is cancelled with the reason
TransactionConflict, and a single write of it fails with TransactionConflictException (Amazon DynamoDB Developer Guide,
Transaction conflict handling). Here a transaction is at work while those who act at once with it have their turn.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from moto.dynamodb.exceptions import DynamodbException, TransactionCanceledException
from moto.dynamodb.models import DynamoDBBackend

from lyceum.kit.table import connection
from tests.support.threads import let_others_go

Key = tuple[str, str]
_MESSAGE = "Transaction is ongoing for the item"


@dataclass
class _Order:
    """Cancel the `number`-th transaction from now on that touches one of the families, so many times."""

    number: int
    families: frozenset[str]
    times: int
    seen: list[str] = field(default_factory=list)
    """The tokens of the transactions that touched them, in order; a repeated call has the token of the first."""

    def wants(self, token: str, families: set[str]) -> bool:
        if not families & self.families:
            return False
        if token not in self.seen:
            self.seen.append(token)
        if self.times and self.seen.index(token) + 1 == self.number:
            self.times -= 1
            return True
        return False


@dataclass
class Conflicts:
    """Who is at work on which items, and what was refused for it.

    Attributes:
        refused: The key families of each refused call that were in conflict, in order.
        transactions: The key families of each transaction that was asked for, in order, repeated calls included.
        at_work: Called while a transaction is at work; by default those who act at once have their turn.
    """

    refused: list[set[str]] = field(default_factory=list)
    transactions: list[set[str]] = field(default_factory=list)
    at_work: Callable[[], None] = let_others_go
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _held: set[Key] = field(default_factory=set)
    _orders: list[_Order] = field(default_factory=list)

    def cancel(self, number: int, *families: str, times: int = 1) -> None:
        """Cancel the `number`-th transaction from now on that touches one of the key families, `times` times.

        The kit tries a transaction three times, so with `times=3` it is given up.
        """
        self._orders.append(_Order(number, frozenset(families), times))

    @contextmanager
    def in_flight(self, *keys: Key) -> Iterator[None]:
        """Let a transaction of somebody else be at work on items for the length of the block."""
        self._held.update(keys)
        try:
            yield
        finally:
            self._held.difference_update(keys)

    def transact(self, original: Callable[[], Any], keys: list[Key], token: str) -> Any:
        """Do a transaction, or cancel it for what is in conflict."""
        families = {family(key) for key in keys}
        with self._lock:
            self.transactions.append(families)
            ordered = {name for order in self._orders if order.wants(token, families) for name in order.families}
            lost = [key in self._held or family(key) in ordered for key in keys]
            if not any(lost):
                self._held.update(keys)
        if any(lost):
            self._refuse(keys, lost)
            raise TransactionCanceledException(
                [("TransactionConflict", _MESSAGE, None) if is_lost else (None, None, None) for is_lost in lost]
            )
        try:
            self.at_work()
            return original()
        finally:
            with self._lock:
                self._held.difference_update(keys)

    def write(self, original: Callable[[], Any], key: Key) -> Any:
        """Do a single write, or refuse it while a transaction is at work on the item."""
        if key in self._held and not _is_within_transaction():
            self._refuse([key], [True])
            raise DynamodbException("com.amazonaws.dynamodb.v20120810#TransactionConflictException", _MESSAGE)
        return original()

    def _refuse(self, keys: list[Key], lost: list[bool]) -> None:
        self.refused.append({family(key) for key, is_lost in zip(keys, lost, strict=True) if is_lost})


def family(key: Key) -> str:
    """Return the key family of an item."""
    return key[0].partition("|")[2].partition("#")[0]


_working = threading.local()


def _is_within_transaction() -> bool:
    return getattr(_working, "depth", 0) > 0


@contextmanager
def conflicting_storage() -> Iterator[Conflicts]:
    """Let storage have conflicts for the length of the block; the connection waits no time between its tries."""
    conflicts = Conflicts()
    transact, put = DynamoDBBackend.transact_write_items, DynamoDBBackend.put_item
    update, delete = DynamoDBBackend.update_item, DynamoDBBackend.delete_item
    call_once = connection.StorageConnection._call_once

    def call(self: connection.StorageConnection, operation: str, arguments: dict[str, Any]) -> Any:
        _working.token = arguments.get("ClientRequestToken", "")
        return call_once(self, operation, arguments)

    def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        keys = [_key(write.get("Key") or write["Item"]) for item in transact_items for write in item.values()]
        token = getattr(_working, "token", "")

        def work() -> None:
            _working.depth = 1
            try:
                transact(self, transact_items)
            finally:
                _working.depth = 0

        conflicts.transact(work, keys, token)

    def put_item(self: DynamoDBBackend, table_name: str, item_attrs: dict[str, Any], *rest: Any, **named: Any) -> Any:
        return conflicts.write(lambda: put(self, table_name, item_attrs, *rest, **named), _key(item_attrs))

    def update_item(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *rest: Any, **named: Any) -> Any:
        return conflicts.write(lambda: update(self, table_name, key, *rest, **named), _key(key))

    def delete_item(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *rest: Any, **named: Any) -> Any:
        return conflicts.write(lambda: delete(self, table_name, key, *rest, **named), _key(key))

    with (
        patch.object(DynamoDBBackend, "transact_write_items", transact_write_items),
        patch.object(DynamoDBBackend, "put_item", put_item),
        patch.object(DynamoDBBackend, "update_item", update_item),
        patch.object(DynamoDBBackend, "delete_item", delete_item),
        patch.object(connection.StorageConnection, "_call_once", call),
        patch.object(connection, "time", SimpleNamespace(sleep=lambda _seconds: None, perf_counter=time.perf_counter)),
    ):
        yield conflicts


def _key(item: dict[str, Any]) -> Key:
    return item["PK"]["S"], item["SK"]["S"]
