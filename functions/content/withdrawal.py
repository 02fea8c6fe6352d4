"""Taking an item out of everybody's reach because of its file."""

from lyceum.model import ContentItem
from lyceum.table import Unit

from functions.content import settling, shelves


def fail(unit: Unit, content_id: str, reason: str) -> None:
    """Set an item back to `failed`, whatever its state, and take it off its shelves."""
    item = ContentItem.fetch(content_id=content_id, consistent=True)
    if item is None or item.state == "deleted":
        return
    shelves.clear(unit, item)
    item.state, item.reason, item.files = "failed", reason, []
    unit.replace(item, refuse=settling.overtaken())
