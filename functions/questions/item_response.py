"""Item response models by marginal maximum likelihood: pure Python, for some hundreds of candidates at a time.

A candidate of ability z answers question i right with probability 1 / (1 + exp(-(a_i z + d_i))), and abilities are
normal around 0 with spread 1. In the two-parameter model (Birnbaum, 1968) each question has its own slope a_i. In the
Rasch model (Rasch, 1960) all have one, which is the spread of the abilities on the scale on which every slope is 1.

Abilities are integrated out on a grid of even steps. It reaches six spreads far, however wide they are, and is the
finer the steeper the questions are: such a sum is exact up to exp(-2 pi^2 / (slope * step)), since the logistic curve
has its poles at a distance of pi / slope (Trefethen and Weideman, 2014). The likelihood is climbed by EM (Bock and
Aitkin, 1981) and then by Newton's method with the full Hessian, which gives the standard errors too (Louis, 1982).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log, log1p, pi, sqrt
from operator import mul
from typing import Any

Pattern = Mapping[str, int]
_REACH = 6.0
_COARSEST = 0.5
_EXACT = 20.0
_STEEPEST = 12.0
_EM_ROUNDS = 20
_NEAR = 0.02
_NEWTON_ROUNDS = 12
_CLOSE_ENOUGH = 1e-6
_SLOPE_AT_FIRST = 1.0


class Unsolvable(ArithmeticError):
    """The data do not determine the parameters."""


@dataclass
class Fit:
    """A fitted model: each question's slope and intercept, the log-likelihood, and what is known how well.

    - `covariance`: of the parameters as `names` order them: intercepts, then slopes or the common one. Empty where the
      data do not determine them.
    - `has_converged`: whether the likelihood has no slope left.
    """

    slopes: dict[str, float]
    intercepts: dict[str, float]
    log_likelihood: float
    names: list[str]
    covariance: list[list[float]] = field(default_factory=list)
    has_converged: bool = False


def fit(
    patterns: Sequence[Pattern],
    times: Sequence[int],
    *,
    has_common_slope: bool,
    held_slope: float | None = None,
    held: Mapping[str, float] | None = None,
) -> Fit:
    """Fit the Rasch model (a common slope, which may be held) or the two-parameter one.

    `times` say how often each pattern occurred. Intercepts in `held` stay what they are: a question that everybody or
    nobody got right has no estimate.
    """
    model = _Model(patterns, times, has_common_slope, held_slope, dict(held or {}))
    model.climb()
    return model.result()


class _Model:
    """The state of one estimation. Parameters are the free intercepts, then the free slopes."""

    def __init__(
        self,
        patterns: Sequence[Pattern],
        times: Sequence[int],
        has_common_slope: bool,
        held_slope: float | None,
        held: dict[str, float],
    ) -> None:
        self.patterns = _grouped(patterns, times, by_score=has_common_slope)
        right: dict[str, float] = defaultdict(float)
        seen: Counter[str] = Counter()
        for answers, many in self.patterns:
            for name, is_right in answers:
                right[name] += many * is_right
                seen[name] += many
        self.items = sorted(seen)
        self.is_common, self.held_slope = has_common_slope, held_slope
        self.free = [name for name in self.items if name not in held]
        self.intercepts = {name: held.get(name, _logit((right[name] + 0.5) / (seen[name] + 1))) for name in self.items}
        self.slopes = dict.fromkeys(self.items, _SLOPE_AT_FIRST if held_slope is None else held_slope)
        self.has_converged = False
        self._lay_grid()

    # parameters as a list

    @property
    def _free_slopes(self) -> list[str]:
        if self.held_slope is not None:
            return []
        return ["*"] if self.is_common else self.free

    def _read(self) -> list[float]:
        common = next(iter(self.slopes.values()), _SLOPE_AT_FIRST)
        slopes = [common if name == "*" else self.slopes[name] for name in self._free_slopes]
        return [*(self.intercepts[name] for name in self.free), *slopes]

    def _write(self, values: Sequence[float]) -> None:
        count = len(self.free)
        self.intercepts.update(zip(self.free, values[:count], strict=True))
        for name, value in zip(self._free_slopes, values[count:], strict=True):
            self.slopes.update(dict.fromkeys(self.items, value) if name == "*" else {name: value})

    def _lay_grid(self) -> None:
        steepest = max((abs(each) for each in self.slopes.values()), default=1.0)
        step = min(_COARSEST, 2 * pi * pi / (_EXACT * max(steepest, 1e-3)))
        half = int(_REACH / step) + 1
        self.nodes = [step * place for place in range(-half, half + 1)]
        heights = [exp(-node * node / 2) for node in self.nodes]
        self.prior = [log(height / sum(heights)) for height in heights]

    # likelihood

    def _curves(self) -> dict[str, tuple[list[float], list[float], list[float]]]:
        """Return for each question the chances at the nodes, and the logarithms of both answers."""
        found = {}
        for name in self.items:
            slope, intercept = self.slopes[name], self.intercepts[name]
            strengths = [slope * node + intercept for node in self.nodes]
            rights = [-_softplus(-each) for each in strengths]
            wrongs = [-_softplus(each) for each in strengths]
            found[name] = ([exp(each) for each in rights], rights, wrongs)
        return found

    def _posteriors(self, curves: Mapping[str, tuple[list[float], list[float], list[float]]]) -> list[list[float]]:
        """Return where each pattern puts its candidate, as weights of the nodes, and keep the log-likelihood."""
        found, total = [], 0.0
        for answers, many in self.patterns:
            columns = [_column(curves[name], part) for name, part in answers]
            heights = list(map(sum, zip(self.prior, *columns, strict=True)))
            top = max(heights)
            weights = [exp(height - top) for height in heights]
            mass = sum(weights)
            total += many * (top + log(mass))
            found.append([weight / mass for weight in weights])
        self.log_likelihood = total
        return found

    # climbing

    def climb(self) -> None:
        """Climb by EM, then by Newton's method, until the likelihood has no slope left."""
        if not self.free and not self._free_slopes:
            self._posteriors(self._curves())
            self.has_converged = True
            return
        for _ in range(_EM_ROUNDS):
            if self._em_step() < _NEAR:
                break
        for _ in range(_NEWTON_ROUNDS):
            if self._newton_step():
                self.has_converged = True
                break
        self._lay_grid()
        self._posteriors(self._curves())

    def _em_step(self) -> float:
        self._lay_grid()
        curves = self._curves()
        zeros = [0.0] * len(self.nodes)
        expected = {name: list(zeros) for name in self.items}
        right = {name: list(zeros) for name in self.items}
        for (answers, many), posterior in zip(self.patterns, self._posteriors(curves), strict=True):
            weighted = [many * each for each in posterior]
            for name, is_right in answers:
                expected[name] = list(map(float.__add__, expected[name], weighted))
                if is_right:
                    hits = weighted if is_right == 1 else [is_right * each for each in weighted]
                    right[name] = list(map(float.__add__, right[name], hits))
        before = self._read()
        for _ in range(3):
            self._maximise(expected, right)
        return max((abs(new - old) for new, old in zip(self._read(), before, strict=True)), default=0.0)

    def _maximise(self, expected: Mapping[str, list[float]], right: Mapping[str, list[float]]) -> None:
        """Take a Newton step for every question's own curve to what is expected at the nodes."""
        common = [0.0, 0.0]
        for name in self.items:
            slope, intercept = self.slopes[name], self.intercepts[name]
            first, second, cross, by_intercept, by_slope = 0.0, 0.0, 0.0, 0.0, 0.0
            for node, count, hits in zip(self.nodes, expected[name], right[name], strict=True):
                chance = _chance(slope * node + intercept)
                missing, weight = hits - count * chance, count * chance * (1 - chance)
                first += missing
                second += missing * node
                by_intercept += weight
                cross += weight * node
                by_slope += weight * node * node
            common[0] += second
            common[1] += by_slope
            if name not in self.intercepts or name not in self.free:
                continue
            determinant = by_intercept * by_slope - cross * cross
            if self.held_slope is None and not self.is_common and determinant > 1e-9:
                self.slopes[name] = _bounded(slope, (by_intercept * second - cross * first) / determinant)
                self.intercepts[name] += _limited((by_slope * first - cross * second) / determinant)
            elif by_intercept > 1e-9:
                self.intercepts[name] += _limited(first / by_intercept)
        if self.is_common and self.held_slope is None and common[1] > 1e-9:
            slope = _bounded(next(iter(self.slopes.values())), common[0] / common[1])
            self.slopes = dict.fromkeys(self.items, max(slope, 0.05))

    def _newton_step(self) -> bool:
        """Take a step by the full Hessian, halved until it climbs; says whether there was nothing left to climb."""
        self._lay_grid()
        gradient, hessian = self._derivatives()
        height, here = self.log_likelihood, self._read()
        scale = sqrt(max(1.0, float(sum(many for _, many in self.patterns))))
        if max(map(abs, gradient), default=0.0) < _CLOSE_ENOUGH * scale:
            return True
        try:
            step = _solve([[-each for each in row] for row in hessian], gradient)
        except Unsolvable:
            self._em_step()
            return False
        for _ in range(12):
            self._write([value + change for value, change in zip(here, step, strict=True)])
            self._posteriors(self._curves())
            if self.log_likelihood >= height - 1e-9 and all(abs(each) < _STEEPEST for each in self.slopes.values()):
                return max(map(abs, step), default=0.0) < _CLOSE_ENOUGH
            step = [each / 2 for each in step]
        self._write(here)
        self._em_step()
        return False

    def _derivatives(self) -> tuple[list[float], list[list[float]]]:
        """Return gradient and Hessian of the log-likelihood.

        For each pattern the Hessian is the posterior mean of the second derivatives, plus the posterior covariance of
        the first ones (Louis, 1982).
        """
        curves = self._curves()
        places = {name: place for place, name in enumerate(self.free)}
        count = len(self.free)
        slopes = {name: count + place for place, name in enumerate(self._free_slopes)}
        size = count + len(slopes)
        gradient = [0.0] * size
        hessian = [[0.0] * size for _ in range(size)]
        squares = [node * node for node in self.nodes]
        for (answers, many), posterior in zip(self.patterns, self._posteriors(curves), strict=True):
            scores: dict[int, list[float]] = {}
            for name, is_right in answers:
                chances = curves[name][0]
                score = [is_right - chance for chance in chances]
                spreads = [chance * (1 - chance) for chance in chances]
                weighted = list(map(mul, posterior, spreads))
                place, slope = places.get(name), slopes.get("*", slopes.get(name))
                if place is not None:
                    scores[place] = score
                    hessian[place][place] -= many * sum(weighted)
                if slope is not None:
                    tilted = list(map(mul, score, self.nodes))
                    known = scores.get(slope)
                    scores[slope] = tilted if known is None else list(map(float.__add__, known, tilted))
                    hessian[slope][slope] -= many * sum(map(mul, weighted, squares))
                if place is not None and slope is not None:
                    both = many * sum(map(mul, weighted, self.nodes))
                    hessian[place][slope] -= both
                    hessian[slope][place] -= both
            _add_scores(gradient, hessian, scores, posterior, many)
        return gradient, hessian

    def result(self) -> Fit:
        """Return the fit, with the covariance of its parameters where the data determine them."""
        fitted = Fit(
            slopes=dict(self.slopes),
            intercepts=dict(self.intercepts),
            log_likelihood=self.log_likelihood,
            names=[*self.free, *self._free_slopes],
            has_converged=self.has_converged,
        )
        if fitted.names and self.has_converged:
            _, hessian = self._derivatives()
            try:
                fitted.covariance = _inverse([[-each for each in row] for row in hessian])
            except Unsolvable:
                fitted.has_converged = False
        return fitted


