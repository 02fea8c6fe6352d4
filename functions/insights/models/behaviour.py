"""Kinds of behaviour: users whose figures are alike, by k-means (Lloyd 1982) over standardised features.

The first centres are those farthest from each other, so the same users give the same kinds.
"""

from collections.abc import Mapping, Sequence
from math import log1p, sqrt

from lyceum.kit.frozen import frozen

FEATURES = ("days", "since", "weeks", "courses", "products", "steps")
"""Of the last thirty days: days there, days since the last; and in all: weeks, courses, products, steps."""
KINDS = 4
MOST_SAMPLED = 4000
_ROUNDS = 25
Row = Sequence[float]


@frozen
class Kinds:
    """What was found: centres in standardised features, the users of each, and how much of the spread they explain."""

    means: list[float]
    spreads: list[float]
    centres: list[list[float]]
    sizes: list[int]
    explained: float

    def nearest(self, row: Row) -> int:
        """Return the number of the kind that a user belongs to."""
        return _nearest(self.centres, _standard(row, self.means, self.spreads))

    def words(self, number: int) -> str:
        """Describe a kind by what sets it apart most."""
        centre = self.centres[number]
        place = max(range(len(FEATURES)), key=lambda each: abs(centre[each]))
        level = "many" if centre[place] > 0 else "few"
        told = {"days": "active days", "since": "days away", "weeks": "weeks with us"}
        return f"{level} {told.get(FEATURES[place], FEATURES[place])}"


def row_of(features: Mapping[str, float]) -> list[float]:
    """Return a user's figures as they are compared: logarithms, since a few users do very much."""
    return [log1p(max(0.0, features[name])) for name in FEATURES]


def find(rows: Sequence[Row]) -> Kinds | None:
    """Part users into kinds; None for fewer than ten for each kind."""
    if len(rows) < 10 * KINDS:
        return None
    columns = list(zip(*rows, strict=True))
    means = [sum(column) / len(rows) for column in columns]
    spreads = [
        sqrt(sum((value - mean) ** 2 for value in column) / len(rows)) or 1.0
        for column, mean in zip(columns, means, strict=True)
    ]
    points = [_standard(row, means, spreads) for row in rows]
    centres = _far_apart(points)
    labels: list[int] = []
    for _ in range(_ROUNDS):
        fresh = [_nearest(centres, point) for point in points]
        if fresh == labels:
            break
        labels = fresh
        centres = [
            _mean([point for point, label in zip(points, labels, strict=True) if label == number]) or centre
            for number, centre in enumerate(centres)
        ]
    within = sum(_distance(point, centres[label]) for point, label in zip(points, labels, strict=True))
    total = sum(value * value for point in points for value in point) or 1.0
    sizes = [labels.count(number) for number in range(len(centres))]
    return Kinds(means, spreads, centres, sizes, 1 - within / total)


def _standard(row: Row, means: Sequence[float], spreads: Sequence[float]) -> list[float]:
    return [(value - mean) / spread for value, mean, spread in zip(row, means, spreads, strict=True)]


def _distance(one: Row, other: Row) -> float:
    return sum((mine - theirs) ** 2 for mine, theirs in zip(one, other, strict=True))


def _nearest(centres: Sequence[Row], point: Row) -> int:
    return min(range(len(centres)), key=lambda number: _distance(centres[number], point))


def _mean(points: Sequence[Row]) -> list[float]:
    return [sum(column) / len(points) for column in zip(*points, strict=True)]


def _far_apart(points: Sequence[list[float]]) -> list[list[float]]:
    centres = [min(points)]
    while len(centres) < KINDS:
        centres.append(max(points, key=lambda point: min(_distance(point, centre) for centre in centres)))
    return [list(centre) for centre in centres]
