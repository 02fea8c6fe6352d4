"""From what DynamoDB sends to items, in as few passes as there can be.

botocore walks each answer along its model and PynamoDB walks each item along its attributes; for DynamoDB's JSON the
first changes nothing but base64, and the second is one look-up for each attribute that an item has. Together they were
most of the time of a list. Errors, retries and credentials go botocore's way.
"""

import json
from base64 import b64decode
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.session import Session, get_session
from pynamodb.attributes import Attribute, BinaryAttribute, MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

_NULL = "NULL"
Reader = Callable[[Any], Any]


class _PlainParser(JSONParser):  # type: ignore[misc]  # botocore has no types
    """Takes the body of a success as it is: `{"S": ...}` on the wire is what callers see, and bytes stay base64."""

    def _handle_json_body(self, raw_body: bytes, _shape: Any) -> Any:
        return json.loads(raw_body) if raw_body else {}


class _PlainParsers(ResponseParserFactory):  # type: ignore[misc]  # botocore has no types
    def create_parser(self, _protocol_name: str) -> Any:
        return _PlainParser(**self._defaults)


def open_session() -> Session:
    """Return a session whose clients read answers plainly; for DynamoDB alone."""
    session = get_session()
    session.register_component("response_parser_factory", _PlainParsers())
    session.set_default_client_config(Config(user_agent="lyceum"))
    return session


@cache
def readers(kind: type[Model]) -> dict[str, tuple[str, str, Reader | None]]:
    """Return how each stored attribute of a kind is read: name in Python, type on the wire, and conversion."""
    found = {}
    for name, attribute in kind.get_attributes().items():
        found[str(attribute.attr_name)] = (name, str(attribute.attr_type), _reader(attribute))
    return found


@cache
def defaults(kind: type[Model]) -> tuple[tuple[str, Any], ...]:
    """Return the values that items of a kind have for attributes that storage does not hold."""
    named = kind.get_attributes().items()
    return tuple((name, attribute.default) for name, attribute in named if attribute.default is not None)


def fill(item: Model, wire: dict[str, dict[str, Any]]) -> None:
    """Set an item's attributes from what storage holds; raises KeyError for an attribute of another type."""
    kind = type(item)
    values = {name: default() if callable(default) else default for name, default in defaults(kind)}
    known = readers(kind)
    for stored, value in wire.items():
        if stored in known and _NULL not in value:
            name, wire_type, read = known[stored]
            values[name] = read(value[wire_type]) if read else value[wire_type]
    item.attribute_values = values


def _reader(attribute: Attribute[Any]) -> Reader | None:
    """Return the conversion of an attribute, or None where what is sent is the value."""
    deserialize = type(attribute).deserialize
    if deserialize is UnicodeAttribute.deserialize:
        return None
    if deserialize is NumberAttribute.deserialize:
        return _number
    if isinstance(attribute, BinaryAttribute):
        return lambda text: attribute.deserialize(b64decode(text) if isinstance(text, str) else text)
    if isinstance(attribute, MapAttribute) and attribute.is_raw():
        return lambda members: type(attribute)(**attribute.deserialize(members))
    return attribute.deserialize


def _number(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        return float(text)
