"""What a table remembers of its migrations: the steps that it has had, and where one that was interrupted goes on."""

import json
from dataclasses import dataclass, field
from typing import Any

from tools.migrations.step import Item, Step

KIND = "migration"
SEGMENTS = 8
"""Parts of the table that are walked at the same time."""


@dataclass
class Segment:
    """One part of the table in one walk: where it goes on, and what was counted so far."""

    number: int
    cursor: Item | None = None
    is_over: bool = False
    seen: int = 0
    changed: int = 0


@dataclass
class Walk:
    """A walk over the whole table for one step in one direction."""

    forth: bool
    is_over: bool = False
    segments: list[Segment] = field(default_factory=lambda: [Segment(number) for number in range(SEGMENTS)])

    @property
    def seen(self) -> int:
        """Items that were looked at."""
        return sum(segment.seen for segment in self.segments)

    @property
    def changed(self) -> int:
        """Items that were changed."""
        return sum(segment.changed for segment in self.segments)


class Journal:
    """The items of the table that tell of its migrations; each segment has its own, so that none waits for another."""

    def __init__(self, client: Any, table: str) -> None:
        self.client = client
        self.table = table

    def load(self, step: Step) -> Walk | None:
        """Return the last walk for a step, whole or not; None when there was none."""
        asked = {
            "TableName": self.table,
            "KeyConditionExpression": "PK = :pk",
            "ExpressionAttributeValues": {":pk": {"S": _partition(step)}},
            "ConsistentRead": True,
        }
        items = {item["SK"]["S"]: item for item in self.client.query(**asked)["Items"]}
        if "WALK" not in items:
            return None
        walk = Walk(items["WALK"]["forth"]["BOOL"], items["WALK"]["is_over"]["BOOL"])
        for segment in walk.segments:
            stored = items.get(f"SEGMENT#{segment.number}")
            if stored:
                segment.cursor = json.loads(stored["cursor"]["S"])
                segment.is_over = stored["is_over"]["BOOL"]
                segment.seen, segment.changed = int(stored["seen"]["N"]), int(stored["changed"]["N"])
        return walk

    def begin(self, step: Step, walk: Walk) -> None:
        """Write down that a walk begins; what was known of an earlier one is forgotten."""
        for segment in walk.segments:
            self.save(step, segment)
        self._put(step, "WALK", {"forth": {"BOOL": walk.forth}, "is_over": {"BOOL": False}})

    def save(self, step: Step, segment: Segment) -> None:
        """Write down how far a segment is."""
        said: Item = {
            "cursor": {"S": json.dumps(segment.cursor)},
            "is_over": {"BOOL": segment.is_over},
            "seen": {"N": str(segment.seen)},
            "changed": {"N": str(segment.changed)},
        }
        self._put(step, f"SEGMENT#{segment.number}", said)

    def finish(self, step: Step, walk: Walk) -> None:
        """Write down that a walk is over and proven."""
        walk.is_over = True
        self._put(step, "WALK", {"forth": {"BOOL": walk.forth}, "is_over": {"BOOL": True}})

    def _put(self, step: Step, sort: str, said: Item) -> None:
        key = {"PK": {"S": _partition(step)}, "SK": {"S": sort}, "kind": {"S": KIND}}
        self.client.put_item(TableName=self.table, Item=key | said)


def _partition(step: Step) -> str:
    return f"operator|MIGRATION#{step.number:04}"
