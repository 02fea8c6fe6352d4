"""Immutable records that cost a cold start little.

A function imports some sixty records before it answers its first request. For each of them `dataclass(frozen=True)`
compiles six methods, 0.6 ms on Python 3.11 and a fifth of what the product adds to an import; here each record has only
its `__init__` compiled, and all share the rest (`python -m tests.bench imports` measures what that comes to).
"""

from dataclasses import FrozenInstanceError, dataclass, field, fields
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(made: type[T]) -> type[T]:
    """Make a class a dataclass whose fields are set once; to set or delete one later raises FrozenInstanceError.

    It compares, hashes and prints by its fields, as one of `dataclass(frozen=True)` does, unless it says itself how.
    """
    record = dataclass(eq=False, repr=False)(made)
    for name, method in _SHARED.items():
        if name not in made.__dict__:
            setattr(record, name, method)
    return record


def _set_once(record: Any, name: str, value: Any) -> None:
    if name in record.__dict__:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(record, name, value)


def _refuse(_record: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _compared(record: Any) -> tuple[Any, ...]:
    return tuple(getattr(record, each.name) for each in fields(record) if each.compare)


def _equals(record: Any, other: object) -> bool:
    return _compared(record) == _compared(other) if type(other) is type(record) else NotImplemented


def _hash(record: Any) -> int:
    return hash(_compared(record))


def _text(record: Any) -> str:
    shown = (f"{each.name}={getattr(record, each.name)!r}" for each in fields(record) if each.repr)
    return f"{type(record).__qualname__}({', '.join(shown)})"


_SHARED = {"__setattr__": _set_once, "__delattr__": _refuse, "__eq__": _equals, "__hash__": _hash, "__repr__": _text}
