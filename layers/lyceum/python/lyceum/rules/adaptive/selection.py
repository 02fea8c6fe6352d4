"""Which question comes next: the most telling one that is due, within a cap on how often any is shown. Pure.

The value of a question is its information at the ability estimate (see `ability`) times three shares from 0 to 1:

- coverage: a topic with its fair number of questions in the choice counts for less and less;
- spacing: one that was met a moment ago counts nothing, and comes back over two weeks (distributed practice: Cepeda et
  al. 2006, *Psychological Bulletin* 132, 354-380); one that was never met counts in full;
- exposure: questions above the cap are left out while others are there (restricted method: Revuelta and Ponsoda 1998,
  *Journal of Educational Measurement* 35, 311-327), and among the nearly best the seed decides, so that not everybody
  of one ability sees the same ones (randomesque: Kingsbury and Zara 1989, *Applied Measurement in Education* 2,
  359-375).

The same input gives the same choice.
"""

import hashlib
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from lyceum.kit.frozen import frozen
from lyceum.rules.adaptive.ability import Ability, Item, estimate, information

CAP = 0.20
"""The largest share of candidates that one question is shown to."""
STOP_ERROR = 0.30
"""Standard error at which an adaptive test has seen enough."""
MOST_ITEMS = 25
_NEARLY_BEST = 6
_SPACED_DAYS = 14
_HOUR = 1 / 24


@frozen
class Candidate:
    """A question that may come: its parameters, and what is known of it for this student.

    Attributes:
        days_since: Days since the student met it; None for never.
        was_right: Whether it was right then.
        exposure: The share of candidates that it is shown to, from 0 to 1.
    """

    question_id: str
    topic_id: str
    item: Item
    days_since: float | None = None
    was_right: bool = False
    exposure: float = 0.0


@frozen
class Chosen:
    """A question that was chosen, and the parts of its value."""

    candidate: Candidate
    information: float
    coverage: float
    spacing: float

    @property
    def value(self) -> float:
        """By which questions are compared."""
        return self.information * self.coverage * self.spacing


def choose(
    candidates: Sequence[Candidate],
    ability: float,
    count: int,
    seed: str,
    *,
    targets: Mapping[str, float] | None = None,
) -> list[Chosen]:
    """Choose questions one after the other; fewer where fewer are worth anything.

    `targets` are the shares that topics should have, equal ones unless they are said.
    """
    topics = {each.topic_id for each in candidates}
    shares = targets or dict.fromkeys(topics, 1 / max(1, len(topics)))
    left = list(candidates)
    taken: Counter[str] = Counter()
    chosen: list[Chosen] = []
    while left and len(chosen) < count:
        found = _next(left, ability, f"{seed}#{len(chosen)}", taken, shares)
        if found is None:
            break
        chosen.append(found)
        taken[found.candidate.topic_id] += 1
        left.remove(found.candidate)
    return chosen


def _next(
    candidates: Sequence[Candidate], ability: float, seed: str, taken: Counter[str], shares: Mapping[str, float]
) -> Chosen | None:
    free = [each for each in candidates if each.exposure < CAP] or list(candidates)
    total = sum(taken.values()) + 1
    valued = [
        Chosen(
            each,
            information(each.item, ability),
            _coverage(taken[each.topic_id], shares.get(each.topic_id, 0.0) * total),
            spacing(each),
        )
        for each in free
    ]
    best = sorted(valued, key=lambda each: (-each.value, each.candidate.question_id))[:_NEARLY_BEST]
    near = [each for each in best if each.value > 0 and each.value >= best[0].value / 2]
    return min(near, key=lambda each: _lot(seed, each.candidate.question_id), default=None)


def _coverage(taken: int, fair: float) -> float:
    """Return 1 for a topic below its fair number, and less for each question above it."""
    return 1.0 if taken + 1 <= fair else max(0.1, 1 / (2 + taken - fair))


def spacing(candidate: Candidate) -> float:
    """Return how much a question is due: not at all within the hour, in full after two weeks or when it is new."""
    if candidate.days_since is None:
        return 1.0
    if candidate.days_since < _HOUR:
        return 0.0
    due = min(1.0, candidate.days_since / _SPACED_DAYS)
    return due if candidate.was_right else max(due, min(1.0, candidate.days_since))


def _lot(seed: str, question_id: str) -> bytes:
    return hashlib.sha256(f"{seed}#{question_id}".encode()).digest()


def is_sure(known: Ability, *, most: int = MOST_ITEMS) -> bool:
    """Say whether an adaptive test has seen enough."""
    return known.answers >= most or (known.answers > 0 and known.error <= STOP_ERROR)


def next_of(
    candidates: Sequence[Candidate], known: Ability, seed: str, seen: Counter[str], topics: Sequence[str]
) -> Candidate | None:
    """Return the next question of an adaptive test, with as many of each topic as can be; None when none is left."""
    shares = dict.fromkeys(topics, 1 / max(1, len(topics)))
    found = _next(candidates, known.estimate, f"{seed}#{known.answers}", seen, shares)
    return found.candidate if found else None


def adaptive(
    candidates: Sequence[Candidate], seed: str, *, most: int = MOST_ITEMS
) -> Generator[tuple[Candidate, Ability], float | None, None]:
    """Run an adaptive test: yields each question with the estimate before it; send the part that was right, 0 to 1.

    It ends at a standard error of `STOP_ERROR`, after `most` questions, or when there is none left.
    """
    answers: list[tuple[Item, float]] = []
    seen: Counter[str] = Counter()
    left = list(candidates)
    topics = sorted({each.topic_id for each in candidates})
    while True:
        known = estimate(answers)
        found = None if is_sure(known, most=most) else next_of(left, known, seed, seen, topics)
        if found is None:
            return
        part = yield found, known
        answers.append((found.item, float(part or 0)))
        seen[found.topic_id] += 1
        left = [each for each in left if each.question_id != found.question_id]


def shown_once_more(candidates: Sequence[Candidate], shown: Counter[str], takers: int) -> list[Candidate]:
    """Return candidates with the exposure that counts of what was shown amount to."""
    return [replace(each, exposure=shown[each.question_id] / max(1, takers)) for each in candidates]
