"""Lays the calendar of a study plan, backwards from the exam: a pure function of topics, days and the daily cap.

- A topic takes its estimated minutes times the part that is not mastered yet, in steps of 5, and at least 10.
- It is learnt in two sittings at least, each on a day of its own and of about 45 minutes at most (distributed practice:
  Cepeda et al. 2006, Psychological Bulletin 132(3), 354-380).
- The last 15 % of the days are for revision: of all topics in turn, those with more weight more often.
- A topic's first sitting comes no earlier than the last one of what it builds on.
- Days are filled to one level, the lowest at which everything has a place; no day is filled above its cap. Where there
  is little to learn, days without study lie evenly between those with some.
- Where time does not suffice, topics with less weight (priority times what is not mastered) go without, and the layout
  says so.

The same input gives the same calendar. Laying costs O(n log n) in sittings and days.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heapify, heappop, heappush
from typing import Literal

from lyceum.kit.frozen import frozen

SITTING_MINUTES = 45
LEAST_TOPIC_MINUTES = 10
_STEP_MINUTES = 5
_LEAST_LEVEL_MINUTES = 15
_SLOT_MINUTES = 15
"""Of revision: how long one topic is revised at a time."""
_LEAST_REVISION_MINUTES = 30
_REVISION_PERCENT = 15
_FEWEST_DAYS_WITH_REVISION = 3
Kind = Literal["learn", "revise"]


@frozen
class PlannedTopic:
    """What the planner knows of a topic.

    - `priority`: 1 to 5; `mastery`: 0 to 1.
    - `minutes`: estimated for somebody who knows nothing of it; `studied_minutes`: spent on it already.
    - `after`: keys of the topics that it builds on; those that are done or not in the plan do not matter.
    """

    key: str
    priority: int = 3
    mastery: float = 0.0
    minutes: int = 60
    studied_minutes: int = 0
    after: tuple[str, ...] = ()
    is_done: bool = False

    @property
    def weight(self) -> float:
        """How much it matters: priority times what is not mastered."""
        return self.priority * (1 - self.mastery)

    @property
    def needed_minutes(self) -> int:
        """What is left to be learnt, in whole steps; 0 for a topic that is done."""
        if self.is_done:
            return 0
        left = self.minutes * (1 - self.mastery) - self.studied_minutes
        return max(LEAST_TOPIC_MINUTES, -(-round(left) // _STEP_MINUTES) * _STEP_MINUTES)


@dataclass(frozen=True, order=True)
class Entry:
    """Some minutes of a topic on a day."""

    day: date
    place: int
    key: str
    minutes: int
    kind: Kind


@frozen
class Layout:
    """A calendar in the order of its days, and by topic the minutes that have no place in it."""

    entries: tuple[Entry, ...]
    unplaced: Mapping[str, int]
    revision_from: date | None


class CircularTopics(ValueError):
    """Topics that build on each other in a circle have no order; `keys` names them."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(f"in a circle: {', '.join(keys)}")
        self.keys = list(keys)


def study_days(first: date, target: date, is_off: Callable[[date], bool]) -> list[date]:
    """Return the days on which is studied: from the first up to the day before the target, less those off."""
    span = (target - first).days
    return [day for day in (first + timedelta(days=number) for number in range(span)) if not is_off(day)]


