"""The question bank's draw: random questions, at a cost that depends on how many are wanted and not on how many there are.

Approved questions of a topic stand in the order of a random lot. A draw reads a window of that ring from a lot of its
own, goes round its end where it must, and takes its share out of the window; lots and choice follow from the seed.
"""

import hashlib
from collections.abc import Iterable

from lyceum.errors import rule_violation
from lyceum.model import Question
from lyceum.table import find

ALGORITHM = 1
_REQUESTS = 4
_SMALLEST_WINDOW = 12
_WINDOW_SHARES = 2
_FILTERED_WINDOW_SHARES = 6
_PAGE = 250
_MOST_PAGES = 20


def digest(seed: str, purpose: str, name: str) -> str:
    """Return 64 hexadecimal digits that only the seed's holder can foresee."""
    return hashlib.sha256(f"{ALGORITHM}|{seed}|{purpose}|{name}".encode()).hexdigest()


def shuffled(names: Iterable[str], seed: str, purpose: str) -> list[str]:
    """Put names in the order that the seed gives them, whatever order they come in."""
    return sorted(names, key=lambda name: digest(seed, purpose, name))


class _Ring:
    """The approved questions of one topic, read from a random lot on, up or down, and round to where reading began."""

    def __init__(self, topic_id: str, share: int, lot: str, seed: str, difficulty: str | None) -> None:
        self.topic_id = topic_id
        self.share = share
        self.found: dict[str, Question] = {}
        self.unread = max(_SMALLEST_WINDOW, share * (_FILTERED_WINDOW_SHARES if difficulty else _WINDOW_SHARES))
        self.is_exhausted = False
        self._seed = seed
        self._difficulty = difficulty
        self._lot = lot
        self._goes_down = int(digest(seed, "direction", ""), 16) % 2 == 1
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
            if self._difficulty in (None, question.difficulty):
                self.found[question.question_id] = question
        self.unread -= len(window.items)
        self._after = window.last_key
        if self._after is None:
            self.is_exhausted, self._is_round = self._is_round, True

    def in_order(self) -> list[str]:
        """Return what was found in the order in which the seed takes it."""
        return shuffled(self.found, self._seed, "draw")


def draw(topic_ids: list[str], count: int, seed: str, difficulty: str | None = None) -> list[Question]:
    """Draw `count` different questions, spread over the topics as evenly as what was read allows.

    Costs at most four storage requests for up to four topics and one for each topic beyond, unless the bank is so
    small (or so few match the difficulty) that more must be read to find enough. Raises RuleViolation
    NOT_ENOUGH_QUESTIONS rather than draw a short paper.
    """
    rings = _rings(topic_ids, count, seed, difficulty)
    first = [ring for ring in rings if ring.share]
    for ring in first:
        ring.read(ring.unread)
    # A window that is cut off favours the end of its ring, and reading down as often as up evens most of that out;
    # what the budget leaves makes windows whole, those that do not cover their share before the others.
    cut_off = sorted((ring for ring in first if ring.is_cut_off), key=lambda ring: len(ring.found) >= ring.share)
    for ring in cut_off[: max(0, _REQUESTS - len(first))]:
        ring.read(ring.unread)
    _read_on(rings, count)
    return _pick(rings, count, seed)


def _rings(topic_ids: list[str], count: int, seed: str, difficulty: str | None) -> list[_Ring]:
    each, rest = divmod(count, len(topic_ids))
    larger = set(shuffled(topic_ids, seed, "shares")[:rest])
    order = shuffled(topic_ids, seed, "topics")
    return [_Ring(topic_id, each + (topic_id in larger), _lot(seed, place, len(order)), seed, difficulty) for place, topic_id in enumerate(order)]


def _lot(seed: str, place: int, places: int) -> str:
    """Return a random lot in one of as many equal parts of the ring as there are topics.

    Each topic's lot can be anywhere, since its part is a matter of chance too; but they never all come to stand near
    the end of their rings, where windows are cut off and reading on costs more requests. (One draw reads all rings
    in one direction for the same reason.)
    """
    within = int(digest(seed, "lot", str(place))[:16], 16)
    return f"{(place * 2**64 + within) // places:016x}"


def _read_on(rings: list[_Ring], count: int) -> None:
    for _ in range(_MOST_PAGES):
        unread = [ring for ring in rings if not ring.is_exhausted]
        if _total(rings) >= count or not unread:
            break
        min(unread, key=lambda ring: len(ring.found)).read(_PAGE)
    total = _total(rings)
    if total < count:
        raise rule_violation("NOT_ENOUGH_QUESTIONS", f"{count} questions were asked for, and these topics have {total} that fit.")


def _total(rings: list[_Ring]) -> int:
    return sum(len(ring.found) for ring in rings)


def _pick(rings: list[_Ring], count: int, seed: str) -> list[Question]:
    known = {name: question for ring in rings for name, question in ring.found.items()}
    taken = [name for ring in rings for name in ring.in_order()[: ring.share]]
    left = shuffled(known.keys() - set(taken), seed, "draw")
    return [known[name] for name in [*taken, *left[: count - len(taken)]]]
