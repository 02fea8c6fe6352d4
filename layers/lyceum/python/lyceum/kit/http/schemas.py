"""Bases of what callers send and get: camelCase outside, snake_case inside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic.alias_generators import to_camel

from lyceum.kit import clock

Timestamp = Annotated[
    datetime,
    PlainSerializer(clock.iso, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time, sent as ISO 8601 in UTC with milliseconds and `Z`."""

Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
"""An id of something of ours, as callers send it."""


class Schema(BaseModel):
    """What a caller gets. Fields without a value are left out of the answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class Removed(Schema):
    """What was removed."""

    id: str


class Request(BaseModel):
    """What a caller sends. A field that is not declared is refused."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", str_max_length=100_000)


def fields_in(parts: Sequence[Any], value: Any) -> list[Any]:
    """Leave out of an error's place what is no field: tags of unions' members, which pydantic names by their values.

    `parts` are pydantic's steps to the place in `value`, which is what was sent.
    """
    fields = []
    for part in parts:
        if isinstance(value, dict) and part not in value and part in value.values():
            continue
        fields.append(part)
        is_there = (
            part in value
            if isinstance(value, dict)
            else isinstance(value, list) and isinstance(part, int) and part < len(value)
        )
        value = value[part] if is_there else None
    return fields
