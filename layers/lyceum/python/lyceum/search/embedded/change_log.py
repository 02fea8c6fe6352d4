"""The log of changes: written as they happen, laid over the stored index by everybody who searches."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.table import Unit, find, write_many
from lyceum.model.search import SearchBacklog, SearchChange
from lyceum.search.documents import Document, key_of
from lyceum.search.queries import Change

KEPT = timedelta(days=3)
"""How long a change stays in the log, much longer than it takes to be in the stored index."""
LATE = timedelta(minutes=2)
"""How late a change may appear in the log behind others: several write it, each by its own clock."""
_GONE = 2**53
_PAGE = 1_000


def change_of(kind: str, item_id: str, document: Document | None, version: int, as_of: datetime) -> Change:
    """Return a change; `version` is 0 for an item that is gone, which no later state follows."""
    order = (version or _GONE, int(as_of.timestamp() * 1000))
    return Change(key_of(kind, item_id), order, document.as_json() if document else None)


def append(changes: Sequence[Change]) -> None:
    """Write changes down, and that there are some (one request for 25, and one more)."""
    write_many(
        SearchChange(
            change_id=ids.new_id(),
            key=change.key,
            item_version=change.order[0],
            as_of=change.order[1],
            document=change.document,
            ttl=KEPT,
        )
        for change in changes
    )
    Unit().change(SearchBacklog.at(), or_create=True).commit()


def read(after: str, key: dict[str, Any] | None = None) -> tuple[list[Change], dict[str, Any] | None]:
    """Read a page of the changes from a place on (1 request); the second value leads to the next page, if any."""
    found = find(SearchChange, from_sort=after, after=key, limit=_PAGE, consistent=True)
    return [_change(each) for each in found.items], found.last_key


def place_of(moment: datetime) -> str:
    """Name the place in the log at which the changes of a moment begin."""
    return ids.time_part(moment)


def position() -> str:
    """Return the place from which a log has to be read again by whoever has read all of it now."""
    return place_of(clock.now() - LATE)


def _change(item: SearchChange) -> Change:
    return Change(str(item.key), (int(item.item_version), int(item.as_of)), item.document)
