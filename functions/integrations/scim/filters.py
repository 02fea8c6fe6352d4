"""Filters (RFC 7644, 3.4.2.2): read into a tree, held against resources as JSON values.

What is read is bounded: a thousand characters and ten levels, so that no filter takes long.
"""

import re
from collections.abc import Callable
from typing import Any

from lyceum.kit.errors import BadRequest, Detail
from lyceum.kit.frozen import frozen

MOST_CHARACTERS = 1000
_MOST_LEVELS = 10
_TOKEN = re.compile(r'\s*(?:(\(|\)|\[|\])|("(?:[^"\\]|\\.)*")|([^\s()\[\]"]+))')
_ESCAPE = re.compile(r"\\(.)")
_LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None}
_COMPARISONS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})


@frozen
class Test:
    """An attribute held against a value; `operator` is `pr` where there only has to be one."""

    attribute: str
    operator: str
    value: Any = None


@frozen
class Branch:
    """`and`, `or` or `not` of others, or `[]`: one value of a multi-valued `attribute` fulfils all of them."""

    operator: str
    parts: tuple["Tree", ...]
    attribute: str = ""


Tree = Test | Branch


def read(text: str) -> Tree:
    """Read a filter; raises BadRequest with the detail invalidFilter."""
    if len(text) > MOST_CHARACTERS:
        raise refused("This filter is too long.")
    reader = _Reader(_tokens(text))
    tree = reader.alternatives(0)
    reader.end()
    return tree


def refused(message: str) -> BadRequest:
    """Return the refusal of a filter that is not understood or not searched by."""
    return BadRequest(message, details=[Detail("filter", message, "invalidFilter")])


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise refused("This filter can not be read.")
        found.append(match.group().strip())
        place = match.end()
    return found


class _Reader:
    """Reads a filter from left to right: `or` binds less than `and`, and that less than `not`."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._place = tokens, 0

    def end(self) -> None:
        if self._place < len(self._tokens):
            raise refused("This filter goes on where it should end.")

    def alternatives(self, level: int) -> Tree:
        return self._joined("or", self._conjunction, level)

    def _conjunction(self, level: int) -> Tree:
        return self._joined("and", self._single, level)

    def _joined(self, word: str, read_part: Callable[[int], Tree], level: int) -> Tree:
        parts = [read_part(level)]
        while self._peek().lower() == word:
            self._next()
            parts.append(read_part(level))
        return parts[0] if len(parts) == 1 else Branch(word, tuple(parts))

    def _single(self, level: int) -> Tree:
        if level >= _MOST_LEVELS:
            raise refused("This filter is nested too deeply.")
        word = self._next()
        if word == "(":
            return self._until(")", level)
        if word.lower() == "not" and self._peek() == "(":
            self._next()
            return Branch("not", (self._until(")", level),))
        if self._peek() == "[":
            self._next()
            return Branch("[]", (self._until("]", level),), word)
        return self._test(word)

    def _until(self, closing: str, level: int) -> Tree:
        tree = self.alternatives(level + 1)
        if self._next() != closing:
            raise refused(f"This filter has no {closing} where it should.")
        return tree

    def _test(self, attribute: str) -> Test:
        operator = self._next().lower()
        if operator == "pr":
            return Test(attribute, operator)
        if operator not in _COMPARISONS:
            raise refused("This filter compares in no way that there is.")
        return Test(attribute, operator, _value(self._next()))

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _next(self) -> str:
        word = self._peek()
        if not word:
            raise refused("This filter ends too early.")
        self._place += 1
        return word


def _value(token: str) -> Any:
    if token.startswith('"'):
        return _ESCAPE.sub(r"\1", token[1:-1])
    if token.lower() in _LITERALS:
        return _LITERALS[token.lower()]
    try:
        return float(token)
    except ValueError:
        raise refused("This filter compares with no value.") from None


def holds(tree: Tree, resource: Any) -> bool:
    """Say whether a resource, a JSON value, fulfils a filter; names and texts are compared without case."""
    if isinstance(tree, Test):
        found = values(resource, tree.attribute)
        if tree.operator == "ne":
            return not any(_compared("eq", value, tree.value) for value in found)
        return any(_compared(tree.operator, value, tree.value) for value in found)
    if tree.operator == "[]":
        return any(holds(tree.parts[0], value) for value in values(resource, tree.attribute))
    if tree.operator == "not":
        return not holds(tree.parts[0], resource)
    matches = (holds(part, resource) for part in tree.parts)
    return all(matches) if tree.operator == "and" else any(matches)


def values(resource: Any, path: str) -> list[Any]:
    """Return the values that a path such as `name.givenName` names; of several each, of a complex one its `value`."""
    level = [resource]
    for name in path.rpartition(":")[2].split("."):
        level = [
            inner
            for each in level
            if isinstance(each, dict)
            for key, value in each.items()
            if key.lower() == name.lower()
            for inner in (value if isinstance(value, list) else [value])
        ]
    return level


def _compared(operator: str, value: Any, wanted: Any) -> bool:
    if isinstance(value, dict) and not isinstance(wanted, dict):
        value = value.get("value")
    if operator == "pr":
        return value not in (None, "", [], {})
    if isinstance(value, str) and isinstance(wanted, str):
        value, wanted = value.casefold(), wanted.casefold()
        texts = {"co": wanted in value, "sw": value.startswith(wanted), "ew": value.endswith(wanted)}
        if operator in texts:
            return bool(texts[operator])
    if operator == "eq":
        return bool(value == wanted)
    is_like = value is not None and type(value) is type(wanted)
    return bool(is_like) and _ordered(operator, value, wanted)


def _ordered(operator: str, value: Any, wanted: Any) -> bool:
    orders = {"gt": value > wanted, "ge": value >= wanted, "lt": value < wanted, "le": value <= wanted}
    return bool(orders.get(operator, False))


def equalities(tree: Tree) -> dict[str, str]:
    """Return the texts that a resource must have by name, whatever else the filter asks: names in lower case."""
    if isinstance(tree, Test):
        name = tree.attribute.rpartition(":")[2].lower()
        return {name: tree.value} if tree.operator == "eq" and isinstance(tree.value, str) else {}
    if tree.operator == "and":
        return {name: value for part in tree.parts for name, value in equalities(part).items()}
    if tree.operator == "[]":
        return {f"{tree.attribute.lower()}.{name}": value for name, value in equalities(tree.parts[0]).items()}
    return {}
