"""Sparse answers: `fields=title,parts.size` keeps what it names, and names only what the answer may have."""

import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from lyceum.kit.errors import BadRequest, Detail, ValidationFailed
from lyceum.kit.http.pages import Page


def check(fields: str, function: Callable[..., Any]) -> None:
    """Refuse a list that names a field which the answers of a route's function never have (400)."""
    answer = _answer_of(function)
    unknown = [path for path in _paths(fields) if not _has(answer, tuple(path.split(".")))]
    if unknown:
        details = [Detail("fields", f"{path} is no field of this answer.") for path in unknown]
        raise ValidationFailed("Some fields are unknown.", details=details)


def select(data: dict[str, Any], fields: str) -> dict[str, Any]:
    """Keep the named fields of a JSON object; `a.b` keeps `b` inside `a`. Raises BadRequest for a malformed list."""
    chosen: dict[str, Any] = {}
    for path in _paths(fields):
        name, _, rest = path.partition(".")
        if name not in data:
            continue
        inner = data[name]
        if rest and isinstance(inner, dict):
            chosen[name] = chosen.get(name, {}) | select(inner, rest)
        elif rest and isinstance(inner, list):
            chosen[name] = [select(item, rest) if isinstance(item, dict) else item for item in inner]
        else:
            chosen[name] = inner
    return chosen


def _paths(fields: str) -> list[str]:
    paths = [path.strip() for path in fields.split(",")]
    if not all(name for path in paths for name in path.split(".")):
        raise BadRequest("`fields` is a list of names separated by commas.")
    return paths


@cache
def _answer_of(function: Callable[..., Any]) -> Any:
    return get_type_hints(function, include_extras=True).get("return", Any)


@cache
def _has(annotation: Any, path: tuple[str, ...]) -> bool:
    """Say whether a value of this type may have a field at this path."""
    if not path:
        return True
    name, *rest = path
    for kind in _objects(annotation):
        if kind is Any:
            return True
        inner = _fields(kind).get(name)
        if inner is not None and _has(inner, tuple(rest)):
            return True
    return False


@cache
def _fields(kind: type[BaseModel]) -> dict[str, Any]:
    declared = {
        field.serialization_alias or field.alias or name: field.annotation for name, field in kind.model_fields.items()
    }
    return {name: Any if annotation is None else annotation for name, annotation in declared.items()}


def _objects(annotation: Any) -> Iterator[Any]:
    """Name the classes of objects that a value may be or hold in a list; Any for objects with names of their own."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _objects(get_args(annotation)[0])
    elif annotation is Any or isinstance(annotation, TypeVar) or annotation is dict or origin is dict:
        yield Any
    elif origin in {Union, types.UnionType, list, tuple, set, frozenset}:
        for each in get_args(annotation):
            yield from _objects(each)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        generic = annotation.__pydantic_generic_metadata__
        if generic["origin"] is Page:
            yield from _objects(generic["args"][0])
        else:
            yield annotation
