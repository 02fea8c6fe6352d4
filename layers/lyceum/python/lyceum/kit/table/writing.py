"""Writing: single conditional writes, and the unit of work that makes several of them one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action, RemoveAction, SetAction

from lyceum.kit import clock, context
from lyceum.kit.errors import Conflict, DomainError, PreconditionFailed, Unavailable
from lyceum.kit.event import Message
from lyceum.kit.ids import new_id
from lyceum.kit.table.connection import ConditionFailed, TransactionFailed
from lyceum.kit.table.entity import Entity
from lyceum.kit.table.keys import MissingKeyPart, Template
from lyceum.kit.telemetry import collector

__all__ = ["ConditionFailed", "TooManyWrites", "Unit", "remove_many", "write_many"]

E = TypeVar("E", bound=Entity)
MAX_WRITES = 100
_BATCH = 25


class TooManyWrites(ValueError):
    """A unit of work holds more than the 100 items that one transaction may touch."""


@dataclass
class _Write:
    kind: str
    item: Entity
    arguments: dict[str, Any]
    refuse: DomainError | None


class Unit:
    """Writes that belong together: all happen or none does, each with the events it causes.

    One write is sent as a plain conditional write, several as one transaction. When a condition does not hold, the
    `refuse` error of that write is raised, or ConditionFailed with the item as it stands when it has none.
    """

    def __init__(self) -> None:
        self._writes: list[_Write] = []

    def __len__(self) -> int:
        return len(self._writes)

    def create(self, item: Entity, *events: Message, refuse: DomainError | None = None) -> Self:
        """Store a new item; it is a conflict when one is there already."""
        item.version = 1
        if item.is_stamped:
            item.created_at, item.created_by = clock.now(), context.current().actor
        return self._put(
            item, events, Entity.pk.does_not_exist(), refuse or Conflict(f"This {item.noun} exists already.")
        )

    def replace(
        self, item: Entity, *events: Message, expect: int | None = None, refuse: DomainError | None = None
    ) -> Self:
        """Store an item that was read before; refused when its version is not the one that was read.

        `expect` is the version that the caller names by If-Match: another one is a failed precondition at once.
        """
        if expect is not None and expect != item.version:
            raise PreconditionFailed(f"This {item.noun} was changed since you read it.")
        unchanged = Entity.version == item.version
        item.version = int(item.version) + 1
        return self._put(
            item,
            events,
            unchanged,
            refuse or Conflict(f"This {item.noun} was changed meanwhile.", code="EDIT_CONFLICT"),
        )

    def save(
        self, item: Entity, *events: Message, expect: int | None = None, refuse: DomainError | None = None
    ) -> Self:
        """Store an item that was read, or a new one where none was; refused when what is stored is not as it was.

        So `unit.save(StudyDay.fetch(...) or StudyDay(...))` is right whoever else does the same. `expect` is as in
        `replace`; of an item that was never stored it is 0.
        """
        if expect is not None and expect != item.version:
            raise PreconditionFailed(f"This {item.noun} was changed since you read it.")
        if item.version:
            return self.replace(item, *events, refuse=refuse)
        meanwhile = Conflict(f"This {item.noun} was changed meanwhile.", code="EDIT_CONFLICT")
        return self.create(item, *events, refuse=refuse or meanwhile)

    def put(self, item: Entity, *events: Message) -> Self:
        """Store an item whatever is there."""
        item.version = int(item.version) + 1
        if item.is_stamped:
            item.created_at = item.created_at or clock.now()
        return self._put(item, events, None, None)

    def change(
        self,
        item: Entity,
        *actions: Action,
        when: Condition | None = None,
        events: Sequence[Message] = (),
        refuse: DomainError | None = None,
        or_create: bool = False,
    ) -> Self:
        """Change attributes of a named item; by default it must exist, and `when` must hold too.

        With `or_create` an item that is not there is made, and the attributes of its key are written with the others.
        """
        condition = when
        if not or_create:
            exists = Entity.pk.exists()
            condition = exists if when is None else exists & when
        stamps = [Entity.version.add(1), *_outbox_of(events)]
        if item.is_stamped:
            stamps += [Entity.updated_at.set(clock.now()), Entity.updated_by.set(context.current().actor)]
        if or_create:
            stamps += [Entity.kind.set(type(item)), Entity.tenant.set(context.tenant()), *_key_parts(item, actions)]
        arguments = _arguments(item, key="KEY", actions=[*actions, *stamps], condition=condition)
        self._writes.append(_Write("Update", item, arguments, refuse))
        return self

    def amend(
        self,
        item: Entity,
        *names: str,
        when: Condition | None = None,
        events: Sequence[Message] = (),
        refuse: DomainError | None = None,
    ) -> Self:
        """Store the named attributes of an item that was read, and the index keys that follow; leave the others alone.

        So an edit does not undo what counters add meanwhile; `when` says what must not have changed.
        """
        item.fill_keys()
        actions = []
        for name in (*names, "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"):
            attribute, value = getattr(type(item), name), getattr(item, name)
            actions.append(attribute.remove() if value is None else attribute.set(value))
        return self.change(item, *actions, when=when, events=events, refuse=refuse)

    def remove(self, item: Entity, *, when: Condition | None = None, refuse: DomainError | None = None) -> Self:
        """Delete a named item."""
        self._writes.append(_Write("Delete", item, _arguments(item, key="KEY", condition=when), refuse))
        return self

    def check(self, item: Entity, when: Condition, *, refuse: DomainError | None = None) -> Self:
        """Demand that a condition holds of an item that is not written."""
        self._writes.append(_Write("ConditionCheck", item, _arguments(item, key="KEY", condition=when), refuse))
        return self

    def commit(self) -> None:
        """Send everything; raises the refusal of the write whose condition failed, or TooManyWrites."""
        if len(self._writes) > MAX_WRITES:
            raise TooManyWrites(f"{len(self._writes)} writes do not fit one transaction of {MAX_WRITES}")
        if len(self._writes) == 1 and self._writes[0].kind != "ConditionCheck":
            _send_alone(self._writes[0])
        elif self._writes:
            _send_together(self._writes)
        for write in self._writes:
            _tally(write)

    def _put(
        self, item: Entity, events: Sequence[Message], condition: Condition | None, refuse: DomainError | None
    ) -> Self:
        if item.is_stamped:
            item.updated_at, item.updated_by = clock.now(), context.current().actor
        item.outbox = [event.to_outbox() for event in events] or None
        item.outbox_size = len(events) or None
        item.fill_keys()
        arguments = _arguments(item, key="ITEM", attributes=item.serialize(), condition=condition)
        self._writes.append(_Write("Put", item, arguments, refuse))
        return self


def _outbox_of(events: Sequence[Message]) -> list[SetAction | RemoveAction]:
    """Return what leaves these events and no earlier ones on an item that is updated."""
    if not events:
        return [Entity.outbox.remove(), Entity.outbox_size.remove()]
    return [Entity.outbox.set([event.to_outbox() for event in events]), Entity.outbox_size.set(len(events))]


def _key_parts(item: Entity, actions: Sequence[Action]) -> list[SetAction | RemoveAction]:
    """Return what writes the attributes that an item's key is made of, less those that are written anyway."""
    written = {str(action.values[0]) for action in actions}
    attributes = item.get_attributes()
    names = [*Template(item.keys.partition).names, *Template(item.keys.sort).names]
    parts = {name: getattr(item, name) for name in names if str(Path(attributes[name])) not in written}
    return [attributes[name].set(value) for name, value in parts.items() if value is not None]


