"""What goes together: pairs of products of one buyer, or courses of one student (Apriori over pairs).

Support is the share of all baskets that hold both; confidence the share of those with one that hold the other too; lift
how many times more often that is than by chance (Agrawal and Srikant 1994). Likeness of two is the cosine of who has
them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import sqrt

from lyceum.kit.frozen import frozen

MOST_ITEMS = 400
MOST_NEIGHBOURS = 8
MOST_RULES = 200
_MOST_PAIRS = 40_000
"""Pairs that are carried from page to page; beyond them the rarest are let go."""
SEPARATOR = "\x1f"


@dataclass
class Baskets:
    """Baskets as they are counted: how many, with each item, with each pair."""

    number: int = 0
    items: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)

    def add(self, basket: Iterable[str]) -> None:
        """Count a basket; an empty one is none."""
        held = sorted(set(basket))
        self.number += bool(held)
        self.items.update(held)
        self.pairs.update(SEPARATOR.join(pair) for pair in combinations(held, 2))

    def merge(self, other: "Baskets") -> None:
        """Add what was counted elsewhere."""
        self.number += other.number
        self.items.update(other.items)
        self.pairs.update(other.pairs)
        if len(self.pairs) > _MOST_PAIRS:
            self.pairs = Counter(dict(self.pairs.most_common(_MOST_PAIRS)))


@frozen
class Rule:
    """Whoever has one also has the other: how often."""

    first: str
    then: str
    count: int
    support: float
    confidence: float
    lift: float


def rules(counted: Baskets, least: int) -> list[Rule]:
    """Return the rules of pairs that `least` baskets or more hold, those with the greatest lift first."""
    found = []
    for pair, count in counted.pairs.items():
        if count >= least:
            first, then = pair.split(SEPARATOR)
            found += [_rule(counted, first, then, count), _rule(counted, then, first, count)]
    found.sort(key=lambda rule: (-rule.lift, -rule.count, rule.first, rule.then))
    return found[:MOST_RULES]


def _rule(counted: Baskets, first: str, then: str, count: int) -> Rule:
    confidence = count / counted.items[first]
    lift = count * counted.number / (counted.items[first] * counted.items[then])
    return Rule(first, then, count, count / counted.number, confidence, lift)


def neighbours(counted: Baskets, least: int) -> dict[str, list[tuple[str, float]]]:
    """Return for each of the most frequent items those that are most like it."""
    known = {name for name, count in counted.items.most_common(MOST_ITEMS) if count >= least}
    near: dict[str, list[tuple[str, float]]] = {name: [] for name in known}
    for pair, count in counted.pairs.items():
        first, then = pair.split(SEPARATOR)
        if count >= least and first in known and then in known:
            likeness = round(count / sqrt(counted.items[first] * counted.items[then]), 4)
            near[first].append((then, likeness))
            near[then].append((first, likeness))
    return {name: sorted(found, key=lambda each: (-each[1], each[0]))[:MOST_NEIGHBOURS] for name, found in near.items()}


def suggest(
    near: Mapping[str, Sequence[Sequence[object]]], popular: Sequence[str], held: Sequence[str], number: int
) -> list[tuple[str, float, str | None]]:
    """Return what goes with the latest of what somebody has, with the one it goes with most; then what many have."""
    scores: Counter[str] = Counter()
    causes: dict[str, tuple[float, str]] = {}
    for mine in held[-5:]:
        for name, likeness in near.get(mine, ()):
            if name not in held:
                weight = float(str(likeness))
                scores[str(name)] += weight  # type: ignore[assignment]
                causes[str(name)] = max(causes.get(str(name), (0.0, "")), (weight, mine))
    found: list[tuple[str, float, str | None]] = [
        (name, round(float(score), 4), causes[name][1]) for name, score in scores.most_common(number)
    ]
    taken = {name for name, _, _ in found} | set(held)
    return (found + [(name, 0.0, None) for name in popular if name not in taken])[:number]
