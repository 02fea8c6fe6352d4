"""One table for everything: entities with declared keys, typed reads, and writes that carry their events."""

from lyceum.kit.table.entity import Entity, Keys
from lyceum.kit.table.fetching import fetch_many
from lyceum.kit.table.reading import (
    Slice,
    batch_fetch,
    cut,
    cut_sorted,
    fetch_partition,
    find,
    find_all,
    skipped,
    skipping,
)
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.kit.table.whole import find_whole
from lyceum.kit.table.writing import ConditionFailed, Unit, remove_many, write_many

__all__ = [
    "ConditionFailed", "Entity", "Keys", "Slice", "Unit", "batch_fetch", "cut", "cut_sorted", "fetch_many",
    "fetch_partition", "find", "find_all", "find_whole", "remove_many", "retry_on_conflict", "skipped", "skipping",
    "write_many",
]  # fmt: skip
