"""Proves that the table can be restored: `python -m tools.restore_drill STAGE [--keep]`.

The newest state that can be restored is brought back as a table of another name, compared with the table that is in
use, and removed again. What was written meanwhile differs, as it must; what differs although nobody wrote it, or is
missing although it was there, fails the drill.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from infra.settings import Stage, UnfitSettings
from tools.stages import storage_of

_SEGMENTS = 8
_BATCH = 100
_PAUSE_SECONDS = 15
_MOST_SECONDS = 12 * 3600
SAME, CHANGED, REMOVED, NEW = "same", "changed since", "removed since", "new since"
DIFFERENT, MISSING = "different", "missing"
FAILURES = (DIFFERENT, MISSING)
Item = dict[str, dict[str, Any]]


class NotRestored(RuntimeError):
    """There is no backup, or the restoring did not end well; the message says which."""


@dataclass(frozen=True)
class Drill:
    """One drill: the table, the copy, and how to wait and to tell."""

    client: Any
    table: str
    say: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep

    def run(self, *, keep: bool = False) -> Counter[str]:
        """Restore, compare and remove; returns how many items were found to be what. Raises NotRestored."""
        moment = self.newest()
        copy = f"{self.table}-drill-{moment:%Y%m%d%H%M%S}"
        self.say(f"restoring {self.table} as of {moment.isoformat(timespec='seconds')} as {copy}")
        started = time.monotonic()
        self.client.restore_table_to_point_in_time(
            SourceTableName=self.table, TargetTableName=copy, UseLatestRestorableTime=True
        )
        try:
            self._await(copy)
            self.say(f"restored in {time.monotonic() - started:.0f} s; comparing")
            return self.compare(copy, moment)
        finally:
            if not keep:
                self.client.delete_table(TableName=copy)
                self.say(f"{copy} is removed")

    def newest(self) -> datetime:
        """Return the newest moment that can be restored; raises NotRestored where backups are off."""
        told = self.client.describe_continuous_backups(TableName=self.table)["ContinuousBackupsDescription"]
        point = told.get("PointInTimeRecoveryDescription", {})
        if point.get("PointInTimeRecoveryStatus") != "ENABLED":
            raise NotRestored(f"{self.table} has no backups: point-in-time recovery is off")
        moment: datetime = point["LatestRestorableDateTime"]
        return moment.astimezone(UTC)

    def _await(self, copy: str) -> None:
        waited = 0
        while (status := self.client.describe_table(TableName=copy)["Table"]["TableStatus"]) != "ACTIVE":
            if status != "CREATING" or waited > _MOST_SECONDS:
                raise NotRestored(f"{copy} is {status} after {waited // 60} minutes")
            self.sleep(_PAUSE_SECONDS)
            waited += _PAUSE_SECONDS
            if waited % 60 == 0:
                self.say(f"  {waited // 60} minutes")

    def compare(self, copy: str, moment: datetime) -> Counter[str]:
        """Return how many items of both tables are the same, were written since, differ or are missing."""
        found: Counter[str] = Counter()
        with ThreadPoolExecutor(_SEGMENTS) as pool:
            for name, other, judge in ((copy, self.table, _of_copy), (self.table, copy, _of_live)):
                as_of = partial(judge, moment)
                walks = [pool.submit(self._judge, name, other, segment, as_of) for segment in range(_SEGMENTS)]
                for walk in walks:
                    found.update(walk.result())
        return found

    def _judge(self, name: str, other: str, segment: int, judge: Callable[[Item, Item | None], str]) -> Counter[str]:
        counted: Counter[str] = Counter()
        for items in self._pages(name, segment):
            for start in range(0, len(items), _BATCH):
                some = items[start : start + _BATCH]
                twins = self._twins(other, some)
                counted.update(judge(item, twins.get(_key(item))) for item in some)
        return counted

    def _pages(self, name: str, segment: int) -> Iterator[list[Item]]:
        pages = self.client.get_paginator("scan").paginate(
            TableName=name, Segment=segment, TotalSegments=_SEGMENTS, ConsistentRead=True
        )
        return (page["Items"] for page in pages)

    def _twins(self, name: str, items: list[Item]) -> dict[tuple[str, str], Item]:
        asked = {name: {"Keys": [{"PK": i["PK"], "SK": i["SK"]} for i in items], "ConsistentRead": True}}
        found: dict[tuple[str, str], Item] = {}
        while asked:
            answer = self.client.batch_get_item(RequestItems=asked)
            found |= {_key(item): item for item in answer["Responses"].get(name, ())}
            asked = answer.get("UnprocessedKeys") or {}
        return found


def _of_copy(moment: datetime, item: Item, twin: Item | None) -> str:
    """Say what an item of the copy is, beside the one in use."""
    if twin is None:
        return REMOVED
    if item == twin:
        return SAME
    was_written = item.get("version") != twin.get("version") or _is_after(twin, "updated_at", moment)
    return CHANGED if was_written or "ttl" in twin else DIFFERENT


def _of_live(moment: datetime, item: Item, twin: Item | None) -> str:
    """Say what an item in use is that the copy has not; one that passes by itself, or tells no time, is no loss."""
    if twin is not None:
        return "in both"
    tells = "created_at" in item and "ttl" not in item
    return MISSING if tells and not _is_after(item, "created_at", moment) else NEW


def _is_after(item: Item, name: str, moment: datetime) -> bool:
    text = item.get(name, {}).get("S")
    return text is not None and datetime.fromisoformat(text) > moment


def _key(item: Item) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]


def main(stage_name: str, *options: str) -> int:
    """Hold a drill with the credentials at hand; returns the exit status."""
    try:
        client, table = storage_of(Stage.load(stage_name))
        found = Drill(client, table, _say).run(keep="--keep" in options)
    except (UnfitSettings, NotRestored) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    _say(", ".join(f"{found[kind]} {kind}" for kind in (SAME, CHANGED, REMOVED, NEW, *FAILURES)))
    return 1 if any(found[kind] for kind in FAILURES) else 0


def _say(message: str) -> None:
    sys.stdout.write(f"· {message}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
