"""The question bank's draw: random questions, at a cost that depends on how many are wanted, not on how many there are.

Approved questions of a topic stand in the order of a random sort key. A draw reads a window of that order from a point
of its own on, goes on at the beginning where the end comes first, and takes its share out of the window; points and
choice follow from the seed.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from datetime import datetime
from fractions import Fraction
from itertools import chain, zip_longest

from lyceum.kit import clock
from lyceum.kit.errors import rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.table import find
from lyceum.model.questions.question import Question, QuestionFacts
from lyceum.rules.questions import passages
from lyceum.rules.questions.seeded_order import digest, shuffled

_REQUESTS = 4
_SMALLEST_WINDOW = 12
_WINDOW_SHARES = 2
_FILTERED_WINDOW_SHARES = 6
_PAGE = 250
_MOST_PAGES = 20


def is_embargoed(question: QuestionFacts, now: datetime) -> bool:
    """Say whether a question is part of an exam that may still be sat (EXAM L4)."""
    return question.embargoed_until is not None and now <= question.embargoed_until


def without_exclusions(questions: Sequence[Question]) -> list[Question]:
    """Leave out every enemy item of an earlier question, whichever of the two names the other (EXAM S2)."""
    taken: set[str] = set()
    excluded: set[str] = set()
    kept = []
    for question in questions:
        if question.question_id not in excluded and taken.isdisjoint(question.exclusion_ids):
            kept.append(question)
            taken.add(question.question_id)
            excluded.update(question.exclusion_ids)
    return kept


class _TopicSample:
    """The approved questions of one topic, read from a random point on, up or down, and round to that point."""

    def __init__(self, topic_id: str, share: int, start: str, request: "_DrawRequest") -> None:
        self.topic_id = topic_id
        self.share = share
        self.found: dict[str, Question] = {}
        self.unread = max(_SMALLEST_WINDOW, share * request.window_shares)
        self.is_exhausted = False
        self._request = request
        self._start = start
        self._goes_down = int(digest(request.seed, "direction", ""), 16) % 2 == 1
        self._after: dict[str, object] | None = None
        self._is_round = False

    @property
    def is_cut_off(self) -> bool:
        """Whether its window ended with the topic's order and goes on at the beginning."""
        return self.unread > 0 and not self.is_exhausted

    def read(self, limit: int) -> None:
        """Read on, in one storage request."""
        is_above = self._is_round == self._goes_down
        window = find(
            Question,
            index="gsi1",
            topic_id=self.topic_id,
            limit=limit,
            after=self._after,
            from_sort=self._start if is_above else None,
            to_sort=None if is_above else self._start,
            descending=self._goes_down,
        )
        for question in window.items:
            if self._request.fits(question):
                self.found[question.question_id] = question
        self.unread -= len(window.items)
        self._after = window.last_key
        if self._after is None:
            self.is_exhausted, self._is_round = self._is_round, True

    def in_order(self) -> list[str]:
        """Return what was found in the order in which the seed takes it."""
        return shuffled(self.found, self._request.seed, "draw")


@frozen
class _DrawRequest:
    """What is drawn: the seed, the one difficulty or the weights of several, and what must not come.

    `groups` are the questions of each passage among what was found so far: they come together, or none of them does.
    """

    seed: str
    difficulty: str | None
    without: AbstractSet[str]
    weights: Mapping[str, int]
    topic_ids: Sequence[str] = ()
    groups: list[frozenset[str]] = field(default_factory=list)

    @property
    def window_shares(self) -> int:
        """How many times its share a window holds: more where not all that is read can be taken."""
        return _FILTERED_WINDOW_SHARES if self.difficulty or self.weights or self.without else _WINDOW_SHARES

    def fits(self, question: Question) -> bool:
        """Say whether a question may be drawn."""
        is_free = question.question_id not in self.without and not is_embargoed(question, clock.now())
        return self.difficulty in (None, question.difficulty) and is_free

    def may_stand(self, question: Question) -> bool:
        """Say whether a question of a passage may come where others of it were found."""
        return question.topic_id in self.topic_ids and self.fits(question)


def draw(
    topic_ids: list[str],
    count: int,
    seed: str,
    difficulty: str | None = None,
    *,
    without: AbstractSet[str] = frozenset(),
    weights: Mapping[str, int] | None = None,
    least: int | None = None,
) -> list[Question]:
    """Draw `count` different questions, spread over the topics as evenly as what was read allows.

    - `without`: questions that must not come.
    - `weights`: how the difficulties should be mixed, such as 1 easy to 2 medium; where what was read has too few of
      one, others make up for it.
    - `least`: how few will do, where fewer are left than were asked for; all of them unless it is said.

    Costs at most four storage requests for up to four topics and one for each topic beyond, unless the bank is so small
    (or so few match) that more must be read to find enough. Raises RuleViolation NOT_ENOUGH_QUESTIONS rather than draw
    a short paper.
    """
    request = _DrawRequest(seed, difficulty, without, weights or {}, topic_ids)
    samples = _samples(topic_ids, count, request)
    first = [sample for sample in samples if sample.share]
    for sample in first:
        sample.read(sample.unread)
    # A window that is cut off favours the end of the order, and reading down as often as up evens most of that out;
    # what the budget leaves makes windows whole, those that do not cover their share before the others.
    cut_off = [sample for sample in first if sample.is_cut_off]
    cut_off.sort(key=lambda sample: len(sample.found) >= sample.share)
    for sample in cut_off[: max(0, _REQUESTS - len(first))]:
        sample.read(sample.unread)
    _read_on(samples, count, count if least is None else least, request)
    return _picked(samples, count, request)


