"""What follows from the counters of an assessment: distribution of scores, percentiles, facility, discrimination.

Discrimination is the point-biserial correlation of a question's marks with the marks of all the others, the corrected
item-total correlation (Henrysson 1963; Allen and Yen, Introduction to Measurement Theory, 1979, section 6.3).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from lyceum.kit.values.decimals import rounded
from lyceum.model.exams.statistics import ItemStatistics, ScoreDistribution

FEWEST_TAKERS = 20
UNIT = 10_000
"""Counters keep parts of a whole in ten-thousandths."""

PERCENT_UNIT = 100
"""Counters keep percentages in hundredths."""

_SCALE = 10**12


def percentile(distribution: ScoreDistribution | None, percent: Decimal) -> Decimal | None:
    """Return the percentage of first attempts below a score, those with the same whole percentage counted half.

    None while there are fewer than 20 takers. (The usual definition of a percentile rank: Crocker and Algina,
    Introduction to Classical and Modern Test Theory, 1986, chapter 19.)
    """
    counts = takers(distribution)
    total = sum(counts.values())
    if total < FEWEST_TAKERS:
        return None
    own = int(percent)
    below = sum(count for each, count in counts.items() if each < own)
    return rounded(Fraction(2 * below + counts.get(own, 0), 2 * total) * 100, 1)


def takers(distribution: ScoreDistribution | None) -> dict[int, int]:
    """Return how many first attempts ended with each whole percentage."""
    kept: Mapping[str, int] = distribution.takers.as_dict() if distribution else {}
    return {int(name[1:]): int(count) for name, count in sorted(kept.items()) if count}


def in_tens(counts: Mapping[int, int]) -> list[int]:
    """Add up counts of percentages in ten groups: 0 to 9, 10 to 19 and so on; the last one holds 100 too."""
    groups = [0] * 10
    for percent, count in counts.items():
        groups[min(9, percent // 10)] += count
    return groups


def mean(total: float, count: int, unit: int, *, places: int = 4) -> Decimal | None:
    """Return a mean from a sum in parts of a unit; None of nothing."""
    return rounded(Fraction(int(total), int(count) * unit), places) if count else None


def deviation(total: float, squares: float, count: int, unit: int, *, places: int = 4) -> Decimal | None:
    """Return the standard deviation of a whole population from sums in parts of a unit; None of nothing."""
    if not count:
        return None
    return rounded(_root(_variance(total, squares, count)) / unit, places)


def median(counts: Mapping[int, int]) -> Decimal | None:
    """Return the median of whole percentages; None of nothing."""
    values = [percent for percent, count in sorted(counts.items()) for _ in range(count)]
    if not values:
        return None
    middle = len(values) // 2
    return Decimal(values[middle]) if len(values) % 2 else Decimal(values[middle - 1] + values[middle]) / 2


def discrimination(item: ItemStatistics) -> Decimal | None:
    """Return the corrected item-total correlation, from -1 to 1.

    None where all marks of the item or all of the rest are equal.
    """
    count = int(item.attempts)
    spread = (
        _variance(item.item_sum, item.item_squares, count) * _variance(item.rest_sum, item.rest_squares, count)
        if count
        else 0
    )
    if not spread:
        return None
    together = Fraction(int(item.products), count) - Fraction(int(item.item_sum) * int(item.rest_sum), count * count)
    return rounded(together / _root(Fraction(spread)), 4)


def _variance(total: float, squares: float, count: int) -> Fraction:
    return Fraction(int(squares), count) - Fraction(int(total), count) ** 2


def _root(value: Fraction) -> Fraction:
    """Return a square root, exact to twelve places."""
    return Fraction(isqrt(value.numerator * _SCALE**2 // value.denominator), _SCALE)


def unit_parts(value: Fraction) -> int:
    """Write a part of the whole in ten-thousandths, as counters keep it."""
    return round(value * UNIT)


def rests(rows: Sequence[Mapping[str, str]]) -> list[tuple[int, int]]:
    """Return for each marked question the parts that were earned of its marks and of all others, in ten-thousandths."""
    scores = [Fraction(row["score"]) for row in rows]
    worths = [Fraction(row["max_score"]) for row in rows]
    total, best = sum(scores), sum(worths)
    parts = []
    for score, worth in zip(scores, worths, strict=True):
        rest = best - worth
        parts.append((unit_parts(score / worth) if worth else 0, unit_parts((total - score) / rest) if rest else 0))
    return parts
