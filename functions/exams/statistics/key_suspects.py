"""Which keys the best candidates seem to miss: another option is taken by better candidates than the key, or by more.

For each option beside the key two things are added up: how much better its takers did in all other questions than those
who took the key, in standard errors of that difference (an option's point-biserial against the key's: Allen and Yen,
Introduction to Measurement Theory, 1979, section 6.3), and how much more often it was taken, as a logarithm. Both means
are drawn towards that of all, by two candidates' weight, so a handful says little. Pure; figures in docs/exams.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt
from statistics import fmean, pstdev
from typing import Any

from lyceum.kit.frozen import frozen

FEWEST_TAKERS = 20
SUSPECT = 1.47
"""The sum from which a key is held for a person: at most one clean paper of sixty questions in twenty."""
_FEWEST_OF_OPTION = 5
_POPULAR = 0.7
_DRAWN = 2
RIGHT = ""
"""Stands for the option that the key names."""


@frozen
class Suspect:
    """A question whose key may be wrong.

    - `option`: what better candidates took, or more. `took_it`, `took_key`: how many took which.
    - `discrimination`: of the key, from -1 to 1. `score`: the sum that it is suspected for.
    """

    question_id: str
    option: str
    took_it: int
    took_key: int
    discrimination: float
    score: float


def choice(row: Mapping[str, Any]) -> str | None:
    """Return what a candidate took in a question with one answer; None for other questions and blank answers."""
    response = row.get("response") or {}
    if row["outcome"] == "right" and ("option_ids" in response or "is_true" in response):
        return RIGHT
    if "is_true" in response:
        return "true" if response["is_true"] else "false"
    options = response.get("option_ids") or []
    return str(options[0]) if len(options) == 1 else None


def suspects(sessions: Iterable[Sequence[Mapping[str, Any]]]) -> list[Suspect]:
    """Return the suspected keys of an exam from the marks of its sessions, the most suspect first."""
    taken: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for rows in sessions:
        total = sum(_part(row) for row in rows)
        for row in rows:
            option = choice(row)
            if option is not None:
                taken[row["question_id"]].append((option, total - _part(row)))
    found = [suspect for question_id, each in taken.items() if (suspect := _judge(question_id, each))]
    return sorted(found, key=lambda suspect: -suspect.score)


def _part(row: Mapping[str, Any]) -> float:
    most = float(row["max_score"])
    return float(row["score"]) / most if most else 0.0


def _judge(question_id: str, taken: Sequence[tuple[str, float]]) -> Suspect | None:
    if len(taken) < FEWEST_TAKERS:
        return None
    rests = [rest for _, rest in taken]
    middle, spread = fmean(rests), pstdev(rests)
    by_option: dict[str, list[float]] = defaultdict(list)
    for option, rest in taken:
        by_option[option].append(rest)
    key = by_option.pop(RIGHT, [])
    scored = [
        (_score(each, key, middle, spread), option)
        for option, each in by_option.items()
        if len(each) >= _FEWEST_OF_OPTION
    ]
    if not scored or max(scored)[0] <= SUSPECT:
        return None
    score, option = max(scored)
    return Suspect(
        question_id, option, len(by_option[option]), len(key), _discrimination(key, rests, spread), round(score, 2)
    )


def _score(option: Sequence[float], key: Sequence[float], middle: float, spread: float) -> float:
    many, few = len(option) + _DRAWN, len(key) + _DRAWN
    better = (sum(option) + _DRAWN * middle) / many - (sum(key) + _DRAWN * middle) / few
    error = spread * sqrt(1 / many + 1 / few)
    return (better / error if error else 0.0) + _POPULAR * log((len(option) + 1) / (len(key) + 1))


def _discrimination(key: Sequence[float], rests: Sequence[float], spread: float) -> float:
    part = len(key) / len(rests)
    if not spread or part in {0.0, 1.0}:
        return 0.0
    others = (sum(rests) - sum(key)) / (len(rests) - len(key))
    return round((fmean(key) - others) / spread * sqrt(part * (1 - part)), 4)
