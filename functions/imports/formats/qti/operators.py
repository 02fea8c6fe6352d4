"""The operators of response processing (IMS QTI 2.1, 15), each on the values of its operands."""

from collections.abc import Callable
from decimal import Decimal
from math import prod
from typing import Any
from xml.etree.ElementTree import Element

from functions.imports.syntax.drafts import decimal_of

Value = Decimal | str | bool | tuple[Any, ...] | None
"""A number, an identifier, pair or text, a truth, several of them, or nothing (NULL)."""


class Ordered(tuple[Any, ...]):
    """Several values whose order counts."""

    __slots__ = ()


class Unknown(Exception):
    """The rules use something that is not known here; the message names it."""


def same(first: Value, second: Value) -> bool:
    """Compare as `match` does: several values of a set in any order, those of an order in theirs."""
    if isinstance(first, Ordered) or isinstance(second, Ordered):
        return isinstance(first, tuple) and isinstance(second, tuple) and tuple(first) == tuple(second)
    if isinstance(first, tuple) and isinstance(second, tuple):
        return first == second or sorted(map(str, first)) == sorted(map(str, second))
    return first is not None and first == second


def _numbers(values: list[Value]) -> list[Decimal] | None:
    found = [each for each in values if isinstance(each, Decimal)]
    return found if len(found) == len(values) else None


def _compared(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[list[Value], Element], Value]:
    def operator(values: list[Value], _expression: Element) -> Value:
        found = _numbers(values)
        return compare(*found) if found and len(found) == 2 else None

    return operator


def _reckoned(reckon: Callable[[list[Decimal]], Decimal]) -> Callable[[list[Value], Element], Value]:
    def operator(values: list[Value], _expression: Element) -> Value:
        found = _numbers(values)
        try:
            return reckon(found) if found else None
        except (ArithmeticError, IndexError):
            return None

    return operator


def _string_match(values: list[Value], expression: Element) -> Value:
    if len(values) != 2 or not all(isinstance(each, str) for each in values):
        return None
    first, second = map(str, values)
    if expression.get("substring") == "true":
        return second.casefold() in first.casefold() if expression.get("caseSensitive") == "false" else second in first
    return first.casefold() == second.casefold() if expression.get("caseSensitive") == "false" else first == second


def _equal(values: list[Value], expression: Element) -> Value:
    found = _numbers(values)
    if not found or len(found) != 2:
        return None
    value, right = found
    sides = [decimal_of(side) or Decimal(0) for side in expression.get("tolerance", "").split()]
    mode = expression.get("toleranceMode", "exact")
    if mode == "exact" or not sides:
        return value == right
    scale = abs(right) / 100 if mode == "relative" else Decimal(1)
    return right - sides[0] * scale <= value <= right + sides[-1] * scale


def _index(values: list[Value], expression: Element) -> Value:
    place = expression.get("n", "")
    if len(values) != 1 or not isinstance(values[0], tuple) or not place.isdecimal():
        return None
    listed: tuple[Value, ...] = values[0]
    return listed[int(place) - 1] if 1 <= int(place) <= len(listed) else None


def _member(values: list[Value], _expression: Element) -> Value:
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    holder = values[1] if isinstance(values[1], tuple) else (values[1],)
    return values[0] in holder


def _every(values: list[Value]) -> tuple[Value, ...]:
    found: list[Value] = []
    for each in values:
        found += each if isinstance(each, tuple) else [] if each is None else [each]
    return tuple(found)


OPERATORS: dict[str, Callable[[list[Value], Element], Value]] = {
    "match": lambda values, _: same(*values) if len(values) == 2 and None not in values else None,
    "member": _member,
    "contains": lambda values, _: (
        set(values[1]) <= set(values[0])
        if len(values) == 2 and isinstance(values[0], tuple) and isinstance(values[1], tuple)
        else None
    ),
    "stringMatch": _string_match,
    "equal": _equal,
    "and": lambda values, _: False if False in values else None if None in values else True,
    "or": lambda values, _: True if True in values else None if None in values else False,
    "not": lambda values, _: not values[0] if len(values) == 1 and isinstance(values[0], bool) else None,
    "isNull": lambda values, _: len(values) == 1 and values[0] in (None, "", ()),
    "gte": _compared(lambda first, second: first >= second),
    "gt": _compared(lambda first, second: first > second),
    "lte": _compared(lambda first, second: first <= second),
    "lt": _compared(lambda first, second: first < second),
    "sum": _reckoned(lambda numbers: sum(numbers, Decimal(0))),
    "max": _reckoned(max),
    "min": _reckoned(min),
    "product": _reckoned(lambda numbers: prod(numbers, start=Decimal(1))),
    "subtract": _reckoned(lambda numbers: numbers[0] - sum(numbers[1:], Decimal(0))),
    "index": _index,
    "multiple": lambda values, _: _every(values) or None,
    "ordered": lambda values, _: Ordered(_every(values)) or None,
    "divide": _reckoned(lambda numbers: numbers[0] / numbers[1]),
}
