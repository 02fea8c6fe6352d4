"""Bases of what callers send and get: camelCase outside, snake_case inside."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from lyceum.kit import clock

Timestamp = Annotated[
    datetime,
    PlainSerializer(clock.iso, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time, sent as ISO 8601 in UTC with milliseconds and `Z`."""

YEARS = range(1900, 3000)
"""Of the times and days that callers send."""

Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
"""An id of something of ours, as callers send it."""


class Schema(BaseModel):
    """What a caller gets. Fields without a value are left out of the answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True, defer_build=True)


class Removed(Schema):
    """What was removed."""

    id: str


_NO_NUMBER = PydanticCustomError("number_type", "this is a number, and neither true nor false")


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, list) and any(isinstance(each, bool) for each in value))


@cache
def _numbers_of(model: type[BaseModel]) -> frozenset[str]:
    """Return by which names callers send fields of a model that are numbers, or lists of them."""
    found: set[str] = set()
    for attribute, field in model.model_fields.items():
        leaves = _leaves_of(field.annotation)
        if leaves & {int, float, Decimal} and bool not in leaves:
            found |= {attribute, name_of(attribute, field), *other_names(field)}
    return frozenset(found)


def _leaves_of(kind: Any) -> set[Any]:
    parts = get_args(kind)
    return {leaf for part in parts for leaf in _leaves_of(part)} if parts else {kind}


class Request(BaseModel):
    """What a caller sends. A field that is not declared is refused, and so is a year out of `YEARS`."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", str_max_length=100_000, defer_build=True
    )

    @field_validator("*")
    @classmethod
    def check_years(cls, value: Any) -> Any:
        """Refuse a time or day so far off that another zone, or the end of a session, may be past all that there is."""
        if isinstance(value, date) and value.year not in YEARS:
            raise ValueError(f"a year from {YEARS.start} to {YEARS.stop - 1}")
        return value

    @model_validator(mode="before")
    @classmethod
    def _takes_no_truth_for_a_number(cls, given: Any) -> Any:
        if isinstance(given, dict):
            wrong = [name for name, value in given.items() if _is_truth(value) and name in _numbers_of(cls)]
            if wrong:
                errors = [InitErrorDetails(type=_NO_NUMBER, loc=(name,), input=given[name]) for name in wrong]
                raise ValidationError.from_exception_data(cls.__name__, errors)
        return given


def named(name: str, *others: str) -> Any:
    """Let callers send a field under its name or under one of others, of which the document tells as well.

    Two names of one field in one request are refused like a field that is not declared.
    """
    return Field(validation_alias=AliasChoices(name, *others), serialization_alias=name)


def same_as(name: str) -> Any:
    """Let a field of an answer repeat another one, for clients that know it by this name: `status` beside `state`."""
    return Field(validation_alias=name, description=f"The same as `{to_camel(name)}`.")


def read_as(**values: str) -> BeforeValidator:
    """Let callers send other words for values of a field: `read_as(educator="instructor")`."""
    return BeforeValidator(lambda given: values.get(given, given) if isinstance(given, str) else given)


def name_of(attribute: str, field: FieldInfo) -> str:
    """Return the name by which callers know a field."""
    if isinstance(field.validation_alias, AliasChoices):
        return str(field.validation_alias.choices[0])
    return field.alias or attribute


def other_names(field: FieldInfo) -> list[str]:
    """Return the further names that callers may send a field under."""
    if isinstance(field.validation_alias, AliasChoices):
        return [str(choice) for choice in field.validation_alias.choices[1:]]
    return []


def also_read_as(names: Sequence[str]) -> str:
    """Write the sentence by which the document tells of other names."""
    return f"Also read as {' and '.join(f'`{name}`' for name in names)}."


@cache
def fields_of_body(function: Callable[..., Any]) -> frozenset[str]:
    """Return the names that the body of a function may have, at its top."""
    found: set[str] = set()
    waiting = [get_type_hints(function, include_extras=True).get("body")]
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for attribute, field in kind.model_fields.items():
                found |= {name_of(attribute, field), *other_names(field)}
    return frozenset(found)


def takes_model(function: Callable[..., Any], parameter: str) -> bool:
    """Say whether a function takes several parameters together, as one model, by this name."""
    kind = getattr(get_type_hints(function).get(parameter), "__mro__", ())
    return BaseModel in kind


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