def _grouped(
    patterns: Sequence[Pattern], times: Sequence[int], *, by_score: bool
) -> list[tuple[tuple[tuple[str, float], ...], int]]:
    """Count equal patterns together; under a common slope those of the same questions and score, by their means.

    There ability depends on a pattern through its score alone, and the likelihood is linear in the single answers.
    """
    groups: dict[Any, list[tuple[Pattern, int]]] = defaultdict(list)
    for pattern, many in zip(patterns, times, strict=True):
        if many and pattern:
            names = tuple(sorted(pattern))
            key = sum(pattern.values()) if by_score else tuple(pattern[name] for name in names)
            groups[names, key].append((pattern, many))
    found = []
    for (names, _), members in groups.items():
        count = sum(many for _, many in members)
        answers = tuple((name, sum(many * each[name] for each, many in members) / count) for name in names)
        found.append((answers, count))
    return found


def _column(curve: tuple[list[float], list[float], list[float]], part: float) -> list[float]:
    """Return the logarithm of an answer's chance at the nodes; of a group, so much of the right one's."""
    if part in (0, 1):
        return curve[1 if part else 2]
    return [part * right + (1 - part) * wrong for right, wrong in zip(curve[1], curve[2], strict=True)]


def _add_scores(
    gradient: list[float],
    hessian: list[list[float]],
    scores: Mapping[int, list[float]],
    posterior: Sequence[float],
    many: int,
) -> None:
    """Add what a pattern's first derivatives, one list over the nodes for each parameter, say."""
    means = {place: sum(map(mul, posterior, score)) for place, score in scores.items()}
    listed = sorted(scores)
    for place in listed:
        gradient[place] += many * means[place]
        weighted = list(map(mul, posterior, scores[place]))
        for other in listed:
            if other > place:
                break
            product = many * (sum(map(mul, weighted, scores[other])) - means[place] * means[other])
            hessian[place][other] += product
            if other != place:
                hessian[other][place] += product


