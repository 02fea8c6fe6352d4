"""Who will not come back: shares that this tenant's own users showed, by when they were last there and how often.

Learning looks thirty days back: each user who was there in the thirty days before that moment belongs to a class of
recency and frequency, and was there again since or not. So a risk is the share of the class that stayed away, drawn
towards the share of all where the class is small. It is tried on users whom it was not learnt of: each half of them by
the other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from lyceum.kit.frozen import frozen

WINDOW = 30
"""Days in which somebody was there before, and in which they come back or do not."""
_RECENCIES = (3, 7, 14, WINDOW)
_FREQUENCIES = (2, 5, 10)
_DRAWN = 8
"""A class counts as if so many users of the average were in it."""
Class = str
Outcomes = Mapping[tuple[str, Class, bool], int]
"""Users by half, class, and whether they stayed away."""


@frozen
class Quality:
    """How well risks told what happened to users whom they were not learnt of.

    Attributes:
        auc: The chance that somebody who left had the higher risk than somebody who stayed.
        brier: The mean squared error of the risk; `base` is that of telling everybody the share of all.
    """

    auc: float | None
    brier: float
    base: float


def class_of(days: Iterable[int], moment: int) -> Class | None:
    """Name the class of somebody at a moment (an ordinal); None for one who was not there in the window before."""
    recent = [day for day in days if moment - WINDOW < day <= moment]
    if not recent:
        return None
    since, times = moment - max(recent), len(set(recent))
    recency = next(place for place, bound in enumerate(_RECENCIES) if since < bound)
    frequency = sum(times >= bound for bound in _FREQUENCIES)
    return f"{recency}{frequency}"


def words_of(name: Class) -> tuple[str, str]:
    """Return how long ago and how often, as a class says."""
    recency, frequency = int(name[0]), int(name[1])
    first = _RECENCIES[recency - 1] if recency else 0
    least = _FREQUENCIES[frequency - 1] if frequency else 1
    most = f"-{_FREQUENCIES[frequency] - 1}" if frequency < len(_FREQUENCIES) else "+"
    return f"{first}-{_RECENCIES[recency] - 1} days ago", f"{least}{most} days in {WINDOW}".replace("1-1 days", "1 day")


def stayed_away(days: Iterable[int], moment: int) -> bool:
    """Say whether somebody was not there in the window after a moment."""
    return not any(moment < day <= moment + WINDOW for day in days)


def risks(outcomes: Mapping[tuple[Class, bool], int]) -> dict[Class, float]:
    """Return the risk of each class."""
    total = sum(outcomes.values())
    left = sum(number for (_, away), number in outcomes.items() if away)
    average = left / total if total else 0.0
    told = {}
    for name in {name for name, _ in outcomes}:
        away, there = outcomes.get((name, True), 0), outcomes.get((name, False), 0)
        told[name] = (away + _DRAWN * average) / (away + there + _DRAWN)
    return told


def quality(outcomes: Outcomes) -> Quality | None:
    """Try risks on the half of the users whom they were not learnt of; None where one half is empty."""
    halves: dict[str, Counter[tuple[Class, bool]]] = {"a": Counter(), "b": Counter()}
    for (half, name, away), number in outcomes.items():
        halves[half][name, away] += number
    if not all(halves.values()):
        return None
    scored: list[tuple[float, bool, int]] = []
    base = 0.0
    for half, other in (("a", "b"), ("b", "a")):
        learnt = risks(halves[other])
        total = sum(halves[other].values())
        average = sum(number for (_, away), number in halves[other].items() if away) / total
        for (name, away), number in halves[half].items():
            scored.append((learnt.get(name, average), away, number))
            base += number * (average - away) ** 2
    users = sum(number for _, _, number in scored)
    brier = sum(number * (risk - away) ** 2 for risk, away, number in scored) / users
    return Quality(auc(scored), brier, base / users)


def auc(scored: Iterable[tuple[float, bool, int]]) -> float | None:
    """Return the area under the curve of weighted scores; ties count half; None where one outcome is missing."""
    by_risk: dict[float, list[int]] = {}
    for risk, away, number in scored:
        by_risk.setdefault(risk, [0, 0])[away] += number
    stayed = left = 0
    won = 0.0
    for _, (there, gone) in sorted(by_risk.items()):
        won += gone * (stayed + there / 2)
        stayed, left = stayed + there, left + gone
    return won / (stayed * left) if stayed and left else None
