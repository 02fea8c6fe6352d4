"""Words that mean the same: a few that every tenant has, and a tenant's own, which are data."""

from collections.abc import Iterable, Sequence
from functools import cache

from lyceum.kit.table import Unit
from lyceum.model.search import SearchSynonyms
from lyceum.search.folding import query_words

MOST_GROUPS = 500
_USUAL = (
    ("maths", "mathematics", "math"),
    ("econs", "economics"),
    ("chem", "chemistry"),
    ("bio", "biology"),
    ("stats", "statistics"),
    ("govt", "government"),
    ("jamb", "utme"),
    ("ssce", "waec", "neco"),
    ("ict", "information technology"),
    ("pe", "physical education"),
    ("crk", "christian religious knowledge"),
    ("irk", "islamic religious knowledge"),
    ("ml", "machine learning"),
    ("ai", "artificial intelligence"),
)


@cache
def usual() -> dict[str, list[str]]:
    """Return the synonyms of everybody."""
    return table_of(_USUAL)


def table_of(groups: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """Return by each word or phrase of some groups, as queries have it, the others of its groups."""
    table: dict[str, list[str]] = {}
    for group in groups:
        names = [" ".join(query_words(each)) for each in group]
        for name in names:
            table.setdefault(name, []).extend(each for each in names if each != name)
    return table


def own() -> dict[str, list[str]]:
    """Read the tenant's own synonyms (1 request)."""
    found = SearchSynonyms.fetch()
    return table_of(found.groups) if found else {}


def put(groups: Sequence[Sequence[str]]) -> None:
    """Store a tenant's own synonyms in place of what it had; raises ValueError for too many groups."""
    if len(groups) > MOST_GROUPS:
        raise ValueError(f"a tenant has at most {MOST_GROUPS} groups of synonyms")
    item = SearchSynonyms.fetch() or SearchSynonyms()
    item.groups = [list(group) for group in groups]
    Unit().put(item).commit()
