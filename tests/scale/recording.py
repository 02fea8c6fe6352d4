"""Records what steps of a story ask of storage and of other services, with the images of items before and after."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from lyceum.kit import clock
from lyceum.kit.identity.principal import Principal
from lyceum.kit.settings import settings
from lyceum.kit.table.connection import StorageConnection
from lyceum.rules.stream.new_messages import shown_by
from lyceum.rules.stream.saved_answers import saves_of
from tests.scale.item_sizes import Attributes, index_units, read_units, size_of, write_units
from tests.support import http
from tests.support.cloud import ACCOUNT, REGION
from tests.support.tokens import access_token

from functions.outbox.stream import Parcel, unpack

Key = tuple[str, str]


@dataclass(frozen=True)
class Touch:
    """What a request does to one partition: of the table, or of an index when `index` names one.

    `is_new` tells that the write puts an item where none was.
    """

    partition: str
    sort: str
    index: str = ""
    write_units: float = 0
    read_units: float = 0
    is_new: bool = False


@dataclass
class Request:
    """One call to storage; `locked` are the items that its transaction holds, if it is one."""

    operation: str
    touches: list[Touch] = field(default_factory=list)
    locked: list[Key] = field(default_factory=list)
    written: list[Key] = field(default_factory=list)
    records: int = 0
    """What the table's stream tells of it."""
    records_with_messages: int = 0


@dataclass(frozen=True)
class Sent:
    """A message that a write left for others; a fact names no worker."""

    name: str
    worker: str
    detail: str


@dataclass
class Step:
    """What somebody did once: a request of a person, a call of a worker."""

    name: str
    actor: str
    at: datetime
    function: str
    units: int = 1
    """How many messages, for a worker."""
    requests: list[Request] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    """Calls of other services, such as `kms.Sign`."""


