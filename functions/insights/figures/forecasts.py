"""Forecasts of daily figures: additive Holt-Winters with a week as season, fitted on the days themselves.

The smoothing weights are those of a small grid with the least squared error a day ahead. Bounds follow from the
variance of that error in the closed form for additive errors (Hyndman, Koehler, Ord and Snyder 2008, class 1, table
6.1): `s^2 (1 + (h-1)(a^2 + a b h + b^2 h (2h-1)/6) + sum of the seasonal terms)`.
"""

from collections.abc import Sequence
from math import sqrt

from lyceum.kit.frozen import frozen

WEEK = 7
_LEVELS = (0.05, 0.1, 0.2, 0.4, 0.6)
_SLOPES = (0.0, 0.02, 0.1)
_SEASONS = (0.02, 0.1, 0.3)
BOUND = 1.2816
"""Standard deviations between which four of five values lie (normal distribution)."""


@frozen
class Fit:
    """What was found in a row of daily values.

    Attributes:
        weights: Of level, slope and season.
        level: At the last day; `slope` is its change a day.
        season: What each day of the week adds, by its place in the row modulo seven.
        variance: Of the error a day ahead.
        error: Its mean absolute value; `naive` that of saying what was a week ago.
    """

    weights: tuple[float, float, float]
    level: float
    slope: float
    season: tuple[float, ...]
    variance: float
    error: float
    naive: float
    length: int

    def ahead(self, days: int) -> list[tuple[float, float, float]]:
        """Return value, lower and upper bound of so many days."""
        alpha, beta, gamma = self.weights
        told = []
        spread = 1.0
        for step in range(1, days + 1):
            value = self.level + step * self.slope + self.season[(self.length + step - 1) % WEEK]
            if step > 1:
                past = step - 1
                spread += (alpha * (1 + past * beta) + (gamma if past % WEEK == 0 else 0.0)) ** 2
            wide = BOUND * sqrt(self.variance * spread)
            told.append((value, value - wide, value + wide))
        return told


def fit(values: Sequence[float]) -> Fit:
    """Fit a row of daily values; raises ValueError for one of less than four weeks."""
    if len(values) < 4 * WEEK:
        raise ValueError("a forecast needs four weeks at least")
    tried = [_smooth(values, (alpha, beta, gamma)) for alpha in _LEVELS for beta in _SLOPES for gamma in _SEASONS]
    return min(tried, key=lambda found: found.variance)


def _smooth(values: Sequence[float], weights: tuple[float, float, float]) -> Fit:
    """Smooth a row in the error form: `b` is the weight of the slope within that of the level."""
    alpha, beta, gamma = weights
    level = sum(values[:WEEK]) / WEEK
    slope = (sum(values[WEEK : 2 * WEEK]) - sum(values[:WEEK])) / (WEEK * WEEK)
    season = [value - level for value in values[:WEEK]]
    errors = []
    for place, value in enumerate(values[WEEK:], WEEK):
        told = level + slope + season[place % WEEK]
        error = value - told
        errors.append(error)
        level += slope + alpha * error
        slope += alpha * beta * error
        season[place % WEEK] += gamma * error
    naive = [abs(values[place] - values[place - WEEK]) for place in range(WEEK, len(values))]
    return Fit(
        weights=weights,
        level=level,
        slope=slope,
        season=tuple(season),
        variance=sum(error * error for error in errors) / len(errors),
        error=sum(map(abs, errors)) / len(errors),
        naive=sum(naive) / len(naive),
        length=len(values),
    )
