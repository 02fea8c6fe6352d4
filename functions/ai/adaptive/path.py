"""The order in which to learn topics: what they build on comes first, and what brings most per minute. Pure.

A topic's gain is its weight times what is missing of its mastery. Where time does not suffice, topics are taken by gain
per minute, each together with what it builds on and is not mastered (density greedy for the precedence-constrained
knapsack: Johnson and Niemi 1983, *Mathematics of Operations Research* 8, 1-14). Those taken are put in an order in
which each stands behind what it builds on, the more urgent first (Kahn 1962, *Communications of the ACM* 5, 558-562).
"""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush

from lyceum.kit.frozen import frozen

MASTERED = 0.9
_LEAST_MINUTES = 10
_FULL_MINUTES = 90


@frozen
class PathTopic:
    """A topic: what it weighs beside others, how far it is mastered (0 to 1), and what it builds on."""

    topic_id: str
    weight: float
    mastery: float
    after: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        """How long it takes to learn what is missing."""
        return max(_LEAST_MINUTES, round(_FULL_MINUTES * (1 - self.mastery) / 5) * 5)

    @property
    def gain(self) -> float:
        """What learning it brings."""
        return self.weight * (1 - self.mastery)


@frozen
class Path:
    """Topics in their order, those for which there is no time, and those that are mastered."""

    order: tuple[PathTopic, ...]
    no_time: tuple[PathTopic, ...]
    mastered: tuple[PathTopic, ...]


def find_path(topics: Sequence[PathTopic], minutes: int | None) -> Path:
    """Find the path; `minutes` is the time that there is, None for any. Edges that close a circle are passed over."""
    open_topics = {each.topic_id: each for each in topics if each.mastery < MASTERED}
    before = acyclic(
        {name: [each for each in topic.after if each in open_topics] for name, topic in open_topics.items()}
    )
    taken = set(open_topics) if minutes is None else _taken(open_topics, before, minutes)
    order = _ordered({name: open_topics[name] for name in open_topics if name in taken}, before)
    return Path(
        tuple(order),
        tuple(each for name, each in open_topics.items() if name not in taken),
        tuple(each for each in topics if each.mastery >= MASTERED),
    )


def acyclic(before: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the edges without those that lead back to where they come from."""
    kept: dict[str, list[str]] = {name: [] for name in before}
    for name, names in before.items():
        for each in names:
            if each != name and name not in _below(each, kept):
                kept[name].append(each)
    return kept


def _below(name: str, before: Mapping[str, Sequence[str]]) -> set[str]:
    """Return a topic with everything that it builds on."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += before.get(each, ())
    return found


def _taken(topics: Mapping[str, PathTopic], before: Mapping[str, Sequence[str]], minutes: int) -> set[str]:
    taken: set[str] = set()
    needed = {name: _below(name, before) for name in topics}
    left = minutes
    while True:
        best, best_density, best_cost = "", 0.0, 0
        for name in topics:
            fresh = [topics[each] for each in needed[name] - taken]
            cost = sum(each.minutes for each in fresh)
            if fresh and cost <= left:
                density = sum(each.gain for each in fresh) / cost
                if density > best_density or (density == best_density and name < best):
                    best, best_density, best_cost = name, density, cost
        if not best:
            return taken
        taken |= needed[best]
        left -= best_cost


def _ordered(topics: Mapping[str, PathTopic], before: Mapping[str, Sequence[str]]) -> list[PathTopic]:
    edges = {name: [each for each in before[name] if each in topics] for name in topics}
    waits = {name: set(names) for name, names in edges.items()}
    urgency = {name: topic.gain / topic.minutes for name, topic in topics.items()}
    for name in sorted(topics, key=lambda each: -urgency[each]):
        for each in _below(name, edges):
            urgency[each] = max(urgency[each], urgency[name])
    places = {name: place for place, name in enumerate(topics)}
    ready = [(-urgency[name], places[name], name) for name, names in waits.items() if not names]
    heapify(ready)
    found = []
    while ready:
        name = heappop(ready)[2]
        found.append(topics[name])
        for other, names in waits.items():
            if name in names:
                names.discard(name)
                if not names:
                    heappush(ready, (-urgency[other], places[other], other))
    return found
