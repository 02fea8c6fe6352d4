"""Small values that questions, keys and responses are made of."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

PartId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
"""The id of an option, prompt, choice, item or criterion within its question."""

GapNumber = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?$")]
"""The number of a gap, as `{{1}}` names it in the stem."""

MOST_PARTS = 20
_MOST_DIGITS = 30
_LARGEST_EXPONENT = 60


def _check_size(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError("must be a finite number")
    if len(value.as_tuple().digits) > _MOST_DIGITS or abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"must have at most {_MOST_DIGITS} digits and a power of ten of at most {_LARGEST_EXPONENT}")
    return value


_SAME = str.maketrans({
    "\u2212": "-", "\u2013": "-", "\uff0d": "-", "\uff0b": "+", "\u066b": ".", "\uff0e": ".", "\uff0c": ",",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u066c": " ",
})  # fmt: skip
_PARTS = re.compile(r"(?P<sign>[+-]?)(?P<body>[\d., ]+?)(?:[eE](?P<power>[+-]?\d{1,4}))?")
_POWER = re.compile(r" ?[x\u00d7\u00b7*] ?10\^")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2},\d{3}")
_WRITTEN = (
    (re.compile(r"\d+\.?\d*|\.\d+"), ""),
    (re.compile(r"\d{1,3}( \d{3})+(\.\d+)?"), " "),
    (re.compile(r"\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}"), ","),
)
"""How numbers are written with a point, and what groups their digits then; with a comma it is the other way round."""


def as_written(value: Any) -> Any:
    """Read a number as people write it; raises ValueError with words for what could mean two things, or nothing.

    Decimal point or comma, digits in groups of three, a Unicode minus, the digits of any script, and `6.6 x 10^-34`
    are understood. A comma before three digits is refused: it is a thousand in one country and a thousandth in another.
    """
    if not isinstance(value, str):
        return value
    found = _parted(value)
    if found is None:
        raise ValueError("this is no number: write it like 1234.5 or -6.6e-34")
    body = found["body"]
    if _AMBIGUOUS.fullmatch(body):
        point, whole = body.replace(",", "."), body.replace(",", "")
        raise ValueError(f"write {whole} or {point}: with a comma it could be either")
    for text in (body, body.translate(str.maketrans(",.", ".,"))):
        for form, group in _WRITTEN:
            if form.fullmatch(text):
                power = f"e{found['power']}" if found["power"] else ""
                return found["sign"] + (text.replace(group, "") if group else text) + power
    raise ValueError("this is no number: write it like 1234.5 or -6.6e-34")


def is_ambiguous(text: str) -> bool:
    """Say whether a comma could part decimals as well as thousands: `1,000`."""
    found = _parted(text)
    return found is not None and _AMBIGUOUS.fullmatch(found["body"]) is not None


def _parted(text: str) -> re.Match[str] | None:
    plain = "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text.strip())
    return _PARTS.fullmatch(_POWER.sub("e", plain.translate(_SAME)))


Number = Annotated[Decimal, BeforeValidator(as_written), AfterValidator(_check_size)]
"""A decimal number, as people write it or as in 6.626e-34; bounded, so that exact arithmetic with it is too."""


def check_distinct(values: list[str]) -> list[str]:
    """Refuse a list that holds a value twice; raises ValueError."""
    if len(set(values)) != len(values):
        raise ValueError("every value may stand in the list once")
    return values


PartIds = Annotated[list[PartId], Field(max_length=MOST_PARTS), AfterValidator(check_distinct)]
"""Different parts of a question, at most 20."""


def quoted(names: Iterable[str]) -> str:
    """Write names as a list for people."""
    return ", ".join(sorted(names))
