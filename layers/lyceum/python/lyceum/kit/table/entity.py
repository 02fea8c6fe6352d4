"""The base of everything stored: attributes that each item has, and keys filled from its declaration."""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any, ClassVar, Literal, Self

from pynamodb.attributes import (
    Attribute,
    DiscriminatorAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.connection import TableConnection
from pynamodb.connection.base import MetaTable
from pynamodb.expressions.update import RemoveAction, SetAction
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import MetaModel, Model

from lyceum.kit import clock, context
from lyceum.kit.errors import NotFound
from lyceum.kit.settings import settings
from lyceum.kit.table import wire
from lyceum.kit.table.connection import connect
from lyceum.kit.table.keys import Index, Keys, Template, partition_key

__all__ = ["Entity", "Exact", "Expiry", "Index", "Keys", "Moment", "PackedJSON", "UnknownKind"]
_PACKED = "z"


class Moment(UTCDateTimeAttribute):
    """A time, stored as ISO 8601 in UTC with milliseconds, so that text order is time order."""

    def serialize(self, value: datetime) -> str:
        """Write the time at the fixed width of `clock.iso`."""
        return clock.iso(value)

    def deserialize(self, value: str) -> datetime:
        """Read a time as `clock.iso` wrote it."""
        return clock.parse(value)


class Exact(NumberAttribute):
    """A decimal number, stored and read digit by digit: never a binary fraction."""

    def serialize(self, value: Any) -> str:
        """Write the number without an exponent and without zeros at its end."""
        return format(Decimal(str(value)).normalize(), "f")

    def deserialize(self, value: str) -> Any:
        """Read the number as it was written."""
        return Decimal(value)


class PackedJSON(JSONAttribute):
    """A large JSON value, stored compressed where that is shorter; what was stored as plain text is read too.

    What is stored is `z` and the DEFLATE stream of the text in base 85 (RFC 1950; the alphabet of git), so it is never
    taken for JSON.
    """

    def serialize(self, value: Any) -> str | None:
        """Write the value as JSON, and compress it if it gets shorter."""
        text: str | None = super().serialize(value)
        return text and pack(text)

    def deserialize(self, value: str) -> Any:
        """Read a value in either form."""
        return json.loads(unpack(value), strict=False)


def pack(text: str) -> str:
    """Compress JSON text, if it gets shorter."""
    packed = _PACKED + b85encode(zlib.compress(text.encode(), 9)).decode()
    return packed if len(packed) < len(text) else text


def unpack(text: str) -> str:
    """Return the JSON text that was packed; text that was not is returned as it is."""
    return zlib.decompress(b85decode(text[1:])).decode() if text.startswith(_PACKED) else text


class Expiry(NumberAttribute):
    """The second (Unix time) from which storage may remove an item, often hours late; never before the moment given.

    It may be set to a moment, or to how long from now; it is read as seconds.
    """

    def __set__(self, instance: Any, value: float | datetime | timedelta | None) -> None:
        """Take over a moment, a span from now, or seconds."""
        super().__set__(instance, None if value is None else _last_second(value))

    def set(self, value: Any) -> SetAction | RemoveAction:
        """Return the change to a moment, a span from now, or seconds."""
        return super().set(value)

    def serialize(self, value: float | datetime | timedelta) -> str:
        """Write whole seconds."""
        return str(_last_second(value))


def _last_second(value: float | datetime | timedelta) -> int:
    moment = clock.now() + value if isinstance(value, timedelta) else value
    if not isinstance(moment, datetime):
        return ceil(moment)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return ceil(moment.timestamp())


class _First(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "GSI1"
        projection = AllProjection()

    partition = UnicodeAttribute(hash_key=True, attr_name="GSI1PK")
    sort = UnicodeAttribute(range_key=True, attr_name="GSI1SK")


class _Second(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "GSI2"
        projection = AllProjection()

    partition = UnicodeAttribute(hash_key=True, attr_name="GSI2PK")
    sort = UnicodeAttribute(range_key=True, attr_name="GSI2SK")


class UnknownKind(LookupError):
    """An item is of a kind that no imported module declares, and is not to be dropped in silence."""


class _Declarations(MetaModel):
    """Tells of an entity's names those of attributes and indexes alone.

    Their declaration looks at each name of a class, twice; that of methods it would do in vain, at each cold start.
    """

    def __dir__(self) -> list[str]:
        """Return the names that declare what is stored."""
        declared = (Attribute, GlobalSecondaryIndex)
        return list({name for base in self.__mro__ for name, each in vars(base).items() if isinstance(each, declared)})


class Entity(Model, metaclass=_Declarations):
    """An item of the table. Subclasses declare `keys`, their attributes and a `discriminator`.

    Keys are written from the attributes whenever the item is written. `version` counts the writes. `outbox` holds
    the events that the latest write caused and nothing else; `outbox_size` counts them, since filters of the table's
    stream look at no lists. An entity whose writes are counted by what each weighs is not `stamped`: it does not tell
    who made and changed it, and when.
    """

    class Meta:
        table_name = ""

    keys: ClassVar[Keys]
    noun: ClassVar[str] = "item"
    is_stamped: ClassVar[bool] = True

    pk = UnicodeAttribute(hash_key=True, attr_name="PK")
    sk = UnicodeAttribute(range_key=True, attr_name="SK")
    gsi1pk = UnicodeAttribute(null=True, attr_name="GSI1PK")
    gsi1sk = UnicodeAttribute(null=True, attr_name="GSI1SK")
    gsi2pk = UnicodeAttribute(null=True, attr_name="GSI2PK")
    gsi2sk = UnicodeAttribute(null=True, attr_name="GSI2SK")
    kind = DiscriminatorAttribute(attr_name="kind")
    tenant = UnicodeAttribute(null=True)
    version = NumberAttribute(default=0)
    ttl = Expiry(null=True)
    outbox: ListAttribute[Any] = ListAttribute(null=True)
    outbox_size = NumberAttribute(null=True)
    created_at = Moment(null=True)
    created_by = UnicodeAttribute(null=True)
    updated_at = Moment(null=True)
    updated_by = UnicodeAttribute(null=True)
    first_index = _First()
    second_index = _Second()

    @classmethod
    def _get_connection(cls) -> TableConnection:
        table = settings().table
        connection = Entity._connection
        if connection is None or connection.table_name != table:
            schema = Entity._get_schema()
            meta = {
                "TableName": table,
                "KeySchema": schema["key_schema"],
                "AttributeDefinitions": schema["attribute_definitions"],
                "GlobalSecondaryIndexes": [
                    {"IndexName": index["index_name"], "KeySchema": index["key_schema"]}
                    for index in schema["global_secondary_indexes"]
                ],
            }
            connection = Entity._connection = connect(table, MetaTable(meta))
        return connection

    @classmethod
    def index(cls, name: Literal["gsi1", "gsi2"]) -> Index:
        """Return one of the entity's indexes, to name it in a manifest; raises LookupError when there is none."""
        declared: Index | None = getattr(cls.keys, name)
        if declared is None:
            raise LookupError(f"{cls.__name__} has no index {name}")
        return declared

    @classmethod
    def key_of(cls, **parts: Any) -> tuple[str, str]:
        """Return partition and sort key of the item with these key parts; raises MissingKeyPart."""
        return partition_key(cls.keys.partition, parts), Template(cls.keys.sort).fill(parts)

    @classmethod
    def at(cls, **parts: Any) -> Self:
        """Name an item by its key parts without reading it, to change, check or remove it."""
        item = cls(**parts)
        item.pk, item.sk = cls.key_of(**parts)
        return item

    @classmethod
    def fetch(cls, *, consistent: bool = False, **parts: Any) -> Self | None:
        """Read one item by its key parts in one request; None when it does not exist."""
        pk, sk = cls.key_of(**parts)
        raw = cls._get_connection().get_item(pk, range_key=sk, consistent_read=consistent).get("Item")
        return cls.from_raw_data(raw) if raw else None

    @classmethod
    def require(cls, *, consistent: bool = False, **parts: Any) -> Self:
        """Read one item by its key parts; raises NotFound when it does not exist."""
        item = cls.fetch(consistent=consistent, **parts)
        if item is None:
            raise NotFound(f"There is no such {cls.noun}.")
        return item

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Build the item that storage holds; raises UnknownKind when no imported module declares its kind."""
        stored = data["kind"]["S"]
        try:
            kind = cls.kind.deserialize(stored)
        except ValueError:
            raise UnknownKind(f"{stored} at {data['PK']['S']}: import the module that declares it") from None
        if not issubclass(kind, cls):
            raise UnknownKind(f"{stored} at {data['PK']['S']} is no {cls.__name__}")
        item: Self = kind.__new__(kind)
        item.deserialize(data)
        return item

    def deserialize(self, attribute_values: dict[str, dict[str, Any]]) -> None:
        """Take over what storage holds of this item."""
        wire.fill(self, attribute_values)

    def fill_keys(self) -> None:
        """Write the table and index keys from the attributes; keys that do not apply are removed."""
        values: Mapping[str, Any] = self.attribute_values
        self.tenant = context.tenant()
        self.pk, self.sk = partition_key(self.keys.partition, values), Template(self.keys.sort).fill(values)
        for name, index in (("gsi1", self.keys.gsi1), ("gsi2", self.keys.gsi2)):
            pair = index.fill(values) if index else None
            setattr(self, f"{name}pk", pair[0] if pair else None)
            setattr(self, f"{name}sk", pair[1] if pair else None)
