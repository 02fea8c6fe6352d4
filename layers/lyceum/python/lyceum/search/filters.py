"""The filter language of advanced search: terms of fields, joined by AND, OR and NOT, with parentheses.

    filter  = or
    or      = and { "OR" and }
    and     = not { ["AND"] not }
    not     = ["NOT" | "-"] ( "(" or ")" | term )
    term    = field ":" values | field ( ">" | ">=" | "<" | "<=" | "=" ) value | field ":" value ".." value
    values  = value | "(" value { ["OR"] value } ")" | "*"
    value   = word | '"' text '"'

NOT binds closest, then AND, which may be left out, then OR. Words of the language are in capitals or not. `field:*`
asks that there is a value, a range may be open at one end (`year:2015..`), and a date is `2027-01-31`, or has a time
and stands in quotation marks.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.kit.frozen import frozen
from lyceum.kit.values.text import without_accents

MOST_CHARACTERS = 2_000
MOST_TERMS = 60
MOST_DEPTH = 10
_TOKEN = re.compile(
    r'\s*(?:(?P<sign>\(|\)|>=|<=|>|<|=|:|\.\.|\*|-(?=\S))|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<word>[^\s()<>=:"*]+))'
)
_OPERATORS = {">": (False, True), ">=": (True, True), "<": (False, False), "<=": (True, False)}
"""By sign: whether the bound itself is meant, and whether it is the lower one."""


@frozen
class AllOf:
    """Every part holds."""

    parts: "tuple[Filter, ...]"


@frozen
class AnyOf:
    """At least one part holds."""

    parts: "tuple[Filter, ...]"


@frozen
class Not:
    """The part does not hold."""

    part: "Filter"


@frozen
class OneOf:
    """An attribute has one of these values, in their folded spelling."""

    name: str
    values: tuple[str, ...]


@frozen
class Between:
    """A number lies between two bounds; None leaves that end open, `*_included` says whether a bound itself counts."""

    name: str
    low: float | None = None
    high: float | None = None
    low_included: bool = True
    high_included: bool = True


@frozen
class Exists:
    """An attribute has a value."""

    name: str


Filter = AllOf | AnyOf | Not | OneOf | Between | Exists


class FilterInvalid(ValidationFailed):
    """A filter that can not be read; the detail names the place by its character, counted from 1."""

    def __init__(self, text: str, place: int, wrong: str) -> None:
        near = text[place : place + 20].strip() or "the end"
        super().__init__(
            f"The filter can not be read at character {place + 1}: {wrong}.",
            details=[Detail(f"filter[{place}]", f"{wrong}, at “{near}”", "FILTER_INVALID")],
        )


@frozen
class Field:
    """A field of the language: the attribute of the index that it asks, and how its values are read."""

    attribute: str
    kind: str = "value"


@lru_cache(1 << 14)
def folded(value: str) -> str:
    """Write a value as the index holds it for comparison: without case and marks."""
    return without_accents(value)


def parse(text: str, fields: dict[str, Field]) -> Filter | None:
    """Read a filter; None for an empty one. Raises FilterInvalid, which names the place."""
    if len(text) > MOST_CHARACTERS:
        raise FilterInvalid(text, MOST_CHARACTERS, f"a filter has at most {MOST_CHARACTERS} characters")
    if not text.strip():
        return None
    return _Parser(text, fields).whole()


@frozen
class _Token:
    sign: str
    value: str
    place: int
    is_quoted: bool = False

    @property
    def keyword(self) -> str:
        return self.value.upper() if not self.sign and not self.is_quoted else ""


class _Parser:
    """Reads one filter from left to right, each rule of the grammar by a method of its own."""

    def __init__(self, text: str, fields: dict[str, Field]) -> None:
        self._text, self._fields, self._tokens = text, fields, _tokens(text)
        self._at = self._depth = self._terms = 0

    def whole(self) -> Filter:
        found = self._or()
        if self._at < len(self._tokens):
            raise self._error("AND, OR or the end is expected here")
        return found

    def _or(self) -> Filter:
        parts = [self._and()]
        while self._take(keyword="OR"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _and(self) -> Filter:
        parts = [self._not()]
        while True:
            if self._take(keyword="AND") or (self._peek() and not self._is(")") and self._peek_keyword() != "OR"):
                parts.append(self._not())
            else:
                return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _not(self) -> Filter:
        if self._take(keyword="NOT") or self._take("-"):
            return Not(self._not_nested(self._not))
        if self._take("("):
            found = self._not_nested(self._or)
            if not self._take(")"):
                raise self._error("a closing parenthesis is missing")
            return found
        return self._term()

    def _not_nested(self, rule: "Callable[[], Filter]") -> Filter:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise self._error(f"a filter is at most {MOST_DEPTH} levels deep")
        found = rule()
        self._depth -= 1
        return found

    def _term(self) -> Filter:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise self._error(f"a filter has at most {MOST_TERMS} terms")
        name = self._peek()
        if name is None or name.sign or name.is_quoted or name.keyword in {"AND", "OR", "NOT"}:
            raise self._error("the name of a field is expected here")
        field = self._fields.get(name.value)
        if field is None:
            raise self._error(f"there is no field of that name; there are {', '.join(sorted(self._fields))}")
        self._at += 1
        for sign, (included, is_low) in _OPERATORS.items():
            if self._take(sign):
                bound = self._number(field)
                if is_low:
                    return Between(field.attribute, low=bound, low_included=included)
                return Between(field.attribute, high=bound, high_included=included)
        if not (self._take(":") or self._take("=")):
            raise self._error("one of : = > >= < <= is expected here")
        return self._values(field)

    def _values(self, field: Field) -> Filter:
        if self._take("*"):
            return Exists(field.attribute)
        if field.kind != "value":
            return self._range(field)
        if not self._take("("):
            return OneOf(field.attribute, (folded(self._value()),))
        values = [folded(self._value())]
        while not self._take(")"):
            self._take(keyword="OR")
            values.append(folded(self._value()))
        return OneOf(field.attribute, tuple(values))

    def _range(self, field: Field) -> Filter:
        low = None if self._is("..") else self._number(field)
        if not self._take(".."):
            return self._whole_day(field, low) if field.kind == "date" else Between(field.attribute, low, low)
        after = self._peek()
        is_open = after is None or after.sign == ")" or after.keyword in {"AND", "OR", "NOT"} or self._begins_term()
        high = None if is_open else self._number(field, is_end=True)
        if low is None and high is None:
            raise self._error("a range has a bound at one end at least")
        return Between(field.attribute, low, high)

    def _whole_day(self, field: Field, low: float | None) -> Filter:
        """A date without a range is its whole day."""
        return Between(field.attribute, low, None if low is None else low + 86_399)

    def _begins_term(self) -> bool:
        following = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else None
        return following is not None and following.sign in {":", "=", *_OPERATORS}

    def _value(self) -> str:
        token = self._peek()
        if token is None or token.sign:
            raise self._error("a value is expected here")
        self._at += 1
        return token.value

    def _number(self, field: Field, *, is_end: bool = False) -> float:
        if field.kind == "value":
            raise self._error("this field has no order; ask by : for its values")
        place = self._at
        is_negative = self._take("-")
        text = self._value()
        try:
            number = _seconds(text, is_end=is_end) if field.kind == "date" else float(text)
        except ValueError:
            self._at = place
            wanted = "a date such as 2027-01-31" if field.kind == "date" else "a number"
            raise self._error(f"{wanted} is expected here") from None
        return -number if is_negative else number

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _peek_keyword(self) -> str:
        token = self._peek()
        return token.keyword if token else ""

    def _is(self, sign: str) -> bool:
        token = self._peek()
        return token is not None and token.sign == sign

    def _take(self, sign: str = "", keyword: str = "") -> bool:
        if (sign and self._is(sign)) or (keyword and self._peek_keyword() == keyword):
            self._at += 1
            return True
        return False

    def _error(self, wrong: str) -> FilterInvalid:
        token = self._peek()
        return FilterInvalid(self._text, token.place if token else len(self._text), wrong)


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    text_end = len(text.rstrip())
    while place < text_end:
        match = _TOKEN.match(text, place)
        if match is None:
            place += len(text[place:]) - len(text[place:].lstrip())
            wrong = "a quotation mark is not closed" if text[place] == '"' else "this character can not stand here"
            raise FilterInvalid(text, place, wrong)
        found += _parts(match)
        place = match.end()
    return found


def _parts(match: "re.Match[str]") -> list[_Token]:
    """Return the tokens of a match: a word that holds two dots is a range."""
    if match["sign"]:
        return [_Token(match["sign"], match["sign"], match.start("sign"))]
    if match["text"] is not None:
        return [_Token("", re.sub(r"\\(.)", r"\1", match["text"]), match.start("text") - 1, is_quoted=True)]
    low, dots, high = match["word"].partition("..")
    start = match.start("word")
    pieces = [("", low, start), ("..", dots, start + len(low)), ("", high, start + len(low) + 2)]
    return [_Token(sign, value, place) for sign, value, place in pieces if value]


def _seconds(text: str, *, is_end: bool) -> float:
    """Read a date, or a date and time, as seconds (Unix time, UTC where no offset stands); raises ValueError.

    A date that ends a range means the end of its day.
    """
    moment = datetime.fromisoformat(text.upper())
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    is_date = len(text) == len("2027-01-31")
    return moment.timestamp() + (86_399 if is_end and is_date else 0)