def write_many(items: Iterable[Entity]) -> None:
    """Store many items in batches of 25, each as it stands; those that storage puts off are sent again.

    For bulk loads whose items are written once: no conditions, no order, one request for 25 items.
    """
    waiting: list[Entity] = []
    for item in items:
        waiting.append(item)
        if len(waiting) == _BATCH:
            _put_batch(waiting)
            waiting = []
    if waiting:
        _put_batch(waiting)


def remove_many(items: Iterable[Entity]) -> int:
    """Delete many items in batches of 25, whatever they hold, and return how many; one that is gone is no failure."""
    keys = [{"DeleteRequest": {"Key": {"PK": {"S": item.pk}, "SK": {"S": item.sk}}}} for item in items]
    send_batches(keys)
    return len(keys)


def send_batches(writes: Sequence[dict[str, Any]]) -> None:
    """Send puts and deletes as storage takes them, 25 at a time."""
    for start in range(0, len(writes), _BATCH):
        _send_batch(list(writes[start : start + _BATCH]))


def _put_batch(items: Sequence[Entity]) -> None:
    puts = []
    for item in items:
        if item.is_stamped:
            item.created_at = item.created_at or clock.now()
            item.updated_at = clock.now()
        item.version = int(item.version) + 1
        item.fill_keys()
        puts.append({"PutRequest": {"Item": item.serialize()}})
    _send_batch(puts)


def _send_batch(writes: list[dict[str, Any]]) -> None:
    table = Entity._get_connection()
    request: dict[str, Any] = {table.table_name: writes}
    for _ in range(8):
        answer = table.connection._make_api_call("BatchWriteItem", {"RequestItems": request})
        request = answer.get("UnprocessedItems") or {}
        if not request:
            return
    raise Unavailable


def _arguments(item: Entity, *, key: str, **options: Any) -> dict[str, Any]:
    if key == "KEY" and item.pk is None:
        raise MissingKeyPart("name the item by `at` or read it first")
    attributes = options.pop("attributes", None)
    arguments: dict[str, Any] = item._get_connection().get_operation_kwargs(
        item.pk,
        range_key=item.sk,
        key="Item" if key == "ITEM" else "Key",
        attributes=attributes,
        return_values_on_condition_failure="ALL_OLD" if options.get("condition") is not None else None,
        **options,
    )
    return arguments


def _tally(write: _Write) -> None:
    """Count what was made and what was removed, by kind; what storage removes by itself is not seen here."""
    is_new = write.kind == "Put" and int(write.item.version) == 1
    if is_new or write.kind == "Delete":
        kind = Entity.kind.get_discriminator(type(write.item))
        collector.tally(f"{'made' if is_new else 'removed'}.{kind}", context.MAIN_TENANT)


_ALONE = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}


def _send_alone(write: _Write) -> None:
    arguments = dict(write.arguments)
    if write.kind == "Update":
        arguments["ReturnValues"] = "ALL_NEW"
    try:
        answer = write.item._get_connection().connection._make_api_call(_ALONE[write.kind], arguments)
    except ConditionFailed as failure:
        raise (write.refuse or failure) from None
    if write.kind == "Update":
        write.item.deserialize(answer["Attributes"])


def _send_together(writes: Sequence[_Write]) -> None:
    items = [{write.kind: write.arguments} for write in writes]
    try:
        writes[0].item._get_connection().connection._make_api_call(
            "TransactWriteItems", {"TransactItems": items, "ClientRequestToken": new_id()}
        )
    except TransactionFailed as failure:
        for write, (code, raw) in zip(writes, failure.reasons, strict=True):
            if code == "ConditionalCheckFailed":
                raise (write.refuse or ConditionFailed(raw)) from None
        raise
