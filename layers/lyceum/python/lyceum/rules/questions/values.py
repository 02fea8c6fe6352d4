"""Small values that questions, keys and responses are made of."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

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


Number = Annotated[Decimal, AfterValidator(_check_size)]
"""A decimal number, written out or as in 6.626e-34; bounded, so that exact arithmetic with it is too."""


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
