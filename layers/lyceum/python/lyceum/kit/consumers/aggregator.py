"""Folding: what many messages add to shared items is summed up first and written once, and each counts exactly once.

A shared item that every message writes to takes fifty transactions a second at most, and a marker in each of them is
paid twice. So a fold takes all messages of a batch together:

1. Each entry is claimed by a marker that names the fold: one plain conditional write on a key of its own.
2. One transaction writes the sums and the proof that the fold is done. It is tried again as a whole when others hold
   its items.
3. An entry that comes again finds its marker. If the fold that it names has its proof, the entry is counted. If not,
   that fold died on the way or is still at work: it is made void, so that it can not be done any more, and the entry is
   claimed by the new fold.

So a marker is the watermark of one entry, and nothing depends on clocks, on the order of messages or on who works at
the same time. How late the totals are is how long the worker's queue waits for a batch (`Queue.window_seconds`).

For a worker of totals, such as of analytics, boards or insights:

    consumer = Consumer("insights-statistics")
    aggregator = Aggregator(consumer.name)

    @consumer.gather(LessonCompleted)
    def count(events: Sequence[LessonCompleted]) -> None:
        entries = []
        for event in events:
            totals = Totals()
            totals.add(CourseInsight, {"course_id": event.course_id}, {"completions": 1, "by_day.d12": 1})
            entries.append(Entry.of(event.event_id, totals))
        aggregator.fold(entries, write_totals)

with `Queue(batch_size=500, window_seconds=20, concurrency=10)` in its manifest. Where sums are all that a reaction
needs, `consumer.fold` does the same with the messages themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from lyceum.kit import clock
from lyceum.kit.consumers.records import SEEN_SECONDS, ProcessedEvent
from lyceum.kit.consumers.totals import Totals
from lyceum.kit.errors import Conflict, Unavailable
from lyceum.kit.frozen import frozen
from lyceum.kit.ids import new_id
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.kit.table.retrying import is_conflict

T = TypeVar("T")
_MOST_TARGETS = 90
_MOST_WRITES = 100
_FEW = 10
"""So many markers may stand in the transaction itself: less requests, and no proof."""
TRIES = 8
"""How often a fold is tried while others hold its items."""


class Marked(Conflict):
    """What this marker stands for is in the table already, or is on its way."""

    def __init__(self) -> None:
        super().__init__("done already")


@frozen
class Entry(Generic[T]):
    """Something that counts once.

    Attributes:
        entry_id: Names it among all that its worker counts: the id of its event, with a number where one has parts.
        value: What is handed to the function that writes.
        targets: The shared items that it adds to, as far as they are known: those with the same are folded together.
    """

    entry_id: str
    value: T
    targets: frozenset[str] = frozenset()

    @staticmethod
    def of(entry_id: str, totals: Totals) -> "Entry[Totals]":
        """Return the entry that adds some totals."""
        return Entry(entry_id, totals, totals.targets)


Write = Callable[[Sequence[T], Unit], None]


def write_totals(values: Sequence[Totals], unit: Unit) -> None:
    """Add the sum of several totals to their items."""
    Totals.sum_of(values).write(unit)


class Aggregator:
    """Folds the entries of one worker."""

    def __init__(self, consumer: str) -> None:
        self._consumer = consumer

    def fold(self, entries: Iterable[Entry[T]], write: Write[T]) -> None:
        """Let entries have their effect that had none yet, in as few transactions as their targets allow.

        `write` puts what several values come to into a unit, in at most 99 writes. Raises Unavailable when others hold
        the items for too long, and whatever `write` raises; entries of a fold that failed are counted when they come
        again.
        """
        for pack in _packs(entries):
            size = len(pack) + len(frozenset[str]().union(*(entry.targets for entry in pack)))
            if len(pack) <= _FEW and size <= _MOST_WRITES:
                self._fold_few(pack, write)
            else:
                self._fold_many(pack, write)

    def _fold_few(self, pack: Sequence[Entry[T]], write: Write[T]) -> None:
        """Fold with the markers in the transaction; where one of them is there already, find out what it says."""
        unit = Unit()
        for entry in pack:
            unit.create(self._marker(entry.entry_id), refuse=Marked())
        write([entry.value for entry in pack], unit)
        try:
            _commit(unit)
        except Marked:
            self._fold_many(pack, write)

    def _fold_many(self, pack: Sequence[Entry[T]], write: Write[T]) -> None:
        fold_id = new_id()
        fresh = [entry for entry in pack if self._claim(entry.entry_id, fold_id)]
        if not fresh:
            return
        unit = Unit().create(self._proof(fold_id), refuse=Marked())
        write([entry.value for entry in fresh], unit)
        try:
            _commit(unit)
        except Marked:  # stored by a try whose answer was lost, or made void by another worker
            if not self._is_done(fold_id):
                raise

    def _claim(self, entry_id: str, fold_id: str) -> bool:
        """Claim an entry for a fold; False for one that is counted already."""
        marker = self._marker(entry_id)
        marker.fold_id = fold_id
        with suppress(Marked):
            Unit().create(marker, refuse=Marked()).commit()
            return True
        found = ProcessedEvent.require(consumer=self._consumer, event_id=entry_id, consistent=True)
        if found.fold_id is None or self._is_done(found.fold_id):
            return False
        is_same = ProcessedEvent.fold_id == found.fold_id
        Unit().change(found, ProcessedEvent.fold_id.set(fold_id), when=is_same, refuse=Unavailable()).commit()
        return True

    def _is_done(self, fold_id: str) -> bool:
        """Say whether a fold was stored; one that was not is made void, and never will be."""
        proof = self._proof(fold_id)
        proof.is_void = True
        with suppress(Marked):
            Unit().create(proof, refuse=Marked()).commit()
            return False
        return not ProcessedEvent.require(consumer=self._consumer, event_id=proof.event_id, consistent=True).is_void

    def _proof(self, fold_id: str) -> ProcessedEvent:
        return self._marker(f"fold.{fold_id}")

    def _marker(self, name: str) -> ProcessedEvent:
        last_second = int(clock.now().timestamp()) + SEEN_SECONDS
        return ProcessedEvent(consumer=self._consumer, event_id=name, ttl=last_second)


def _commit(unit: Unit) -> None:
    """Store a unit, again and again while others hold its items; an item that is not as it was is raised at once."""

    def store() -> Exception | None:
        try:
            unit.commit()
        except Exception as failure:
            if not is_conflict(failure):
                raise
            return failure
        return None

    failure = retry_on_conflict(store, tries=TRIES, on=(Unavailable,), refuse=Unavailable())
    if failure:
        raise failure


def _packs(entries: Iterable[Entry[T]]) -> Iterator[list[Entry[T]]]:
    """Put entries together whose targets fit one transaction; those with the same targets stand side by side."""
    unique: Mapping[str, Entry[T]] = {entry.entry_id: entry for entry in entries}
    pack: list[Entry[T]] = []
    targets: frozenset[str] = frozenset()
    for entry in sorted(unique.values(), key=lambda entry: sorted(entry.targets)):
        if pack and len(targets | entry.targets) > _MOST_TARGETS:
            yield pack
            pack, targets = [], frozenset()
        pack.append(entry)
        targets |= entry.targets
    if pack:
        yield pack