def lay(topics: Sequence[PlannedTopic], days: Sequence[date], cap_minutes: int) -> Layout:
    """Lay the calendar; raises CircularTopics."""
    revision = -(-len(days) * _REVISION_PERCENT // 100) if len(days) >= _FEWEST_DAYS_WITH_REVISION else 0
    learning_days, revision_days = days[: len(days) - revision], days[len(days) - revision :]
    ordered = in_order([topic for topic in topics if not topic.is_done])
    granted = _granted(ordered, cap_minutes * len(learning_days))
    best = _best_filling(ordered, granted, len(learning_days), cap_minutes)
    places = {topic.key: place for place, topic in enumerate(ordered)}
    entries = [
        Entry(learning_days[index], places[key], key, minutes, "learn") for (index, key), minutes in best.placed.items()
    ]
    entries += _revise(topics, revision_days, min(cap_minutes, max(best.level, _LEAST_REVISION_MINUTES)))
    placed: dict[str, int] = {}
    for (_, key), minutes in best.placed.items():
        placed[key] = placed.get(key, 0) + minutes
    missing = {topic.key: topic.needed_minutes - placed.get(topic.key, 0) for topic in ordered}
    return Layout(
        tuple(sorted(entries)),
        {key: minutes for key, minutes in missing.items() if minutes > 0},
        revision_days[0] if revision_days else None,
    )


def in_order(topics: Sequence[PlannedTopic]) -> list[PlannedTopic]:
    """Return topics so that each comes after what it builds on, and those that matter more come first.

    What something important builds on is as important (Kahn 1962, with a heap). Raises CircularTopics.
    """
    by_key = {topic.key: topic for topic in topics}
    waits = {topic.key: {key for key in topic.after if key in by_key} for topic in topics}
    followers: dict[str, list[str]] = {key: [] for key in by_key}
    for key, before in waits.items():
        for each in before:
            followers[each].append(key)
    urgency = _urgency(topics, by_key, waits)
    numbers = {topic.key: number for number, topic in enumerate(topics)}
    ready = [(-urgency[key], numbers[key], key) for key, before in waits.items() if not before]
    heapify(ready)
    found: list[PlannedTopic] = []
    while ready:
        key = heappop(ready)[2]
        found.append(by_key[key])
        for follower in followers[key]:
            waits[follower].discard(key)
            if not waits[follower]:
                heappush(ready, (-urgency[follower], numbers[follower], follower))
    if len(found) < len(by_key):
        raise CircularTopics([key for key, before in waits.items() if before])
    return found


def _urgency(
    topics: Sequence[PlannedTopic], by_key: Mapping[str, PlannedTopic], waits: Mapping[str, set[str]]
) -> dict[str, float]:
    """Return the greatest weight among a topic and all that builds on it."""
    urgency = {topic.key: topic.weight for topic in topics}
    raised = sorted(by_key, key=lambda key: -urgency[key])
    for key in raised:
        stack = [key]
        while stack:
            for before in waits[stack.pop()]:
                if urgency[before] < urgency[key]:
                    urgency[before] = urgency[key]
                    stack.append(before)
    return urgency


def _granted(ordered: Sequence[PlannedTopic], budget: int) -> dict[str, int]:
    """Give each topic what it needs, in order, as long as there is time; crumbs are not worth a sitting."""
    granted = {}
    for topic in ordered:
        given = min(topic.needed_minutes, budget)
        granted[topic.key] = given if given >= LEAST_TOPIC_MINUTES else 0
        budget -= granted[topic.key]
    return granted


@dataclass
class _Filling:
    """Days filled from the last to the first, none above the level."""

    level: int
    room: list[int]
    placed: dict[tuple[int, str], int] = field(default_factory=dict)
    left: int = 0
    _before: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before = [0, *(index + 1 if room else index for index, room in enumerate(self.room))]

    def latest(self, index: int) -> int:
        """Return the latest day up to one that has room, -1 for none (union-find with halving)."""
        at = index + 1
        while self._before[at] != at:
            self._before[at] = self._before[self._before[at]]
            at = self._before[at]
        return at - 1

    def put(self, key: str, minutes: int, bound: int) -> int:
        """Place a topic on days up to `bound`, from the last on, and return its first day."""
        sittings = max(2, -(-minutes // SITTING_MINUTES))
        at, waiting = bound, 0
        first = bound
        for number in range(sittings):
            waiting += minutes // sittings + (number < minutes % sittings)
            at = self.latest(at)
            if at < 0:
                continue
            given = min(waiting, self.room[at])
            self._take(at, key, given)
            waiting, first, at = waiting - given, at, at - 1
        while waiting and (at := self.latest(at)) >= 0:
            given = min(waiting, self.room[at])
            self._take(at, key, given)
            waiting, first, at = waiting - given, at, at - 1
        self.left += waiting
        return first

    def _take(self, index: int, key: str, minutes: int) -> None:
        self.placed[index, key] = minutes
        self.room[index] -= minutes
        if not self.room[index]:
            self._before[index + 1] = index


def _best_filling(ordered: Sequence[PlannedTopic], granted: Mapping[str, int], days: int, cap_minutes: int) -> _Filling:
    """Fill to the lowest level at which everything that was granted has a place, else to the one that leaves least."""
    total = sum(granted.values())
    even = max(_LEAST_LEVEL_MINUTES, -(-total // days)) if days else cap_minutes
    levels = sorted({min(cap_minutes, level) for level in (even, (even + cap_minutes) // 2, cap_minutes)})
    best = _fill(ordered, granted, _thinned(days, -(-total // levels[0])), levels[0])
    for level in levels:
        if not best.left:
            break
        best = min(best, _fill(ordered, granted, [True] * days, level), key=lambda filling: filling.left)
    return best


def _thinned(days: int, wanted: int) -> list[bool]:
    """Choose so many of the days, evenly from the last to the first: little to learn is spread over all the time."""
    chosen = {days - 1 - number * days // wanted for number in range(wanted)} if 0 < wanted < days else set(range(days))
    return [index in chosen for index in range(days)]


def _fill(ordered: Sequence[PlannedTopic], granted: Mapping[str, int], chosen: Sequence[bool], level: int) -> _Filling:
    days = len(chosen)
    filling = _Filling(level, [level if is_chosen else 0 for is_chosen in chosen])
    bounds = {topic.key: days - 1 for topic in ordered}
    for topic in reversed(ordered):
        first = bounds[topic.key]
        if granted[topic.key] and days:
            first = filling.put(topic.key, granted[topic.key], bounds[topic.key])
        for before in topic.after:
            if before in bounds:
                bounds[before] = min(bounds[before], first)
    return filling


def _revise(topics: Sequence[PlannedTopic], days: Sequence[date], minutes: int) -> list[Entry]:
    """Give the days of revision to all topics in turn; each comes again the sooner, the more weight it has."""
    slot = min(_SLOT_MINUTES, minutes)
    turns = [(1 / _revision_weight(topic), number, topic) for number, topic in enumerate(topics)]
    queue = [(turn, number) for turn, number, _ in turns]
    heapify(queue)
    entries = []
    for day in days:
        today = [heappop(queue) for _ in range(min(minutes // slot if slot else 0, len(queue)))]
        for turn, number in today:
            topic = topics[number]
            entries.append(Entry(day, len(topics) + number, topic.key, slot, "revise"))
            heappush(queue, (turn + 1 / _revision_weight(topic), number))
    return entries


def _revision_weight(topic: PlannedTopic) -> float:
    """Return how often a topic is revised: also one that is mastered comes up, at a quarter of its priority."""
    return topic.priority * (0.25 + 0.75 * (1 - topic.mastery))
