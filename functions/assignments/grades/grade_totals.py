"""What grades come to: categories by their weights, a percentage, a letter. Pure rules."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lyceum.kit.frozen import frozen

LETTERS = (("A", 70), ("B", 60), ("C", 50), ("D", 45), ("E", 40), ("F", 0))
"""The scale of a course that names none: from which percentage each letter is given."""
_CENT = Decimal("0.01")
_WHOLE = Decimal(100)


@frozen
class GradeTotal:
    """What the grades so far come to: each category's percentage with its weight, and all of them together."""

    categories: Mapping[str, tuple[int, Decimal]]
    percent: Decimal | None
    letter: str | None


def total(entries: Mapping[str, Mapping[str, Any]], grading: Mapping[str, Any] | None) -> GradeTotal:
    """Weigh the grades: within a category by their points, between categories by the course's weights.

    A category without a weight weighs as the lightest that has one; without any weights all points count alike. The
    weights of categories that have no grade yet, or nothing to earn, are spread over the others.
    """
    given: dict[str, Decimal] = defaultdict(Decimal)
    possible: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries.values():
        given[entry["category"]] += Decimal(entry["points"])
        possible[entry["category"]] += Decimal(entry["max_points"])
    weights: Mapping[str, int] = (grading or {}).get("weights") or {}
    lightest = min(weights.values(), default=0)
    categories = {
        name: (int(weights.get(name, lightest)), share(given[name], most))
        for name, most in sorted(possible.items())
        if most
    }
    if not categories:
        percent = None
    elif weights:
        all_weights = sum(weight for weight, _ in categories.values())
        exact = [weight * given[name] * 100 / possible[name] for name, (weight, _) in categories.items()]
        percent = (sum(exact, Decimal(0)) / all_weights).quantize(_CENT, ROUND_HALF_UP)
    else:
        percent = share(sum(given.values(), Decimal(0)), sum(possible.values(), Decimal(0)))
    return GradeTotal(categories, percent, letter(percent, grading))


def letter(percent: Decimal | None, grading: Mapping[str, Any] | None) -> str | None:
    """Return the letter for a percentage, by the course's scale or the usual one."""
    if percent is None:
        return None
    scale = [(each["letter"], Decimal(each["from_percent"])) for each in (grading or {}).get("letters") or []]
    return next(name for name, least in scale or LETTERS if percent >= least)


def part_of(points: Decimal, percent: Decimal) -> Decimal:
    """Return so many percent of points with two places, halves rounded up."""
    return (points * percent / _WHOLE).quantize(_CENT, ROUND_HALF_UP)


def share(points: Decimal, of: Decimal) -> Decimal:
    """Return points as a percentage with two places, halves rounded up; 0 of nothing."""
    return (points * _WHOLE / of).quantize(_CENT, ROUND_HALF_UP) if of else Decimal("0.00")