def _inverse(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    size = len(matrix)
    columns = [_solve(matrix, [float(row == column) for row in range(size)]) for column in range(size)]
    return [list(row) for row in zip(*columns, strict=True)]


def _solve(matrix: Sequence[Sequence[float]], values: Sequence[float]) -> list[float]:
    """Solve a system of a positive definite matrix (Cholesky); raises Unsolvable when it is not one."""
    size = len(values)
    lower = [[0.0] * size for _ in range(size)]
    for row in range(size):
        for column in range(row + 1):
            rest = matrix[row][column] - sum(map(mul, lower[row][:column], lower[column][:column]))
            if row == column:
                if rest <= 1e-10:
                    raise Unsolvable("the matrix is not positive definite")
                lower[row][row] = sqrt(rest)
            else:
                lower[row][column] = rest / lower[column][column]
    half: list[float] = []
    for row in range(size):
        half.append((values[row] - sum(map(mul, lower[row][:row], half))) / lower[row][row])
    found = [0.0] * size
    for row in reversed(range(size)):
        behind = sum(lower[other][row] * found[other] for other in range(row + 1, size))
        found[row] = (half[row] - behind) / lower[row][row]
    return found


def _bounded(slope: float, change: float) -> float:
    return max(-_STEEPEST, min(_STEEPEST, slope + _limited(change)))


def _limited(change: float) -> float:
    return max(-1.0, min(1.0, change))


def _softplus(value: float) -> float:
    return value + log1p(exp(-value)) if value > 0 else log1p(exp(value))


def _chance(strength: float) -> float:
    return 1 / (1 + exp(-strength)) if strength > -700 else 0.0


def _logit(chance: float) -> float:
    return log(chance / (1 - chance))
