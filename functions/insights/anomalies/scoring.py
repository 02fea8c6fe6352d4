"""How far an address is from the others: robust scores, and what its traffic looks like.

A score is the modified z-score of Iglewicz and Hoaglin (1993): the distance to the median by the median distance, here
of the logarithms of counts. Some made-up ordinary callers stand among those that are compared, so that a quiet hour has
a median too. A score alone refuses nobody: the traffic must look like something, by plain numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import log1p
from statistics import median
from typing import Literal

from lyceum.kit.frozen import frozen

Pattern = Literal["guessing", "probing", "flooding", "scraping"]
FEATURES = ("calls", "refused", "denied", "limited")
THRESHOLD = 3.5
"""From this score on somebody is an outlier, as the authors propose."""
BANNED_FOR: frozenset[str] = frozenset({"guessing", "probing", "flooding"})
"""A school behind one address may read very much; for that alone nobody is refused."""
_ORDINARY: Mapping[str, int] = {"calls": 40, "refused": 2, "denied": 0, "limited": 0}
_MADE_UP = 8
_CONSISTENT = 0.6745
_LEAST_SPREAD = 0.5
Counts = Mapping[str, int]


@frozen
class Scored:
    """An address with its score, and the pattern of its traffic where there is one."""

    address: str
    score: float
    pattern: Pattern | None

    @property
    def is_anomalous(self) -> bool:
        """Whether it is both far from the others and like something."""
        return self.pattern is not None and self.score >= THRESHOLD


def pattern_of(counts: Counts) -> Pattern | None:
    """Name what the traffic of an hour looks like, None for what is ordinary."""
    calls, refused, denied = counts["calls"], counts["refused"], counts["denied"]
    if denied >= 30 and denied >= 0.5 * calls:
        return "guessing"
    if counts["limited"] >= 50:
        return "flooding"
    if refused >= 60 and refused >= 0.6 * calls:
        return "probing"
    return "scraping" if calls >= 3000 else None


def score(callers: Mapping[str, Counts]) -> list[Scored]:
    """Score addresses of an hour against each other, those farthest out first."""
    spreads = {name: _spread([log1p(each[name]) for each in _all(callers.values())]) for name in FEATURES}
    found = [
        Scored(
            address,
            round(max(_distance(log1p(counts[name]), spreads[name]) for name in FEATURES), 2),
            pattern_of(counts),
        )
        for address, counts in callers.items()
    ]
    return sorted(found, key=lambda each: (-each.score, each.address))


def _all(callers: Iterable[Counts]) -> list[Counts]:
    return [*callers, *([_ORDINARY] * _MADE_UP)]


def _spread(values: Sequence[float]) -> tuple[float, float]:
    middle = median(values)
    return middle, max(_LEAST_SPREAD, median(abs(value - middle) for value in values))


def _distance(value: float, spread: tuple[float, float]) -> float:
    middle, deviation = spread
    return _CONSISTENT * (value - middle) / deviation
