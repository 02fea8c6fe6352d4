"""Walks over a table and changes its items, while requests go on changing them too.

Each item is written only if nobody wrote it since it was read; otherwise it is read again. An item that is in its other
form already is left alone, so a walk may be interrupted anywhere and go on later. What old code writes behind a walk is
found by the proof, a second look at everything, and changed then.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from tools.migrations.journal import KIND, SEGMENTS, Journal, Segment, Walk
from tools.migrations.step import Item, Step

_SAY_SECONDS = 5.0
_PAGE_ITEMS = 200
_TRIES = 10
_PROOFS = 3
_OF_ONE_WRITE = ("outbox", "outbox_size")
"""Attributes that an item under a new key must not bring along: its messages would be sent again."""


class NotProven(RuntimeError):
    """Items remain in the other form; the message says how many, by kind."""


class Contended(RuntimeError):
    """An item was changed by others each time before it could be written."""


class Migration:
    """Brings one table to where it has had all steps up to a number."""

    def __init__(self, client: Any, table: str, steps: Sequence[Step], say: Callable[[str], None]) -> None:
        self.client = client
        self.table = table
        self.steps = steps
        self.say = say
        self.journal = Journal(client, table)
        self._said = time.monotonic()
        self._lock = threading.Lock()

    def at(self) -> int:
        """Return the number up to which the table has had all steps; a step that was interrupted does not count."""
        reached = 0
        for step in self.steps:
            walk = self.journal.load(step)
            if walk is None or not (walk.forth and walk.is_over):
                break
            reached = step.number
        return reached

    def plan(self, target: int) -> list[tuple[Step, bool]]:
        """Return the steps to a number, each with whether it goes forth; one that was interrupted comes first."""
        reached = self.at()
        if target > reached:
            return [(step, True) for step in self.steps if reached < step.number <= target]
        begun = [step for step in self.steps if step.number > reached and self._is_begun(step)]
        undone = [step for step in self.steps if target < step.number <= reached]
        return [(step, False) for step in reversed([*undone, *begun])]

    def _is_begun(self, step: Step) -> bool:
        walk = self.journal.load(step)
        return walk is not None and (walk.forth or not walk.is_over)

    def run(self, target: int) -> None:
        """Take all steps to a number; raises NotProven and Contended."""
        for step, forth in self.plan(target):
            self._take(step, forth=forth)

    def look(self, target: int) -> Counter[str]:
        """Return how many items each step would change now, by number and kind; nothing is written."""
        found: Counter[str] = Counter()
        for step, forth in self.plan(target):
            found.update({f"{step.number:04} {kind}": many for kind, many in self.left(step, forth=forth).items()})
        return found

    def left(self, step: Step, *, forth: bool) -> Counter[str]:
        """Return how many items are not yet in the form that a step makes, by kind."""

        def count(number: int) -> Counter[str]:
            segment = Segment(number)
            counted: Counter[str] = Counter()
            for items in self._pages(segment):
                counted.update(_kind(item) for item in items if step.change(item, self._read, forth=forth) is not None)
            return counted

        with ThreadPoolExecutor(SEGMENTS) as pool:
            return sum(pool.map(count, range(SEGMENTS)), Counter())

    def _take(self, step: Step, *, forth: bool) -> None:
        name = f"{step.number:04} {'forth' if forth else 'back'}"
        walk = self.journal.load(step)
        if walk is None or walk.forth != forth or walk.is_over:
            walk = Walk(forth)
            self.journal.begin(step, walk)
            self.say(f"{name}: {step.title}")
        else:
            self.say(f"{name}: goes on after {walk.seen} items")
        for _ in range(_PROOFS):
            self._walk(step, walk, name)
            left = self.left(step, forth=forth)
            if not left:
                self.journal.finish(step, walk)
                self.say(f"{name}: {walk.changed} of {walk.seen} items changed, and none is left")
                return
            walk.segments = [Segment(segment.number, changed=segment.changed) for segment in walk.segments]
            self.journal.begin(step, walk)
        raise NotProven(f"{name}: left are {', '.join(f'{many} {kind}' for kind, many in sorted(left.items()))}")

    def _walk(self, step: Step, walk: Walk, name: str) -> None:
        def go(segment: Segment) -> None:
            for items in self._pages(segment):
                for item in items:
                    segment.changed += self._change(step, item, forth=walk.forth)
                segment.seen += len(items)
                self.journal.save(step, segment)
                self._progress(f"{name}: {walk.seen} seen, {walk.changed} changed")

        with ThreadPoolExecutor(SEGMENTS) as pool:
            for _ in pool.map(go, [segment for segment in walk.segments if not segment.is_over]):
                pass

    def _pages(self, segment: Segment) -> Iterator[list[Item]]:
        """Yield the rest of a segment page by page; when a page is asked for, the one before it is done with."""
        while not segment.is_over:
            asked: dict[str, Any] = {"ExclusiveStartKey": segment.cursor} if segment.cursor else {}
            page = self.client.scan(
                TableName=self.table,
                Segment=segment.number,
                TotalSegments=SEGMENTS,
                Limit=_PAGE_ITEMS,
                ConsistentRead=True,
                **asked,
            )
            segment.cursor = page.get("LastEvaluatedKey")
            segment.is_over = segment.cursor is None
            yield [item for item in page["Items"] if _kind(item) != KIND]

    def _change(self, step: Step, item: Item | None, *, forth: bool) -> bool:
        """Write an item's other form, and return whether that was needed."""
        for _ in range(_TRIES):
            changed = step.change(item, self._read, forth=forth) if item else None
            if item is None or changed is None:
                return False
            try:
                self._write(item, changed)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _MEANWHILE:
                    raise
                item = self._read(_key(item))
            else:
                return True
        raise Contended(f"an item of kind {_kind(item or {})} is changed all the time; try again when less is going on")

    def _read(self, key: Item) -> Item | None:
        found: Item | None = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        return found

    def _write(self, before: Item, after: Item) -> None:
        unchanged: dict[str, Any] = {"ConditionExpression": "attribute_exists(PK) AND attribute_not_exists(version)"}
        if "version" in before:
            unchanged = {
                "ConditionExpression": "version = :read",
                "ExpressionAttributeValues": {":read": before["version"]},
            }
            after = after | {"version": {"N": str(int(before["version"]["N"]) + 1)}}
        if _key(before) == _key(after):
            self.client.put_item(TableName=self.table, Item=after, **unchanged)
            return
        moved = {name: value for name, value in after.items() if name not in _OF_ONE_WRITE}
        free = {"ConditionExpression": "attribute_not_exists(PK)"}
        self.client.transact_write_items(
            TransactItems=[
                {"Delete": {"TableName": self.table, "Key": _key(before)} | unchanged},
                {"Put": {"TableName": self.table, "Item": moved} | free},
            ]
        )

    def _progress(self, message: str) -> None:
        with self._lock:
            if time.monotonic() - self._said >= _SAY_SECONDS:
                self._said = time.monotonic()
                self.say(message)


_MEANWHILE = frozenset(
    {"ConditionalCheckFailedException", "TransactionCanceledException", "TransactionConflictException"}
)


def _key(item: Item) -> Item:
    return {"PK": item["PK"], "SK": item["SK"]}


def _kind(item: Item) -> str:
    return str(item.get("kind", {}).get("S", "unknown"))
