"""Difficulty from answers: the Rasch model by marginal maximum likelihood (formulas, sources: docs/assessment.md).

A candidate of ability t answers question i right with probability 1 / (1 + exp(b_i - t)), and abilities are normal
around 0 with a spread that is estimated too. The abilities are integrated out on a fixed grid and the likelihood is
climbed by EM (Bock and Aitkin, 1981). Candidates need not have met the same questions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

Pattern = Mapping[str, int]
_NODES = [-6 + 0.5 * step for step in range(25)]
_MOST_ROUNDS = 500
_CLOSE_ENOUGH = 1e-5
_FARTHEST = 6.0
_EASY_FROM, _HARD_FROM = 0.7, 0.4
_CONFIDENCE = 1.96


@dataclass(frozen=True)
class Estimate:
    """Difficulty `b` of a question on the logit scale, its standard error, and how many answers it rests on."""

    difficulty: float
    standard_error: float
    sample_size: int


@dataclass(frozen=True)
class Calibration:
    """The estimates of several questions and the spread (standard deviation) of their candidates' abilities."""

    questions: dict[str, Estimate]
    spread: float


def calibrate(
    patterns: Sequence[Pattern], weights: Sequence[int] | None = None, *, spread: float | None = None
) -> Calibration:
    """Estimate difficulties from patterns of right (1) and wrong (0); `weights` say how often each pattern occurred.

    With `spread` given, it is held. A question that everybody or nobody got right is put at the end of the scale,
    with a standard error that says how little is known.
    """
    times = list(weights or [1] * len(patterns))
    model = _Model(patterns, times, spread)
    model.climb()
    return Calibration(model.estimates(), model.spread)


class _Model:
    """The state of one estimation; sums run over the nodes of the grid and the patterns."""

    def __init__(self, patterns: Sequence[Pattern], times: Sequence[int], spread: float | None) -> None:
        self.patterns, self.times = patterns, times
        self.is_spread_held = spread is not None
        self.spread = spread or 1.0
        self.right: dict[str, int] = {}
        self.seen: dict[str, int] = {}
        for pattern, many in zip(patterns, times, strict=True):
            for name, is_right in pattern.items():
                self.right[name] = self.right.get(name, 0) + many * is_right
                self.seen[name] = self.seen.get(name, 0) + many
        self.difficulty = {name: _logit(1 - (self.right[name] + 0.5) / (self.seen[name] + 1)) for name in self.seen}

    def climb(self) -> None:
        """Repeat the EM step until no difficulty moves."""
        for _ in range(_MOST_ROUNDS):
            if self._step() < _CLOSE_ENOUGH:
                return

    def _step(self) -> float:
        expected = {name: [0.0] * len(_NODES) for name in self.difficulty}
        square = 0.0
        for pattern, many, posterior in self._posteriors():
            for name in pattern:
                column = expected[name]
                for node, weight in enumerate(posterior):
                    column[node] += many * weight
            square += many * sum(weight * node * node for weight, node in zip(posterior, _NODES, strict=True))
        moved = 0.0
        for name, counts in expected.items():
            better = self._solve(name, counts)
            moved = max(moved, abs(better - self.difficulty[name]))
            self.difficulty[name] = better
        if not self.is_spread_held:
            better = max(0.05, sqrt(square / max(1, sum(self.times))))
            moved, self.spread = max(moved, abs(better - self.spread)), better
        return moved

    def _solve(self, name: str, counts: Sequence[float]) -> float:
        """Find the difficulty at which the expected number of right answers is the observed one (Newton's method)."""
        value = self.difficulty[name]
        for _ in range(20):
            chances = [_chance(node - value) for node in _NODES]
            missing = sum(count * chance for count, chance in zip(counts, chances, strict=True)) - self.right[name]
            slope = sum(count * chance * (1 - chance) for count, chance in zip(counts, chances, strict=True))
            step = missing / slope if slope > 1e-9 else 0.0
            value = min(_FARTHEST, max(-_FARTHEST, value + max(-1.0, min(1.0, step))))
            if abs(step) < 1e-9:
                break
        return value

    def _posteriors(self) -> list[tuple[Pattern, int, list[float]]]:
        """Return each pattern with the distribution of ability that it speaks for."""
        prior = [-node * node / (2 * self.spread * self.spread) for node in _NODES]
        wrong = {name: [-log(1 + exp(node - value)) for node in _NODES] for name, value in self.difficulty.items()}
        found = []
        for pattern, many in zip(self.patterns, self.times, strict=True):
            score = sum(pattern.values())
            heights = [height + score * node for height, node in zip(prior, _NODES, strict=True)]
            for name in pattern:
                heights = [height + part for height, part in zip(heights, wrong[name], strict=True)]
            top = max(heights)
            weights = [exp(height - top) for height in heights]
            total = sum(weights)
            found.append((pattern, many, [weight / total for weight in weights]))
        return found

    def estimates(self) -> dict[str, Estimate]:
        """Return the difficulties with standard errors from the observed scores (the outer product of gradients)."""
        information = dict.fromkeys(self.difficulty, 0.0)
        chances = {name: [_chance(node - value) for node in _NODES] for name, value in self.difficulty.items()}
        for pattern, many, posterior in self._posteriors():
            for name, is_right in pattern.items():
                expected = sum(weight * chance for weight, chance in zip(posterior, chances[name], strict=True))
                information[name] += many * (is_right - expected) ** 2
        return {
            name: Estimate(self.difficulty[name], 1 / sqrt(max(information[name], 1e-4)), self.seen[name])
            for name in self.difficulty
        }


def _chance(distance: float) -> float:
    return 1 / (1 + exp(-distance))


def _logit(chance: float) -> float:
    return log(chance / (1 - chance))


def label_of(difficulty: float) -> str:
    """Name a difficulty by the chance of an average candidate: easy from 70 %, hard below 40 %."""
    chance = _chance(-difficulty)
    return "easy" if chance >= _EASY_FROM else "hard" if chance < _HARD_FROM else "medium"


def proposal(label: str, estimate: Estimate) -> str | None:
    """Propose another label when the whole 95 % interval of the estimate lies in its range; None to leave it."""
    margin = _CONFIDENCE * estimate.standard_error
    ends = {label_of(estimate.difficulty - margin), label_of(estimate.difficulty + margin)}
    return ends.pop() if len(ends) == 1 and label not in ends else None
