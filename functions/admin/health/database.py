"""The table's size, and how many items of each kind were made and removed."""

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import find
from lyceum.model.admin.telemetry import EntityCount

from functions.admin.health.schemas import Database, EntityRow

_MOST_KINDS = 500


def describe() -> Database:
    """Describe the table (1 request to it, 1 about it)."""
    told = clients.client("dynamodb").describe_table(TableName=settings().table)["Table"]
    items, size = int(told.get("ItemCount", 0)), int(told.get("TableSizeBytes", 0))
    indexes = {
        str(index["IndexName"]): int(index.get("IndexSizeBytes", 0)) for index in told.get("GlobalSecondaryIndexes", ())
    }
    return Database(
        table=settings().table,
        items=items,
        bytes=size,
        average_bytes=round(size / items, 1) if items else None,
        indexes=indexes,
        entities=[_row(count) for count in find(EntityCount, limit=_MOST_KINDS).items],
    )


def _row(count: EntityCount) -> EntityRow:
    made, removed = int(count.made), int(count.removed)
    return EntityRow(
        kind=count.item_kind, made=made, removed=removed, present=max(0, made - removed), since=count.since
    )
