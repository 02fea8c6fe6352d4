"""The list of products and the search among them: one request, to the search index.

Until a tenant has an index, the newest products are read from storage and compared here; with words, by their titles.
"""

from typing import Any

from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.kit.http import Page
from lyceum.kit.table import Slice, cut_sorted, find, skipped, skipping
from lyceum.kit.values.text import without_accents
from lyceum.model.store.products import ACTIVE, Product
from lyceum.search.engine import engine
from lyceum.search.filters import AllOf, Between, Filter, OneOf, folded
from lyceum.search.goods import of_product
from lyceum.search.queries import MOST_RESULTS, Search, grants_of

from functions.store.catalogue import categories, views
from functions.store.catalogue.schemas import ProductCard, ProductQuery

_KEYS = {"price": "price", "rating": "rating", "sales": "popularity", "createdAt": "created_at"}
_MOST_COMPARED = 500


def listed(query: ProductQuery, words: str = "") -> Page[ProductCard]:
    """List products (1 request, one more for a category, which holds those below it).

    Raises ValidationFailed for a key of order that there is not, and behind the thousandth result.
    """
    sort = _sort_of(query, words)
    within = categories.with_those_below(query.category_id) if query.category_id else []
    asked = engine()
    if not asked.is_complete():
        return query.page(_compared(query, words, sort, within), views.card)
    offset = skipped(query.start_key())
    if offset + query.limit > MOST_RESULTS:
        raise ValidationFailed(f"The first {MOST_RESULTS} products are shown; narrow the search to see others.")
    search = Search(
        grants_of(None),
        text=words,
        kinds=("product",),
        filter=_filter_of(query, within),
        sort=sort,
        offset=offset,
        limit=query.limit,
    )
    found = asked.search(search)
    rows = [hit.document["shown"] for hit in found.hits] if found else []
    reached = offset + len(rows)
    is_last = found is None or not rows or reached >= min(found.total, MOST_RESULTS)
    return query.page(Slice(rows, None if is_last else skipping(reached)), views.card)


def _sort_of(query: ProductQuery, words: str) -> tuple[str, ...]:
    given = query.sort.split(",") if query.sort else []
    for key in given:
        if key.lstrip("-") not in _KEYS:
            wrong = f"knows {', '.join(_KEYS)}"
            raise ValidationFailed(f"There is no order by {key.lstrip('-')}.", details=[Detail("sort", wrong)])
    named = tuple(f"{'-' if key.startswith('-') else ''}{_KEYS[key.lstrip('-')]}" for key in given)
    return named or (() if words else ("-created_at",))


def _filter_of(query: ProductQuery, within: list[str]) -> Filter | None:
    parts: list[Filter] = []
    if within:
        parts.append(OneOf("category", tuple(folded(each) for each in within)))
    if query.tag:
        parts.append(OneOf("tags", (folded(query.tag),)))
    if query.currency:
        parts.append(OneOf("currency", (folded(query.currency),)))
    if query.min_price is not None or query.max_price is not None:
        parts.append(Between("price", query.min_price, query.max_price))
    if query.min_rating is not None:
        parts.append(Between("rating", query.min_rating))
    return AllOf(tuple(parts)) if parts else None


def _compared(query: ProductQuery, words: str, sort: tuple[str, ...], within: list[str]) -> Slice[dict[str, Any]]:
    """Compare the newest products one by one."""
    found = find(Product, index="gsi1", state=ACTIVE, limit=_MOST_COMPARED, descending=True).items
    documents = [vars(of_product(each)) for each in found]
    wanted = [each for each in documents if _is_wanted(each, query, words, within)]

    def key(document: dict[str, Any]) -> list[Any]:
        numbers = document["numbers"] | {"popularity": document["popularity"]}
        keys = sort or ("-created_at",)
        signed = [-numbers[each[1:]] if each.startswith("-") else numbers[each] for each in keys]
        return [*signed, document["item_id"]]

    rows = cut_sorted(wanted, key, limit=query.limit, after=query.start_key())
    return Slice([each["shown"] for each in rows.items], rows.last_key)


def _is_wanted(document: dict[str, Any], query: ProductQuery, words: str, within: list[str]) -> bool:
    facets, numbers = document["facets"], document["numbers"]
    text = without_accents(f"{document['title']} {document['text']}")
    return (
        all(each in text for each in without_accents(words).split())
        and (not within or facets["category"] in within)
        and (query.tag is None or folded(query.tag) in [folded(each) for each in facets.get("tags", ())])
        and query.currency in {None, facets["currency"]}
        and (query.min_price is None or numbers["price"] >= query.min_price)
        and (query.max_price is None or numbers["price"] <= query.max_price)
        and (query.min_rating is None or numbers["rating"] >= query.min_rating)
    )
