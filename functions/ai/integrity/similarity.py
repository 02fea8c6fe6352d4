"""Pairs of candidates whose answers agree more than chance and ability explain. Pure.

For a candidate j and a source i the answers of j are explained in two ways: by themselves, with the probability that
somebody of j's ability chooses what j chose; or by copying, where each answer is that of i with probability c and else
j's own. The ratio of both likelihoods has the mean 1 where nobody copied, whatever the exam, so by Markov's inequality
it passes 1/p with a probability of at most p (Wasserman, Ramdas and Balakrishnan 2020, *PNAS* 117, 16880-16890). The
mean of ratios over several c and both directions keeps that mean, and Bonferroni's correction asks of each of the n
pairs that it pass n/p. That bound is wide, and holds as far as the model of answers does. So where there are many pairs
the bar is where the tail of what this exam's own pairs show ends by itself (an empirical null: Efron 2004, *JASA* 99,
96-104): evidence is a sum over questions, so a normal tail through two of its upper ranks, which is followed to p/n.
Agreement in wrong options weighs most, as in the omega index (Wollack 1997, *Applied Psychological Measurement* 21,
307-320), since few choose the same one by themselves.

Abilities and difficulties are estimated from the exam itself (Rasch model, joint maximum likelihood with a normal
prior). What is chosen in error is estimated within the third of equal ability and, where groups were taught together,
within the group as well, whichever of both is likelier: a misconception that was taught is no sign of copying.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import compress
from math import exp, log, sqrt
from operator import eq
from statistics import NormalDist

from lyceum.kit.frozen import frozen

FAMILY_ERROR = 0.05
"""The most that the chance of accusing any innocent pair of one exam may be."""
FEWEST_ITEMS = 15
FEWEST_CANDIDATES = 20
_SHARES = (0.35, 0.55, 0.8)
_ROUNDS = 12
_LEAST = 0.02
_SMOOTHED = 3.0
_MANY_PAIRS = 2000
_LEAST_BAR = 5.0
_CLEAN = 7.0
"""Above the ranks that the bar is drawn from is room for one copied pair among ten candidates."""


@frozen
class Paper:
    """What a candidate answered: by question the option chosen (None for a blank), and which of them were right."""

    candidate: str
    answers: Mapping[str, str]
    right: frozenset[str]
    group: str = ""


@frozen
class Pair:
    """Two candidates, and how much their answers speak for copying.

    Attributes:
        source: The one of both from whom the other is likelier to have copied, as far as answers tell.
        evidence: Natural logarithm of the likelihood ratio.
        bar: What the evidence had to pass.
        agreed: Questions with the same answer.
        same_wrong: Those of them that are wrong.
        expected: How many questions two such candidates agree in by themselves.
    """

    source: str
    other: str
    evidence: float
    bar: float
    agreed: tuple[str, ...]
    same_wrong: tuple[str, ...]
    expected: float


def pairs(papers: Sequence[Paper], *, most: int = 200) -> list[Pair]:
    """Return the pairs that pass, the strongest first; none of an exam that is too small to tell."""
    questions = sorted({name for paper in papers for name in paper.answers})
    if len(papers) < FEWEST_CANDIDATES or len(questions) < FEWEST_ITEMS:
        return []
    model = _Model(papers, questions)
    judged = []
    for left in range(len(papers)):
        for right in range(left + 1, len(papers)):
            evidence, is_turned = model.evidence(left, right, list(map(eq, model.choices[left], model.choices[right])))
            judged.append((evidence, (right, left) if is_turned else (left, right)))
    judged.sort(reverse=True)
    bar = bar_of([evidence for evidence, _ in judged])
    passed = [each for each in judged[:most] if each[0] >= bar]
    return [_pair(papers, questions, model, *names, evidence, bar) for evidence, names in passed]


def bar_of(evidence: Sequence[float]) -> float:
    """Return what the evidence of a pair has to pass; `evidence` is that of all pairs, the strongest first."""
    count = len(evidence)
    if count < _MANY_PAIRS:
        return log(count / FAMILY_ERROR)
    share = 1 / (_CLEAN * sqrt(count))
    rare, usual = evidence[int(count * share)], evidence[int(count * share * 10)]
    far, near = _score(share), _score(share * 10)
    spread = max(0.1, (rare - usual) / (far - near))
    return max(_LEAST_BAR, rare + spread * (_score(FAMILY_ERROR / count) - far))


def _score(share: float) -> float:
    """Return the normal score that a share of pairs lies above."""
    return NormalDist().inv_cdf(1 - share)


def _pair(
    papers: Sequence[Paper],
    questions: Sequence[str],
    model: "_Model",
    source: int,
    other: int,
    evidence: float,
    bar: float,
) -> Pair:
    same = map(eq, model.choices[source], model.choices[other])
    agreed = tuple(name for name in compress(questions, same) if name in papers[source].answers)
    wrong = tuple(name for name in agreed if name not in papers[source].right)
    expected = sum(model.alone(source, other))
    names = papers[source].candidate, papers[other].candidate
    return Pair(*names, round(evidence, 2), round(bar, 2), agreed, wrong, round(expected, 1))


class _Model:
    """How likely each candidate chooses each option by themselves."""

    def __init__(self, papers: Sequence[Paper], questions: Sequence[str]) -> None:
        self.papers, self.questions = papers, questions
        right = [[name in paper.right for name in questions] for paper in papers]
        abilities, difficulties = rasch(right)
        self.thirds = _thirds(abilities)
        self.chances = [[_logistic(ability - each) for each in difficulties] for ability in abilities]
        self.wrong_shares = self._wrong_shares()
        blank = [f"\0{place}" for place in range(len(papers))]  # blanks agree with nobody's
        self.choices = [
            [paper.answers.get(name, blank[place]) for name in questions] for place, paper in enumerate(papers)
        ]
        self.misses = [[0.0 if name not in paper.answers else 1.0 for name in questions] for paper in papers]
        self.gains = [self._gains(place) for place in range(len(papers))]
        self.answered = [sum(row) for row in self.misses]

    def _wrong_shares(self) -> list[dict[str, Counter[str]]]:
        """Count the wrong options of each question by third of ability and by group."""
        found: list[dict[str, Counter[str]]] = [defaultdict(Counter) for _ in self.questions]
        for place, paper in enumerate(self.papers):
            for number, name in enumerate(self.questions):
                chosen = paper.answers.get(name)
                if chosen is not None and name not in paper.right:
                    for part in ("*", self.thirds[place], f"@{paper.group}"):
                        found[number][part][chosen] += 1
        return found

    def probability(self, place: int, number: int) -> float:
        """Return how likely a candidate chooses by themselves what they chose."""
        paper, name = self.papers[place], self.questions[number]
        chosen = paper.answers.get(name)
        if chosen is None:
            return 1.0
        if name in paper.right:
            return max(_LEAST, self.chances[place][number])
        counts = self.wrong_shares[number]
        parts = [self.thirds[place], *([f"@{paper.group}"] if paper.group else [])]
        share = max(self._share(counts, part, chosen) for part in parts)
        return max(_LEAST, (1 - self.chances[place][number]) * share)

    def _share(self, counts: Mapping[str, Counter[str]], part: str, chosen: str) -> float:
        """Return the share of an option among the wrong ones of the others in a part, drawn to its share in all."""
        whole, own = counts["*"], counts[part]
        overall = (whole[chosen] - 0.5) / (whole.total() - 1 + 0.5 * (len(whole) + 1))
        return (own[chosen] - 1 + _SMOOTHED * overall) / (own.total() - 1 + _SMOOTHED)

    def _gains(self, place: int) -> list[list[float]]:
        """Return for each share of copying what agreement in each question adds beyond the lack of it."""
        probabilities = [self.probability(place, number) for number in range(len(self.questions))]
        return [[log(share / each + 1 - share) - log(1 - share) for each in probabilities] for share in _SHARES]

    def evidence(self, left: int, right: int, same: Sequence[bool]) -> tuple[float, bool]:
        """Return the logarithm of the likelihood ratio, and whether the second is the likelier source."""
        ways = [self._way(right, same), self._way(left, same)]
        top = max(max(each) for each in ways)
        mass = sum(exp(each - top) for way in ways for each in way)
        return top + log(mass / (2 * len(_SHARES))), max(ways[1]) > max(ways[0])

    def _way(self, copier: int, same: Sequence[bool]) -> list[float]:
        count = self.answered[copier]
        return [
            sum(compress(gains, same)) + count * log(1 - share)
            for gains, share in zip(self.gains[copier], _SHARES, strict=True)
        ]

    def alone(self, left: int, right: int) -> list[float]:
        """Return for each question how likely both agree by themselves."""
        found = []
        for number in range(len(self.questions)):
            both = self.chances[left][number] * self.chances[right][number]
            counts = self.wrong_shares[number]["*"]
            total = counts.total()
            clash = sum((each / total) ** 2 for each in counts.values()) if total else 0.0
            wrong = (1 - self.chances[left][number]) * (1 - self.chances[right][number])
            found.append(both + wrong * clash)
        return found


def rasch(right: Sequence[Sequence[bool]]) -> tuple[list[float], list[float]]:
    """Estimate abilities and difficulties in turns by Newton's method; both have a normal prior of spread 1.5."""
    abilities, difficulties = [0.0] * len(right), [0.0] * len(right[0])
    columns = list(zip(*right, strict=True))
    scores, solved = [sum(row) for row in right], [sum(column) for column in columns]
    weight = 1 / 1.5**2
    for _ in range(_ROUNDS):
        abilities = [
            _step(ability, scores[place], [_logistic(ability - each) for each in difficulties], weight)
            for place, ability in enumerate(abilities)
        ]
        difficulties = [
            -_step(-difficulty, solved[number], [_logistic(each - difficulty) for each in abilities], weight)
            for number, difficulty in enumerate(difficulties)
        ]
    return abilities, difficulties


def _step(value: float, score: int, chances: Sequence[float], weight: float) -> float:
    slope = score - sum(chances) - weight * value
    curve = sum(each * (1 - each) for each in chances) + weight
    return value + max(-1.0, min(1.0, slope / curve))


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))


def _thirds(abilities: Sequence[float]) -> list[str]:
    ordered = sorted(range(len(abilities)), key=lambda place: abilities[place])
    names = [""] * len(abilities)
    for rank, place in enumerate(ordered):
        names[place] = f"third{3 * rank // len(abilities)}"
    return names
