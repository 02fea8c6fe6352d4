"""The question bank's draw: random questions, at a cost that depends on how many are wanted and not on how many there are.

Approved questions of a topic stand in the order of a random lot. A draw reads a window of that ring from a lot of its
own, goes round its end where it must, and takes its share out of the window; lots and choice follow from the seed.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import chain, zip_longest

from lyceum.kit import clock
from lyceum.kit.errors import rule_violation
from lyceum.kit.table import find
from lyceum.model.questions.question import Question, QuestionFacts
from lyceum.rules.questions.seeded_order import digest, shuffled

_REQUESTS = 4
_SMALLEST_WINDOW = 12
_WINDOW_SHARES = 2
_FILTERED_WINDOW_SHARES = 6
_PAGE = 250
_MOST_PAGES = 20


def is_reserved(question: QuestionFacts, now: datetime) -> bool:
    """Say whether a question is part of an exam that may still be sat (EXAM L4)."""
    return question.reserved_until is not None and now <= question.reserved_until


def peaceable(questions: Sequence[Question]) -> list[Question]:
    """Leave out every question that is an enemy of an earlier one, whichever of the two says so (EXAM S2)."""
    taken: set[str] = set()
    shunned: set[str] = set()
    kept = []
    for question in questions:
        if question.question_id not in shunned and taken.isdisjoint(question.enemy_ids):
            kept.append(question)
            taken.add(question.question_id)
            shunned.update(question.enemy_ids)
    return kept


class _Ring:
    """The approved questions of one topic, read from a random lot on, up or down, and round to where reading began."""

    def __init__(self, topic_id: str, share: int, lot: str, wish: "_Wish") -> None:
        self.topic_id = topic_id
        self.share = share
        self.found: dict[str, Question] = {}
        self.unread = max(_SMALLEST_WINDOW, share * wish.window_shares)
        self.is_exhausted = False
        self._wish = wish
        self._lot = lot
        self._goes_down = int(digest(wish.seed, "direction", ""), 16) % 2 == 1
        self._after: dict[str, object] | None = None
        self._is_round = False

    @property
    def is_cut_off(self) -> bool:
        """Whether its window ended with the ring's end and goes on at the beginning."""
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
            from_sort=self._lot if is_above else None,
            to_sort=None if is_above else self._lot,
            descending=self._goes_down,
        )
        for question in window.items:
            if self._wish.fits(question):
                self.found[question.question_id] = question
        self.unread -= len(window.items)
        self._after = window.last_key
        if self._after is None:
            self.is_exhausted, self._is_round = self._is_round, True

    def in_order(self) -> list[str]:
        """Return what was found in the order in which the seed takes it."""
        return shuffled(self.found, self._wish.seed, "draw")


@dataclass(frozen=True)
class _Wish:
    """What is drawn: the seed, the one difficulty or the weights of several, and what must not come."""

    seed: str
    difficulty: str | None
    without: AbstractSet[str]
    weights: Mapping[str, int]

    @property
    def window_shares(self) -> int:
        """How many times its share a window holds: more where not all that is read can be taken."""
        return _FILTERED_WINDOW_SHARES if self.difficulty or self.weights or self.without else _WINDOW_SHARES

    def fits(self, question: Question) -> bool:
        """Say whether a question may be drawn."""
        is_free = question.question_id not in self.without and not is_reserved(question, clock.now())
        return self.difficulty in (None, question.difficulty) and is_free


def draw(
    topic_ids: list[str],
    count: int,
    seed: str,
    difficulty: str | None = None,
    *,
    without: AbstractSet[str] = frozenset(),
    weights: Mapping[str, int] | None = None,
) -> list[Question]:
    """Draw `count` different questions, spread over the topics as evenly as what was read allows.

    `without` are questions that must not come. `weights` say how the difficulties should be mixed, such as 1 easy to
    2 medium; where what was read has too few of one, others make up for it. Costs at most four storage requests for up
    to four topics and one for each topic beyond, unless the bank is so small (or so few match) that more must be read to
    find enough. Raises RuleViolation NOT_ENOUGH_QUESTIONS rather than draw a short paper.
    """
    wish = _Wish(seed, difficulty, without, weights or {})
    rings = _rings(topic_ids, count, wish)
    first = [ring for ring in rings if ring.share]
    for ring in first:
        ring.read(ring.unread)
    # A window that is cut off favours the end of its ring, and reading down as often as up evens most of that out;
    # what the budget leaves makes windows whole, those that do not cover their share before the others.
    cut_off = sorted((ring for ring in first if ring.is_cut_off), key=lambda ring: len(ring.found) >= ring.share)
    for ring in cut_off[: max(0, _REQUESTS - len(first))]:
        ring.read(ring.unread)
    _read_on(rings, count)
    return _pick_mixed(rings, count, wish) if wish.weights else _pick(rings, count, seed)