@dataclass
class Recorder:
    """All steps so far, and the one that is under way."""

    steps: list[Step] = field(default_factory=list)
    _current: Step | None = None

    @contextmanager
    def step(self, name: str, actor: str, function: str = "", units: int = 1) -> Iterator[Step]:
        """Note all that happens in the block as one step of somebody."""
        step = Step(name, actor, clock.now(), function, units)
        self._current = step
        try:
            yield step
        finally:
            self._current = None
        self.steps.append(step)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Note nothing of the block, which is the test's own doing."""
        current, self._current = self._current, None
        try:
            yield
        finally:
            self._current = current

    def call(self, operation: str, arguments: dict[str, Any], send: Any) -> Any:
        """Send a storage request and note it; one that storage refuses is no part of a step."""
        if self._current is None:
            return send()
        keys = list(_written(operation, arguments))
        before = {key: _image(key) for key, _ in keys}
        answer = send()
        request = Request(operation)
        if operation in {"GetItem", "BatchGetItem", "Query"}:
            request.touches += _reads(operation, arguments, answer)
        for key, kind in keys:
            old, new = before[key], _image(key)
            request.touches += _writes(key, old, new, is_transaction=operation == "TransactWriteItems")
            if operation == "TransactWriteItems":
                request.locked.append(key)
            if kind == "ConditionCheck" or old == new:
                continue
            request.written.append(key)
            request.records += 1
            self._note_messages(request, old, new)
        self._current.requests.append(request)
        return answer

    def _note_messages(self, request: Request, old: Attributes | None, new: Attributes | None) -> None:
        record = {"dynamodb": {"Keys": {}, "NewImage": new or {}, **({"OldImage": old} if old else {})}}
        parcels = unpack(record) + [Parcel.of(task) for task in (*saves_of(record), shown_by(record)) if task]
        request.records_with_messages += bool(parcels)
        assert self._current is not None
        self._current.sent += [Sent(parcel.name, parcel.worker, parcel.detail) for parcel in parcels]

    def count(self, service: str, operation: str) -> None:
        """Note a call of another service than storage."""
        if self._current is not None and service != "dynamodb":
            self._current.calls[f"{service}.{operation}"] += 1


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record for the length of the block."""
    recorder = Recorder()
    call_storage, call_service = StorageConnection._call_once, BaseClient._make_api_call

    def to_storage(self: StorageConnection, operation: str, arguments: dict[str, Any]) -> Any:
        return recorder.call(operation, arguments, lambda: call_storage(self, operation, arguments))

    def to_service(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        recorder.count(self.meta.service_model.service_name, operation)
        return call_service(self, operation, arguments)

    def token(caller: Principal) -> str:
        with recorder.aside():
            return access_token(caller)

    with (
        patch.object(http, "access_token", token),
        patch.object(StorageConnection, "_call_once", to_storage),
        patch.object(BaseClient, "_make_api_call", to_service),
    ):
        yield recorder


def _table() -> Any:
    return dynamodb_backends[ACCOUNT][REGION].tables[settings().table]


def _image(key: Key) -> Attributes | None:
    found = _table().items.get(DynamoType({"S": key[0]}), {}).get(DynamoType({"S": key[1]}))
    return None if found is None else dict(found.to_json()["Attributes"])


def _indexes() -> Iterator[tuple[str, frozenset[str] | None]]:
    """Return the indexes of the table with the attributes that each holds, None for all."""
    for index in _table().global_indexes:
        named = {"PK", "SK", f"{index.name}PK", f"{index.name}SK"}
        projection: Mapping[str, Any] = index.projection
        is_whole = projection["ProjectionType"] == "ALL"
        yield index.name, None if is_whole else frozenset(named | set(projection.get("NonKeyAttributes") or ()))


def _key(held: Mapping[str, Any]) -> Key:
    return held["PK"]["S"], held["SK"]["S"]


def _written(operation: str, arguments: dict[str, Any]) -> Iterator[tuple[Key, str]]:
    if operation == "TransactWriteItems":
        for item in arguments["TransactItems"]:
            for kind, write in item.items():
                yield _key(write.get("Key") or write["Item"]), kind
    elif operation == "BatchWriteItem":
        for write in (write for table in arguments["RequestItems"].values() for write in table):
            yield _key(write.get("DeleteRequest", {}).get("Key") or write["PutRequest"]["Item"]), operation
    elif operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield _key(arguments.get("Key") or arguments["Item"]), operation


def _writes(key: Key, old: Attributes | None, new: Attributes | None, *, is_transaction: bool) -> Iterator[Touch]:
    """Return what a write does to the table and to each index; one in a transaction is paid twice in the table.

    A condition that a transaction checks is taken for a write of its item, which is on the safe side.
    """
    units = write_units(max(size_of(old), size_of(new))) * (2 if is_transaction else 1)
    yield Touch(*key, write_units=units, is_new=old is None)
    for name, kept in _indexes():
        spent = index_units(old, new, f"{name}PK", kept)
        if spent:
            entry = new if new and f"{name}PK" in new else old or {}
            place = entry[f"{name}PK"]["S"], entry[f"{name}SK"]["S"]
            yield Touch(*place, index=name, write_units=spent, is_new=old is None or f"{name}PK" not in old)


def _reads(operation: str, arguments: dict[str, Any], answer: Any) -> Iterator[Touch]:
    if operation == "GetItem":
        key, consistent = _key(arguments["Key"]), bool(arguments.get("ConsistentRead"))
        yield Touch(*key, read_units=read_units(size_of(_image(key)), consistent=consistent))
    elif operation == "BatchGetItem":
        for table in arguments["RequestItems"].values():
            consistent = bool(table.get("ConsistentRead"))
            for key in map(_key, table["Keys"]):
                yield Touch(*key, read_units=read_units(size_of(_image(key)), consistent=consistent))
    else:
        place = arguments["KeyConditionExpression"].split("=")[1].split()[0].strip("()")
        partition = arguments["ExpressionAttributeValues"][place]["S"]
        items = answer.get("Items", [])
        share = answer.get("ScannedCount", len(items)) / max(1, len(items))
        size = round(share * sum(size_of(item) for item in items))
        consistent = bool(arguments.get("ConsistentRead"))
        spent = read_units(size, consistent=consistent)
        yield Touch(partition, "", index=arguments.get("IndexName", ""), read_units=spent)
