"""Difficulty from answers: the Rasch model, and the two-parameter model beside it (docs/assessment.md has the sources).

A candidate of ability t answers question i right with probability 1 / (1 + exp(b_i - t)), and abilities are normal
around 0 with a spread that is estimated too. Candidates need not have met the same questions. Data that say too little
are estimated with a warning, or not at all.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp, sqrt

from lyceum.kit.frozen import frozen

from functions.questions import item_response

Pattern = Mapping[str, int]
_FARTHEST = 6.0
_EASY_FROM, _HARD_FROM = 0.7, 0.4
_CONFIDENCE = 1.96
FEWEST_CANDIDATES = 100
"""For difficulties within half a logit, 19 times of 20 (Linacre, 1994)."""
FEWEST_CANDIDATES_FOR_SLOPES = 250
"""Under this, slopes of single questions are mostly chance (De Ayala, 2009, chapter 5)."""
_FEWEST_QUESTIONS_FOR_SPREAD = 2
_FEWEST_QUESTIONS_FOR_SLOPES = 3


class TooFewData(ValueError):
    """The answers do not determine what is asked for."""


@frozen
class Estimate:
    """Difficulty `b` of a question on the logit scale, its standard error, and how many answers it rests on."""

    difficulty: float
    standard_error: float
    sample_size: int


@frozen
class Calibration:
    """The estimates of several questions and the spread (standard deviation) of their candidates' abilities.

    - `log_likelihood`: of the answers that say anything, under these estimates.
    - `warnings`: `FEW_CANDIDATES`, `SPREAD_HELD` where the answers do not tell it, `NOT_CONVERGED`.
    """

    questions: dict[str, Estimate]
    spread: float
    log_likelihood: float = 0.0
    warnings: tuple[str, ...] = ()


@frozen
class Slope:
    """How sharply a question tells abilities apart, in logits a spread of ability, with its standard error.

    `difficulty` is where half of the candidates are right, in spreads from the mean.
    """

    discrimination: float
    standard_error: float
    difficulty: float
    difficulty_error: float


@frozen
class Slopes:
    """What the two-parameter model makes of the same answers."""

    questions: dict[str, Slope]
    log_likelihood: float


def calibrate(
    patterns: Sequence[Pattern], weights: Sequence[int] | None = None, *, spread: float | None = None
) -> Calibration:
    """Estimate difficulties from patterns of right (1) and wrong (0); `weights` say how often each pattern occurred.

    With `spread` given, it is held; it is held at 1 where nobody answered two questions. A question that everybody or
    nobody got right is put at the end of the scale, with a standard error that says how little is known.
    """
    times = list(weights or [1] * len(patterns))
    seen, extreme = _counted(patterns, times)
    telling = [{name: right for name, right in each.items() if name not in extreme} for each in patterns]
    warnings = ["FEW_CANDIDATES"] if seen and sum(times) < FEWEST_CANDIDATES else []
    held = spread
    if held is None and max(map(len, telling), default=0) < _FEWEST_QUESTIONS_FOR_SPREAD:
        held = 1.0
    fitted = item_response.fit(telling, times, has_common_slope=True, held_slope=held)
    if not fitted.has_converged and held is None:
        held = 1.0
        fitted = item_response.fit(telling, times, has_common_slope=True, held_slope=held)
    if seen and spread is None and held is not None:
        warnings.append("SPREAD_HELD")
    if not fitted.has_converged:
        warnings.append("NOT_CONVERGED")
    found = {name: Estimate(-fitted.intercepts[name], _error(fitted, name), seen[name]) for name in fitted.intercepts}
    end = max([_FARTHEST, *(abs(each.difficulty) + 1 for each in found.values())])
    for name, is_right in extreme.items():
        known = sqrt(seen[name] * _chance(end) * _chance(-end))
        found[name] = Estimate(-end if is_right else end, 1 / known, seen[name])
    slope = next(iter(fitted.slopes.values()), held or 1.0)
    return Calibration(found, slope, fitted.log_likelihood, tuple(warnings))


def calibrate_slopes(patterns: Sequence[Pattern], weights: Sequence[int] | None = None) -> Slopes:
    """Estimate each question's own slope too, without those that everybody or nobody got right.

    Raises TooFewData for under 250 candidates, for under 3 questions, and where the answers do not determine a slope.
    """
    times = list(weights or [1] * len(patterns))
    _, extreme = _counted(patterns, times)
    telling = [{name: right for name, right in each.items() if name not in extreme} for each in patterns]
    if sum(times) < FEWEST_CANDIDATES_FOR_SLOPES:
        raise TooFewData(f"slopes need {FEWEST_CANDIDATES_FOR_SLOPES} candidates")
    if len({name for each in telling for name in each}) < _FEWEST_QUESTIONS_FOR_SLOPES:
        raise TooFewData(f"slopes need {_FEWEST_QUESTIONS_FOR_SLOPES} questions")
    fitted = item_response.fit(telling, times, has_common_slope=False)
    if not fitted.has_converged:
        raise TooFewData("the answers do not determine the slopes")
    return Slopes({name: _slope(fitted, name) for name in fitted.slopes}, fitted.log_likelihood)


def _counted(patterns: Sequence[Pattern], times: Sequence[int]) -> tuple[Counter[str], dict[str, bool]]:
    """Count the answers to each question, and name those with one kind of answer alone: true where all are right."""
    seen: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for pattern, many in zip(patterns, times, strict=True):
        for name, is_right in pattern.items():
            seen[name] += many
            right[name] += many * is_right
    seen = +seen
    return seen, {name: right[name] > 0 for name in seen if right[name] in (0, seen[name])}


def _error(fitted: item_response.Fit, name: str) -> float:
    if not fitted.covariance:
        return _FARTHEST
    place = fitted.names.index(name)
    return sqrt(fitted.covariance[place][place])


def _slope(fitted: item_response.Fit, name: str) -> Slope:
    """Read a question's slope and difficulty, the error of the latter by the delta method."""
    first = fitted.names.index(name)
    second = fitted.names.index(name, first + 1)
    slope, intercept, known = fitted.slopes[name], fitted.intercepts[name], fitted.covariance
    by_intercept, by_slope = -1 / slope, intercept / slope**2
    spread = (
        by_intercept**2 * known[first][first]
        + 2 * by_intercept * by_slope * known[first][second]
        + by_slope**2 * known[second][second]
    )
    return Slope(slope, sqrt(known[second][second]), -intercept / slope, sqrt(max(spread, 0.0)))


def _chance(distance: float) -> float:
    return 1 / (1 + exp(-distance))


def label_of(difficulty: float) -> str:
    """Name a difficulty by the chance of an average candidate: easy from 70 %, hard below 40 %."""
    chance = _chance(-difficulty)
    return "easy" if chance >= _EASY_FROM else "hard" if chance < _HARD_FROM else "medium"


def proposal(label: str, estimate: Estimate) -> str | None:
    """Propose another label when the whole 95 % interval of the estimate lies in its range; None to leave it."""
    margin = _CONFIDENCE * estimate.standard_error
    ends = {label_of(estimate.difficulty - margin), label_of(estimate.difficulty + margin)}
    return ends.pop() if len(ends) == 1 and label not in ends else None
