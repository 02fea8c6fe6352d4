"""The types of question that an exam can hold: how many options may be chosen and how much of the marks they earn."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

Choice = frozenset[str]


@dataclass(frozen=True)
class QuestionType:
    """What delivery and scoring have to know of a type; `credit` is the part of the marks that a choice earns."""

    most_choices: int
    credit: Callable[[Choice, Choice], Decimal]


def _all_or_nothing(chosen: Choice, correct: Choice) -> Decimal:
    return Decimal(int(chosen == correct))


QUESTION_TYPES = {"single": QuestionType(most_choices=1, credit=_all_or_nothing)}
"""Every type by the name that questions carry; a new type is a new row."""
