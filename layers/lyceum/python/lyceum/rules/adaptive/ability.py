"""Ability by the two-parameter logistic model: expected a posteriori. Pure.

A candidate of ability z answers a question of slope a and difficulty b right with the probability
`1 / (1 + exp(-a (z - b)))` (Birnbaum 1968, in Lord and Novick, *Statistical Theories of Mental Test Scores*,
chapter 17).
The prior is normal around 0 with spread 1; its posterior is summed on an even grid (Bock and Mislevy 1982, *Applied
Psychological Measurement* 6, 431-444).
"""

from collections.abc import Iterable
from math import exp, log, log1p, sqrt

from lyceum.kit.frozen import frozen

_REACH = 5.0
_STEP = 0.1
_NODES = [_STEP * place - _REACH for place in range(int(2 * _REACH / _STEP) + 1)]
USUAL_SLOPE = 1.0
_LABELS = {"easy": -1.0, "medium": 0.0, "hard": 1.0}
_STEEPEST, _FLATTEST = 3.0, 0.3
_FARTHEST = 4.0


@frozen
class Item:
    """A question as the model sees it: how sharply it tells candidates apart, and how hard it is, in logits."""

    slope: float = USUAL_SLOPE
    difficulty: float = 0.0


@frozen
class Ability:
    """An estimate with its standard error, in logits, and from how many answers."""

    estimate: float
    error: float
    answers: int


def chance(item: Item, ability: float) -> float:
    """Return the probability of a right answer."""
    strength = item.slope * (ability - item.difficulty)
    return 1 / (1 + exp(-strength)) if strength >= 0 else exp(strength) / (1 + exp(strength))


def information(item: Item, ability: float) -> float:
    """Return Fisher's information of an answer: `a^2 P (1 - P)`."""
    right = chance(item, ability)
    return item.slope**2 * right * (1 - right)


def estimate(answers: Iterable[tuple[Item, float]]) -> Ability:
    """Estimate ability from answers with the part of them that was right, from 0 to 1."""
    given = list(answers)
    heights = [-node * node / 2 for node in _NODES]
    for item, part in given:
        for place, node in enumerate(_NODES):
            strength = item.slope * (node - item.difficulty)
            heights[place] += part * strength - _softplus(strength)
    top = max(heights)
    weights = [exp(height - top) for height in heights]
    mass = sum(weights)
    mean = sum(weight * node for weight, node in zip(weights, _NODES, strict=True)) / mass
    spread = sum(weight * (node - mean) ** 2 for weight, node in zip(weights, _NODES, strict=True)) / mass
    return Ability(mean, sqrt(spread), len(given))


def _softplus(value: float) -> float:
    return value + log1p(exp(-value)) if value > 0 else log1p(exp(value))


def item_of(
    estimated: str | None, slope: str | None, attempts: int, credit_ten_thousandths: int, label: str | None
) -> Item:
    """Read a question's parameters: those estimated from answers, else what its facility or its author's label says.

    The facility is drawn to one half as by two further answers, so a question that few have met says little.
    """
    steepness = min(_STEEPEST, max(_FLATTEST, float(slope))) if slope else USUAL_SLOPE
    if estimated is not None:
        difficulty = float(estimated)
    elif attempts:
        facility = (credit_ten_thousandths / 10_000 + 1) / (attempts + 2)
        difficulty = log((1 - facility) / facility)
    else:
        difficulty = _LABELS.get(label or "medium", 0.0)
    return Item(steepness, min(_FARTHEST, max(-_FARTHEST, difficulty)))
