"""Logistic regression: training by Newton's method, scoring with the reasons. Pure Python, no arrays.

Features are brought to mean 0 and spread 1, and weights are held back by a ridge (le Cessie and van Houwelingen 1992,
*Applied Statistics* 41, 191-201). The reasons of a chance are the largest of `weight x feature`, measured from the mean
student.
"""

from collections.abc import Mapping, Sequence
from math import exp, sqrt
from statistics import fmean

from lyceum.kit.frozen import frozen

Row = Sequence[float]
_ROUNDS = 25
_RIDGE = 1.0
_CLOSE = 1e-7
_LEAST_SPREAD = 1e-6


class Unsolvable(ArithmeticError):
    """The data do not determine the weights."""


@frozen
class Coefficients:
    """A trained model: by feature its mean, spread and weight, and the intercept."""

    names: tuple[str, ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def contributions(self, row: Row) -> list[float]:
        """Return what each feature adds to the logit, beside the mean student's."""
        return [
            weight * (value - mean) / spread
            for value, mean, spread, weight in zip(row, self.means, self.spreads, self.weights, strict=True)
        ]

    def chance(self, row: Row) -> float:
        """Return the probability, from 0 to 1."""
        return logistic(self.intercept + sum(self.contributions(row)))

    def to_json(self) -> dict[str, object]:
        """Write the model as JSON values."""
        rows = zip(self.names, self.means, self.spreads, self.weights, strict=True)
        features = {name: [mean, spread, weight] for name, mean, spread, weight in rows}
        return {"features": features, "intercept": self.intercept}

    @classmethod
    def from_json(cls, given: Mapping[str, object]) -> "Coefficients":
        """Read what `to_json` wrote."""
        features = given["features"]
        if not isinstance(features, dict):
            raise TypeError("a model has features")
        means, spreads, weights = (tuple(float(each[place]) for each in features.values()) for place in range(3))
        return cls(tuple(features), means, spreads, weights, float(str(given["intercept"])))


def logistic(value: float) -> float:
    """Return `1 / (1 + exp(-value))`."""
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))


def train(names: Sequence[str], rows: Sequence[Row], outcomes: Sequence[bool]) -> Coefficients:
    """Fit the weights; raises Unsolvable where there is nothing to learn from."""
    if not rows or all(outcomes) or not any(outcomes):
        raise Unsolvable("both outcomes are needed")
    columns = list(zip(*rows, strict=True))
    means = [fmean(column) for column in columns]
    spreads = [_spread(column, mean) for column, mean in zip(columns, means, strict=True)]
    scaled = [
        [1.0, *((value - mean) / spread for value, mean, spread in zip(row, means, spreads, strict=True))]
        for row in rows
    ]
    weights = [0.0] * (len(names) + 1)
    for _ in range(_ROUNDS):
        step = _newton(scaled, outcomes, weights)
        weights = [weight + each for weight, each in zip(weights, step, strict=True)]
        if max(map(abs, step)) < _CLOSE:
            break
    return Coefficients(tuple(names), tuple(means), tuple(spreads), tuple(weights[1:]), weights[0])


def _spread(column: Sequence[float], mean: float) -> float:
    spread = sqrt(fmean((value - mean) ** 2 for value in column))
    return spread if spread > _LEAST_SPREAD else 1.0


def _newton(rows: Sequence[Row], outcomes: Sequence[bool], weights: Sequence[float]) -> list[float]:
    size = len(weights)
    slope = [0.0, *(-_RIDGE * weight for weight in weights[1:])]
    curve = [[(_RIDGE if place == other and place else 0.0) for other in range(size)] for place in range(size)]
    for row, outcome in zip(rows, outcomes, strict=True):
        chance = logistic(sum(weight * value for weight, value in zip(weights, row, strict=True)))
        missing, heft = float(outcome) - chance, max(1e-9, chance * (1 - chance))
        for place, value in enumerate(row):
            slope[place] += missing * value
            part, line = heft * value, curve[place]
            for other in range(place + 1):
                line[other] += part * row[other]
    for place in range(size):
        for other in range(place):
            curve[other][place] = curve[place][other]
    return _solve(curve, slope)


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric system by elimination with pivots; raises Unsolvable."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for place in range(size):
        best = max(range(place, size), key=lambda at: abs(rows[at][place]))
        if abs(rows[best][place]) < 1e-12:
            raise Unsolvable("the features repeat each other")
        rows[place], rows[best] = rows[best], rows[place]
        for below in range(place + 1, size):
            share = rows[below][place] / rows[place][place]
            for at in range(place, size + 1):
                rows[below][at] -= share * rows[place][at]
    found = [0.0] * size
    for place in reversed(range(size)):
        rest = rows[place][size] - sum(rows[place][at] * found[at] for at in range(place + 1, size))
        found[place] = rest / rows[place][place]
    return found


@frozen
class Calibration:
    """Steps from a model's chance to the share that it came true in (isotonic regression): upper ends and shares."""

    ends: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()

    def of(self, chance: float) -> float:
        """Return the calibrated chance; the chance itself where nothing was calibrated."""
        for end, share in zip(self.ends, self.shares, strict=True):
            if chance <= end:
                return share
        return self.shares[-1] if self.shares else chance


def calibrated(chances: Sequence[float], outcomes: Sequence[bool], *, least: int = 40) -> Calibration:
    """Pool adjacent violators (Ayer et al. 1955, *Annals of Mathematical Statistics* 26, 641-647); of nothing, nothing.

    It begins with groups of `least` members, and shares are drawn to one half as by two further members, so that no
    chance is 0 or 1.
    """
    if not chances:
        return Calibration()
    ordered = sorted(zip(chances, outcomes, strict=True))
    count = max(1, len(ordered) // least)
    pooled: list[list[float]] = []
    for place in range(count):
        group = ordered[len(ordered) * place // count : len(ordered) * (place + 1) // count]
        pooled.append([group[-1][0], float(sum(outcome for _, outcome in group)), float(len(group))])
        while len(pooled) > 1 and pooled[-2][1] * pooled[-1][2] >= pooled[-1][1] * pooled[-2][2]:
            end, hits, size = pooled.pop()
            pooled[-1] = [end, pooled[-1][1] + hits, pooled[-1][2] + size]
    return Calibration(
        tuple(round(each[0], 6) for each in pooled), tuple(round((each[1] + 1) / (each[2] + 2), 6) for each in pooled)
    )
