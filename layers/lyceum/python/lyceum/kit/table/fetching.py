"""Reading a few items that are named by their keys, each with its own type, in one request."""

from typing import Any, TypeVar, overload

from lyceum.kit.table.entity import Entity, UnknownKind
from lyceum.kit.table.reading import batch_fetch

A = TypeVar("A", bound=Entity)
B = TypeVar("B", bound=Entity)
C = TypeVar("C", bound=Entity)
D = TypeVar("D", bound=Entity)
E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Entity)


@overload
def fetch_many(a: A, /, *, consistent: bool = False) -> tuple[A | None]: ...


@overload
def fetch_many(a: A, b: B, /, *, consistent: bool = False) -> tuple[A | None, B | None]: ...


@overload
def fetch_many(a: A, b: B, c: C, /, *, consistent: bool = False) -> tuple[A | None, B | None, C | None]: ...


@overload
def fetch_many(
    a: A, b: B, c: C, d: D, /, *, consistent: bool = False
) -> tuple[A | None, B | None, C | None, D | None]: ...


@overload
def fetch_many(
    a: A, b: B, c: C, d: D, e: E, /, *, consistent: bool = False
) -> tuple[A | None, B | None, C | None, D | None, E | None]: ...


@overload
def fetch_many(
    a: A, b: B, c: C, d: D, e: E, f: F, /, *, consistent: bool = False
) -> tuple[A | None, B | None, C | None, D | None, E | None, F | None]: ...


def fetch_many(*named: Entity, consistent: bool = False) -> tuple[Any, ...]:
    """Read the items named (by `Entity.at`), in their order and with their types; None where there is none.

    For a list of items of one kind there is `batch_fetch`. Raises UnknownKind for an item of another kind than its
    name's.
    """
    found = batch_fetch(named, consistent=consistent)
    for name, item in zip(named, found, strict=True):
        if item is not None and not isinstance(item, type(name)):
            raise UnknownKind(f"{type(item).__name__} at {item.pk} is no {type(name).__name__}")
    return tuple(found)
