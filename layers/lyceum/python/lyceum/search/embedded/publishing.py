"""Writing the stored index: the log of changes into it, or all of it anew from what is stored."""

import shutil
import tempfile
from collections import OrderedDict
from itertools import islice
from pathlib import Path

from lyceum.kit import clock, context
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit, find
from lyceum.kit.table.writing import ConditionFailed
from lyceum.model.search import SearchBacklog, SearchFigures
from lyceum.search import projections, synonyms
from lyceum.search.embedded import change_log, stored_index
from lyceum.search.embedded.index import TantivyIndex
from lyceum.search.embedded.replica import Replica, discard
from lyceum.search.embedded.stored_index import LostRace, Manifest
from lyceum.search.engine import Engine

_HEAP_BYTES = 64_000_000
_MOST_POPULAR = 100
_TRIES = 3
_TOGETHER = 100
_MOST_KEPT = 8
_kept: OrderedDict[str, Replica] = OrderedDict()
"""By tenant, the copies of the stored index as this process left them: only what is new is fetched."""


@frozen
class Published:
    """What was written: documents in the index, and bytes that were stored for it."""

    documents: int
    uploaded_bytes: int


def publish_changes() -> Published | None:
    """Bring the log into the stored index; None when there is nothing to do, or another writer was quicker.

    Without a stored index it is built from what is stored. The process keeps its copy for the next time.
    """
    backlog = SearchBacklog.fetch(consistent=True)
    if backlog is None:
        return None
    replica = _kept.pop(context.tenant(), None) or Replica()
    try:
        replica.look()
        published = rebuild() if replica.manifest is None else _publish(replica, change_log.position())
    except BaseException as error:
        discard(replica.index)
        if isinstance(error, LostRace):
            return None
        raise
    _keep(replica)
    _settle(backlog)
    return published


def forget() -> None:
    """Drop every copy that this process keeps."""
    while _kept:
        discard(_kept.popitem()[1].index)


def begin() -> Published | None:
    """Build the index of a tenant that has none; None where there is one (1 request)."""
    return None if stored_index.read_manifest() else rebuild()


def rebuild() -> Published:
    """Build the index anew and put it in the place of what is there; changes meanwhile are in the log after it.

    Raises LostRace when others kept writing.
    """
    position = change_log.position()
    folder = Path(tempfile.mkdtemp(prefix="lyceum-rebuild-"))
    index = TantivyIndex(folder, heap_bytes=_HEAP_BYTES)
    try:
        index.add(document.as_json() for document in projections.everything())
        count = index.count
        index.close()
        meta, files, size = stored_index.upload(folder, {})
        return Published(count, _replace(position, meta, files, count) + size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(other: Engine) -> int:
    """Hand every document to an engine that keeps its own index, and return how many there were."""
    count = 0
    documents = projections.everything()
    while batch := list(islice(documents, _TOGETHER)):
        as_of = clock.now()
        other.apply([change_log.change_of(each.kind, each.item_id, each, 1, as_of) for each in batch])
        count += len(batch)
    return count


def popular_queries() -> list[tuple[str, int]]:
    """Read what many people looked for this month, for suggestions (1 request)."""
    month = clock.now().strftime("%Y-%m")
    found = find(SearchFigures, index="gsi1", period=month, limit=_MOST_POPULAR, descending=True)
    return [(str(each.words), int(each.searches)) for each in found.items if each.words != "~" and not each.empty]


def _publish(replica: Replica, position: str) -> Published:
    while replica.read_log():
        pass
    count = replica.index.count
    replica.index.close()
    before = replica.manifest
    meta, files, size = stored_index.upload(replica.index.folder, before.files if before else {})
    made = Manifest(position, meta, files, count, stored_index.retire(before, files), synonyms.own(), popular_queries())
    replica.take_over(made, stored_index.write_manifest(made, replica.etag))
    return Published(count, size)


def _keep(replica: Replica) -> None:
    _kept[context.tenant()] = replica
    while len(_kept) > _MOST_KEPT:
        discard(_kept.popitem(last=False)[1].index)


def _replace(position: str, meta: str, files: dict[str, str], count: int) -> int:
    """Store the manifest of a new index whatever is there; returns the bytes that this took beside its files."""
    for _ in range(_TRIES):
        found = stored_index.read_manifest()
        before, etag = found or (None, None)
        made = Manifest(
            position, meta, files, count, stored_index.retire(before, files), synonyms.own(), popular_queries()
        )
        try:
            stored_index.write_manifest(made, etag)
        except LostRace:
            continue
        return len(made.meta)
    raise LostRace


def _settle(backlog: SearchBacklog) -> None:
    """Take the backlog away, unless more came meanwhile."""
    try:
        Unit().remove(backlog, when=SearchBacklog.version == backlog.version).commit()
    except ConditionFailed:
        return
