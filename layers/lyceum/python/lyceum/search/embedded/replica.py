"""This process's copy of a tenant's index: the stored files on its disk, with the changes since then laid over them.

The manifest is looked at every five seconds, the log of changes before each search (1 storage request), so that what
was written or deleted a second ago is found, or found no more, whenever the stored index follows.
"""

import atexit
import shutil
import tempfile
from collections import OrderedDict
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from lyceum.kit import clock, context
from lyceum.search import synonyms
from lyceum.search.embedded import change_log, stored_index
from lyceum.search.embedded.index import TantivyIndex
from lyceum.search.embedded.stored_index import Manifest
from lyceum.search.queries import latest

LOOKED_AT_EVERY = timedelta(seconds=5)
_MOST_REPLICAS = 16
_LATE = timedelta(seconds=15)
"""How late a change may appear in the log behind others, for those who read on from where they were."""


class Replica:
    """A tenant's index as this process has it."""

    def __init__(self) -> None:
        self.manifest: Manifest | None = None
        self.etag: str | None = None
        self.index: TantivyIndex = _opened(_new_folder(), None)
        self._looked_at: datetime | None = None
        self._applied: dict[str, tuple[int, int]] = {}
        self._after = "0"
        self._next_page: dict[str, Any] | None = None

    @property
    def has_content(self) -> bool:
        """Whether the tenant has an index, or has begun one."""
        return self.manifest is not None or bool(self._applied)

    def sync(self, *, reads_log: bool = True) -> None:
        """Take over what changed since the last call, the log of changes where it is asked for."""
        now = clock.now()
        if self._looked_at is None or abs(now - self._looked_at) >= LOOKED_AT_EVERY:
            self.look()
            self._looked_at = now
        if reads_log:
            self.read_log()

    def look(self) -> None:
        """Take over the stored index, if it is another one than before."""
        try:
            found = stored_index.read_manifest(self.etag)
        except stored_index.Unchanged:
            return
        if found is None:
            return
        manifest, etag = found
        folder = _new_folder()
        known = self.manifest
        stored_index.fetch(manifest, folder, self.index.folder if known else None, known.files if known else {})
        before, self.index = self.index, _opened(folder, manifest)
        self.take_over(manifest, etag)
        discard(before)

    def take_over(self, manifest: Manifest, etag: str) -> None:
        """Count the index as being what a manifest says; the log is read from its position on."""
        self.manifest, self.etag = manifest, etag
        self._applied, self._after, self._next_page = {}, manifest.position, None

    def read_log(self) -> bool:
        """Lay a page of the log over the index (1 request); returns whether there is more of it."""
        late = change_log.place_of(clock.now() - _LATE)
        changes, self._next_page = change_log.read(self._after, self._next_page)
        fresh = {
            key: change
            for key, change in latest(changes).items()
            if key not in self._applied or change.order > self._applied[key]
        }
        self.index.apply(fresh.values())
        self._applied |= {key: change.order for key, change in fresh.items()}
        if self._next_page is None:
            self._after = max(self._after, late)
        return self._next_page is not None


_replicas: OrderedDict[str, Replica] = OrderedDict()


def of_tenant(*, reads_log: bool = True) -> Replica:
    """Return the replica of the current tenant, up to date; those of tenants that nobody asked for long are dropped."""
    tenant = context.tenant()
    found = _replicas.get(tenant)
    if found is None:
        found = _replicas[tenant] = Replica()
    _replicas.move_to_end(tenant)
    while len(_replicas) > _MOST_REPLICAS:
        discard(_replicas.popitem(last=False)[1].index)
    found.sync(reads_log=reads_log)
    return found


def forget() -> None:
    """Drop every replica of this process."""
    while _replicas:
        discard(_replicas.popitem()[1].index)


def discard(index: TantivyIndex) -> None:
    """End an index and remove its folder."""
    index.close()
    shutil.rmtree(index.folder, ignore_errors=True)


@cache
def _root() -> Path:
    """The folder of this process; others on the same machine have their own."""
    root = Path(tempfile.mkdtemp(prefix="lyceum-search-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


def _new_folder() -> Path:
    return Path(tempfile.mkdtemp(dir=_root()))


def _opened(folder: Path, manifest: Manifest | None) -> TantivyIndex:
    return TantivyIndex(folder, synonyms.usual() | (manifest.synonyms if manifest else {}))
