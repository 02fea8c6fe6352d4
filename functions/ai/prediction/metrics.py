"""How well a model tells two outcomes apart, and how honest its chances are. Pure."""

from collections.abc import Sequence
from math import log
from statistics import fmean
from typing import TypedDict

_BINS = 10
_LEAST = 1e-6


class Figures(TypedDict):
    """Held-out figures of a model, each from 0 to 1 but for `log_loss`; `count` is of how many cases."""

    count: int
    positives: int
    accuracy: float
    precision: float
    recall: float
    f1_score: float
    auc: float
    log_loss: float
    calibration_error: float


def figures(chances: Sequence[float], outcomes: Sequence[bool], *, above: float = 0.5) -> Figures:
    """Measure chances against what came about; whoever is at `above` or over counts as foreseen."""
    foreseen = [chance >= above for chance in chances]
    hits = sum(one and other for one, other in zip(foreseen, outcomes, strict=True))
    right = sum(one == other for one, other in zip(foreseen, outcomes, strict=True))
    precision = hits / sum(foreseen) if any(foreseen) else 0.0
    recall = hits / sum(outcomes) if any(outcomes) else 0.0
    both = precision + recall
    return Figures(
        count=len(outcomes),
        positives=sum(outcomes),
        accuracy=round(right / len(outcomes), 4) if outcomes else 0.0,
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1_score=round(2 * precision * recall / both, 4) if both else 0.0,
        auc=round(auc(chances, outcomes), 4),
        log_loss=round(log_loss(chances, outcomes), 4),
        calibration_error=round(calibration_error(chances, outcomes), 4),
    )


def auc(chances: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Return the probability that a case that came true has the higher chance (Mann and Whitney); ties count half."""
    ordered = sorted(zip(chances, outcomes, strict=True))
    positives = sum(outcomes)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        return 0.5
    ranks, place = 0.0, 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        middle = (place + 1 + end) / 2
        ranks += middle * sum(outcome for _, outcome in ordered[place:end])
        place = end
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def log_loss(chances: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Return the mean negative logarithm of what came about."""
    if not chances:
        return 0.0
    kept = [min(1 - _LEAST, max(_LEAST, chance)) for chance in chances]
    return fmean(-log(chance if outcome else 1 - chance) for chance, outcome in zip(kept, outcomes, strict=True))


def calibration_error(chances: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Return the mean distance of chance and share over ten groups of equal size, weighed by size."""
    ordered = sorted(zip(chances, outcomes, strict=True), key=lambda case: case[0])
    groups = [ordered[len(ordered) * place // _BINS : len(ordered) * (place + 1) // _BINS] for place in range(_BINS)]
    return sum(
        len(group) / len(ordered) * abs(fmean(chance for chance, _ in group) - fmean(outcome for _, outcome in group))
        for group in groups
        if group
    )


def is_worse(new: Figures, current: Figures) -> bool:
    """Say whether a new model must not take the place of the current one: both were measured on the same cases."""
    return new["log_loss"] > current["log_loss"] + 1e-4 or new["auc"] < current["auc"] - 0.01
