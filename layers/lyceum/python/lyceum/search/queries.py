"""What is asked of an index and what it answers, whichever engine holds it."""

from collections.abc import Iterable
from dataclasses import field
from typing import Any

from lyceum.kit import clock
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Permission, Principal
from lyceum.search.documents import MEMBERS, PUBLIC
from lyceum.search.filters import Filter

MOST_RESULTS = 1_000
"""The last result that is reached; whoever wants more narrows the search."""
MOST_SORTED = 10_000
"""Results that are put in an order of several keys; more are refused."""


@frozen
class Search:
    """A search.

    Attributes:
        grants: The visibility tokens that the caller holds; every result has one of them.
        text: What is looked for; without it everything that the filters let through.
        has_unfinished_word: Whether the last word may be the beginning of one in a title.
        kinds: The kinds that are looked for, all of them when empty.
        filter: What every result must meet besides.
        only_keys, except_keys: Documents that are left alone in the results, or taken out of them.
        sort: Keys of order, `-` before one that falls; by relevance when empty.
        facets: Attributes whose values are counted.
        now: Second (Unix time) of the search; what is hidden until later is not found.
    """

    grants: tuple[str, ...]
    text: str = ""
    has_unfinished_word: bool = False
    kinds: tuple[str, ...] = ()
    filter: Filter | None = None
    only_keys: tuple[str, ...] | None = None
    except_keys: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 20
    now: int = field(default_factory=lambda: int(clock.now().timestamp()))


@frozen
class Hit:
    """A result: the document as it was indexed, and its score, which means something beside others of one search."""

    key: str
    document: dict[str, Any]
    score: float


@frozen
class Found:
    """The results of a search.

    Attributes:
        total: How many there are in all.
        facets: By attribute, its most frequent values with their counts.
        is_corrected: Whether words were matched that differ by a letter or two, since too little had those asked for.
    """

    hits: list[Hit]
    total: int
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    is_corrected: bool = False


@frozen
class Change:
    """The state of one document at a moment; without a document it is to be found no more.

    `order` says which of two changes of a document is the later one.
    """

    key: str
    order: tuple[int, int]
    document: dict[str, Any] | None


def grants_of(caller: Principal | None) -> tuple[str, ...]:
    """Return the visibility tokens that a caller holds."""
    if caller is None:
        return (PUBLIC,)
    staff = ("role:moderator",) if caller.may(Permission.MODERATE) else ()
    return (PUBLIC, MEMBERS, f"user:{caller.user_id}", *staff)


def latest(changes: Iterable[Change]) -> dict[str, Change]:
    """Return the last change of each document; of two at the same moment the one that comes later here."""
    found: dict[str, Change] = {}
    for change in changes:
        if change.key not in found or change.order >= found[change.key].order:
            found[change.key] = change
    return found