def _rings(topic_ids: list[str], count: int, wish: _Wish) -> list[_Ring]:
    seed = wish.seed
    each, rest = divmod(count, len(topic_ids))
    larger = set(shuffled(topic_ids, seed, "shares")[:rest])
    order = shuffled(topic_ids, seed, "topics")
    return [
        _Ring(topic_id, each + (topic_id in larger), _lot(seed, place, len(order)), wish)
        for place, topic_id in enumerate(order)
    ]


def _lot(seed: str, place: int, places: int) -> str:
    """Return a random lot in one of as many equal parts of the ring as there are topics.

    Each topic's lot can be anywhere, since its part is a matter of chance too; but they never all come to stand near
    the end of their rings, where windows are cut off and reading on costs more requests. (One draw reads all rings
    in one direction for the same reason.)
    """
    within = int(digest(seed, "lot", str(place))[:16], 16)
    return f"{(place * 2**64 + within) // places:016x}"


def _read_on(rings: list[_Ring], count: int) -> None:
    _make_peace(rings)
    for _ in range(_MOST_PAGES):
        unread = [ring for ring in rings if not ring.is_exhausted]
        if _total(rings) >= count or not unread:
            break
        min(unread, key=lambda ring: len(ring.found)).read(_PAGE)
        _make_peace(rings)
    total = _total(rings)
    if total < count:
        raise rule_violation(
            "NOT_ENOUGH_QUESTIONS", f"{count} questions were asked for, and these topics have {total} that fit."
        )


def _make_peace(rings: list[_Ring]) -> None:
    """Leave enemies out of what was found, so that whatever is taken of it goes together."""
    if any(question.enemy_ids for ring in rings for question in ring.found.values()):
        kept = {
            each.question_id for each in peaceable([ring.found[name] for ring in rings for name in ring.in_order()])
        }
        for ring in rings:
            ring.found = {name: question for name, question in ring.found.items() if name in kept}


def _total(rings: list[_Ring]) -> int:
    return sum(len(ring.found) for ring in rings)


def _pick(rings: list[_Ring], count: int, seed: str) -> list[Question]:
    known = {name: question for ring in rings for name, question in ring.found.items()}
    taken = [name for ring in rings for name in ring.in_order()[: ring.share]]
    left = shuffled(known.keys() - set(taken), seed, "draw")
    return [known[name] for name in [*taken, *left[: count - len(taken)]]]


def _pick_mixed(rings: list[_Ring], count: int, wish: _Wish) -> list[Question]:
    """Take questions from the rings in turn, as long as their difficulty is still wanted; then whatever comes."""
    known = {name: question for ring in rings for name, question in ring.found.items()}
    in_turn = [
        name for name in chain.from_iterable(zip_longest(*(ring.in_order() for ring in rings))) if name is not None
    ]
    wanted = quotas(wish.weights, count, wish.seed)
    taken = []
    for name in in_turn:
        if wanted.get(known[name].difficulty, 0):
            wanted[known[name].difficulty] -= 1
            taken.append(name)
    chosen = set(taken)
    left = [name for name in in_turn if name not in chosen]
    return [known[name] for name in [*taken, *left[: count - len(taken)]]]


def quotas(weights: Mapping[str, int], count: int, seed: str) -> dict[str, int]:
    """Divide `count` by weights, by largest remainders; what is left among equals is a matter of the seed."""
    total = sum(weights.values())
    exact = {name: Fraction(count * weight, total) for name, weight in weights.items()}
    shares = {name: int(share) for name, share in exact.items()}
    order = sorted(shares, key=lambda name: (shares[name] - exact[name], digest(seed, "quota", name)))
    for name in order[: count - sum(shares.values())]:
        shares[name] += 1
    return shares
