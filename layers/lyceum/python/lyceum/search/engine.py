"""The port: what rules ask of search, whichever engine the stage has."""

from collections.abc import Sequence
from typing import Protocol

from lyceum.kit.settings import settings
from lyceum.search.queries import Change, Found, Hit, Search


class Engine(Protocol):
    """An engine of search; every call is about the current tenant."""

    def apply(self, changes: Sequence[Change]) -> None:
        """Let changes be found, within about a second."""

    def search(self, search: Search) -> Found | None:
        """Answer a search; None where the tenant has no index."""

    def suggest(self, search: Search) -> tuple[list[Hit], list[tuple[str, int]]]:
        """Return documents whose title begins so, and the popular queries."""

    def is_complete(self) -> bool:
        """Say whether the tenant's index holds everything; one that has just begun does not."""


class Embedded:
    """Tantivy in this process, over files in the bucket and the log of changes."""

    def apply(self, changes: Sequence[Change]) -> None:
        """Write the changes into the log; the stored index follows."""
        from lyceum.search.embedded import change_log

        change_log.append(changes)

    def search(self, search: Search) -> Found | None:
        """Answer a search (1 storage request, and a look at the manifest every five seconds)."""
        from lyceum.search.embedded import replica

        found = replica.of_tenant()
        return found.index.search(search) if found.has_content else None

    def suggest(self, search: Search) -> tuple[list[Hit], list[tuple[str, int]]]:
        """Return documents whose title begins so, and the popular queries (1 storage request)."""
        from lyceum.search.embedded import replica

        found = replica.of_tenant()
        return found.index.suggest(search), found.manifest.popular if found.manifest else []

    def is_complete(self) -> bool:
        """Say whether there is a stored index (no request but the look at the manifest)."""
        from lyceum.search.embedded import replica

        return replica.of_tenant(reads_log=False).manifest is not None


def best_of(kind: str, text: str, grants: tuple[str, ...], limit: int = 200) -> list[Hit] | None:
    """Return what a list's own `search` finds, the best first; None where the index is not to be relied on yet.

    The last word may be unfinished, since such lists are searched while somebody types.
    """
    asked = engine()
    if not asked.is_complete():
        return None
    found = asked.search(Search(grants, text=text, kinds=(kind,), has_unfinished_word=True, limit=limit))
    return found.hits if found else None


def engine() -> Engine:
    """Return the engine of the stage: the embedded one, or OpenSearch where the stage names a collection."""
    if settings().search_endpoint:
        from lyceum.search.opensearch import OpenSearch

        return OpenSearch(settings().search_endpoint)
    return Embedded()
