"""How well a topic is mastered: Bayesian knowledge tracing. Pure.

Corbett and Anderson 1995, "Knowledge tracing: Modeling the acquisition of procedural knowledge", *User Modeling and
User-Adapted Interaction* 4, 253-278. A topic is mastered or not; whoever has mastered it slips with probability `slip`,
whoever has not guesses right with `guess`, and between two answers it is learnt with `learn`:

    P(m | right) = P(m)(1 - slip) / (P(m)(1 - slip) + (1 - P(m)) guess)
    P(m | wrong) = P(m) slip / (P(m) slip + (1 - P(m))(1 - guess))
    P(m next)    = P(m | answer) + (1 - P(m | answer)) learn

A partly right answer is soft evidence (Jeffrey 1983, *The Logic of Decision*, chapter 11): the mean of both posteriors.
The parameters are not fitted to anybody; the interval is what comes out at the corners of the ranges that are usual for
them, so it is wide where there is little evidence and narrow where all of them agree.
"""

from collections.abc import Sequence
from itertools import product

from lyceum.kit.frozen import frozen

MOST_ENTRIES = 40
"""Entries of a topic that are looked at: the latest."""
Row = list[int | str]


@frozen
class Parameters:
    """Of knowledge tracing: mastered at the beginning, learnt between two answers, slipped, guessed."""

    start: float
    learn: float
    slip: float
    guess: float


USUAL = Parameters(start=0.3, learn=0.1, slip=0.1, guess=0.2)
_CORNERS = [
    Parameters(*each) for each in product((0.1, 0.5), (0.05, 0.15), (0.05, 0.15), (0.15, 0.3))
]  # the ranges of start, learn, slip and guess


@frozen
class Mastery:
    """The probability that a topic is mastered, its interval, and from how many answers."""

    estimate: float
    low: float
    high: float
    observations: int


def traced(answers: str, parameters: Parameters = USUAL) -> float:
    """Return the probability of mastery after answers: r right, p partly right, w wrong."""
    known = parameters.start
    for answer in answers:
        right = _posterior(known, 1 - parameters.slip, parameters.guess)
        wrong = _posterior(known, parameters.slip, 1 - parameters.guess)
        seen = {"r": right, "w": wrong}.get(answer, (right + wrong) / 2)
        known = seen + (1 - seen) * parameters.learn
    return known


def _posterior(known: float, if_known: float, if_not: float) -> float:
    likely = known * if_known
    return likely / (likely + (1 - known) * if_not)


def estimate(rows: Sequence[Row]) -> Mastery:
    """Estimate mastery from the evidence of a topic, the oldest first."""
    answers = "".join(str(row[2]) for row in rows)
    corners = [traced(answers, each) for each in _CORNERS]
    return Mastery(traced(answers), min(corners), max(corners), len(answers))


def with_evidence(rows: Sequence[Row], second: int, name: str, answers: str) -> list[Row]:
    """Return evidence with the answers of an entry in the place of what it said before; the latest entries are kept.

    An entry that says nothing any more keeps its place, so what is kept does not depend on the order of events.
    """
    every: list[Row] = [*(list(row) for row in rows if row[1] != name), [second, name, answers]]
    ordered = sorted(every, key=lambda row: (int(row[0]), str(row[1])))
    return ordered[-MOST_ENTRIES:]
