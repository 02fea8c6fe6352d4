"""Shares and means of what was counted of a learner. Pure."""

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from lyceum.kit.values.decimals import rounded

Share = Annotated[float | None, Field(description="Percentage; absent of nothing.")]


def percent(part: float, whole: float) -> float | None:
    """Return a share of halves as a percentage; None of nothing."""
    return float(rounded(Fraction(int(2 * part), int(2 * whole)) * 100, 2)) if whole else None


def mean(total: float, count: float) -> float | None:
    """Return a mean of sums in hundredths; None of nothing."""
    return round(total / count / 100, 2) if count else None
