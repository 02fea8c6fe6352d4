"""Offers that words are about, and offers in another order: by the search index.

Until a tenant has an index, the newest offers are read from storage and compared here.
"""

from typing import Any

from lyceum.kit.errors import ValidationFailed
from lyceum.kit.table import Slice, batch_fetch, cut_sorted, find, skipped, skipping
from lyceum.kit.values.text import without_accents
from lyceum.model.marketplace.offers import LISTED, Offer
from lyceum.search.engine import engine
from lyceum.search.filters import AllOf, Between, Filter, OneOf, folded
from lyceum.search.goods import of_offer
from lyceum.search.queries import MOST_RESULTS, Search, grants_of

from functions.marketplace.offers.schemas import BrowseQuery

_KEYS = {"price": "price", "rating": "rating", "sales": "popularity", "listedAt": "created_at"}
_MOST_COMPARED = 500


def found(query: BrowseQuery) -> Slice[Offer]:
    """Search offers (1 request to the index and 1 to read what was found); one that is listed no more is left out.

    Raises ValidationFailed behind the thousandth result.
    """
    asked = engine()
    if not asked.is_complete():
        return _compared(query)
    offset = skipped(query.start_key())
    if offset + query.limit > MOST_RESULTS:
        raise ValidationFailed(f"The first {MOST_RESULTS} offers are shown; narrow the search to see others.")
    search = Search(
        grants_of(None),
        text=query.search or "",
        kinds=("offer",),
        filter=_filter_of(query),
        sort=_sort_of(query),
        offset=offset,
        limit=query.limit,
    )
    answer = asked.search(search)
    names = [str(hit.document["item_id"]) for hit in answer.hits] if answer else []
    read = batch_fetch([Offer.at(offer_id=name) for name in names]) if names else []
    offers = [each for each in read if isinstance(each, Offer) and each.state == LISTED]
    reached = offset + len(names)
    is_last = answer is None or not names or reached >= min(answer.total, MOST_RESULTS)
    return Slice(offers, None if is_last else skipping(reached))


def _sort_of(query: BrowseQuery) -> tuple[str, ...]:
    if query.sort is None:
        return ()
    sign = "-" if query.sort.startswith("-") else ""
    return (f"{sign}{_KEYS[query.sort.lstrip('-')]}",)


def _filter_of(query: BrowseQuery) -> Filter | None:
    named = {"type": query.type, "author_id": query.seller_id, "currency": query.currency}
    parts: list[Filter] = [OneOf(name, (folded(value),)) for name, value in named.items() if value]
    if query.max_price is not None:
        parts.append(Between("price", None, query.max_price))
    return AllOf(tuple(parts)) if parts else None


def _compared(query: BrowseQuery) -> Slice[Offer]:
    """Compare the newest offers one by one."""
    newest = find(Offer, index="gsi1", shelf=LISTED, limit=_MOST_COMPARED, descending=True).items
    wanted = [each for each in newest if _is_wanted(each, query)]
    keys = _sort_of(query) or ("-created_at",)

    def key(offer: Offer) -> list[Any]:
        document = of_offer(offer)
        numbers = {**document.numbers, "popularity": document.popularity}
        return [*(-numbers[each[1:]] if each[0] == "-" else numbers[each] for each in keys), offer.offer_id]

    return cut_sorted(wanted, key, limit=query.limit, after=query.start_key())


def _is_wanted(offer: Offer, query: BrowseQuery) -> bool:
    text = without_accents(f"{offer.title} {offer.description}")
    return (
        all(each in text for each in without_accents(query.search or "").split())
        and query.type in {None, offer.type}
        and query.seller_id in {None, offer.seller_id}
        and query.currency in {None, offer.currency}
        and (query.max_price is None or offer.price <= query.max_price)
    )