def _samples(topic_ids: list[str], count: int, request: _DrawRequest) -> list[_TopicSample]:
    seed = request.seed
    each, rest = divmod(count, len(topic_ids))
    larger = set(shuffled(topic_ids, seed, "shares")[:rest])
    order = shuffled(topic_ids, seed, "topics")
    return [
        _TopicSample(topic_id, each + (topic_id in larger), _start_of(seed, place, len(order)), request)
        for place, topic_id in enumerate(order)
    ]


def _start_of(seed: str, place: int, places: int) -> str:
    """Return a random point in one of as many equal parts of the sort keys as there are topics.

    Each topic's point can be anywhere, since its part is a matter of chance too; but they never all come to stand near
    the end of their order, where windows are cut off and reading on costs more requests. (One draw reads all topics
    in one direction for the same reason.)
    """
    within = int(digest(seed, "start", str(place))[:16], 16)
    return f"{(place * 2**64 + within) // places:016x}"


def _read_on(samples: list[_TopicSample], count: int, least: int, request: _DrawRequest) -> None:
    _leave_out(samples, request)
    for _ in range(_MOST_PAGES):
        unread = [sample for sample in samples if not sample.is_exhausted]
        if not unread or _total(samples, count, request) >= count:
            break
        min(unread, key=lambda sample: len(sample.found)).read(_PAGE)
        _leave_out(samples, request)
    total = _total(samples, count, request)
    if total < least:
        raise rule_violation(
            "NOT_ENOUGH_QUESTIONS", f"{count} questions were asked for, and these topics have {total} that fit."
        )


def _leave_out(samples: list[_TopicSample], request: _DrawRequest) -> None:
    """Leave out of what was found enemy items and parts of groups, so that whatever is taken of it goes together."""
    every = [question for sample in samples for question in sample.found.values()]
    if any(passages.is_named(question.passage_id) for question in every):
        whole, request.groups[:] = passages.whole_groups(every, request.may_stand)
        for sample in samples:
            sample.found = {each.question_id: each for each in whole if each.topic_id == sample.topic_id}
    _leave_exclusions_out(samples)
    if request.groups:
        left = {name for sample in samples for name in sample.found}
        broken = {name for group in request.groups if not group <= left for name in group}
        request.groups[:] = [group for group in request.groups if group <= left]
        for sample in samples:
            sample.found = {name: each for name, each in sample.found.items() if name not in broken}


def _leave_exclusions_out(samples: list[_TopicSample]) -> None:
    if any(question.exclusion_ids for sample in samples for question in sample.found.values()):
        found = [sample.found[name] for sample in samples for name in sample.in_order()]
        kept = {question.question_id for question in without_exclusions(found)}
        for sample in samples:
            sample.found = {name: question for name, question in sample.found.items() if name in kept}


def _total(samples: list[_TopicSample], count: int, request: _DrawRequest) -> int:
    if request.groups:
        return len(_picked(samples, count, request))
    return sum(len(sample.found) for sample in samples)


def _picked(samples: list[_TopicSample], count: int, request: _DrawRequest) -> list[Question]:
    known = {name: question for sample in samples for name, question in sample.found.items()}
    order = _mixed_order(samples, known, count, request) if request.weights else _order(samples, known, request.seed)
    return [known[name] for name in passages.in_whole_groups(order, count, request.groups)]


def _order(samples: list[_TopicSample], known: Mapping[str, Question], seed: str) -> list[str]:
    taken = [name for sample in samples for name in sample.in_order()[: sample.share]]
    return [*taken, *shuffled(known.keys() - set(taken), seed, "draw")]


def _mixed_order(
    samples: list[_TopicSample], known: Mapping[str, Question], count: int, request: _DrawRequest
) -> list[str]:
    """Take questions from the samples in turn, as long as their difficulty is still wanted; then whatever comes."""
    orders = [sample.in_order() for sample in samples]
    in_turn = [name for name in chain.from_iterable(zip_longest(*orders)) if name is not None]
    wanted = quotas(request.weights, count, request.seed)
    taken = []
    for name in in_turn:
        if wanted.get(known[name].difficulty, 0):
            wanted[known[name].difficulty] -= 1
            taken.append(name)
    chosen = set(taken)
    return [*taken, *(name for name in in_turn if name not in chosen)]


def quotas(weights: Mapping[str, int], count: int, seed: str) -> dict[str, int]:
    """Divide `count` by weights, by largest remainders; what is left among equals is a matter of the seed."""
    total = sum(weights.values())
    exact = {name: Fraction(count * weight, total) for name, weight in weights.items()}
    shares = {name: int(share) for name, share in exact.items()}
    order = sorted(shares, key=lambda name: (shares[name] - exact[name], digest(seed, "quota", name)))
    for name in order[: count - sum(shares.values())]:
        shares[name] += 1
    return shares
