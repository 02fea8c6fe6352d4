"""Lists of the library, each by one query of the list that narrows it most; with words, what the search finds."""

from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit.errors import BadRequest, Forbidden, Unauthenticated
from lyceum.kit.http import Page
from lyceum.kit.identity import Permission, Principal, Role
from lyceum.kit.table import Slice, batch_fetch, cut, find
from lyceum.kit.values.text import normalise
from lyceum.model.content.library import ContentItem, ContentListing, OfflineCopy
from lyceum.search.engine import best_of
from lyceum.search.queries import Hit, grants_of

from functions.content.library.listings import list_name
from functions.content.library.schemas import ContentFilter, ContentSummary
from functions.content.library.summaries import summary, with_links

_INDEX: dict[str, Any] = {"newest": None, "popular": "gsi1", "rating": "gsi2"}


def page(caller: Principal | None, query: ContentFilter) -> Page[ContentSummary]:
    """Read a page of the list that is asked for.

    Raises:
        Unauthenticated: One's own lists are asked for without a caller.
        Forbidden: The caller may not see items in this state.
        BadRequest: Such a list has no other order than the newest first.
    """
    if query.offline:
        return query.page(_offline_copies(_signed_in(caller), query), _summary_of_copy)
    if query.mine or query.status != "published":
        if query.sort != "newest":
            raise BadRequest("Only published items have that order.")
        return query.page(_by_state(_signed_in(caller), query), _summary_of_item)
    if query.search:
        found = best_of("content", query.search, grants_of(caller))
        if found is not None:
            return query.page(_found(query, found), _summary_of_listing)
    return query.page(_published(query), _summary_of_listing)


def _signed_in(caller: Principal | None) -> Principal:
    if caller is None:
        raise Unauthenticated("Sign in first.")
    return caller


def _published(query: ContentFilter) -> Slice[ContentListing]:
    facets = {
        "topic": (query.topic_id, ContentListing.topic_id == query.topic_id),
        "subject": (query.subject, ContentListing.subject_key == normalise(query.subject or "")),
        "grade": (query.grade_level, ContentListing.grade_key == normalise(query.grade_level or "")),
        "type": (query.type, ContentListing.type == query.type),
    }
    given = {name: pair for name, pair in facets.items() if pair[0] is not None}
    name, *others = [*given, "all"] if given else ["all"]
    conditions: list[Condition] = [given[other][1] for other in others if other in given]
    if query.search:
        conditions.append(ContentListing.search_text.contains(normalise(query.search)))
    if query.max_bytes is not None:
        conditions.append(ContentListing.smallest_bytes <= query.max_bytes)
    return find(
        ContentListing,
        index=_INDEX[query.sort],
        list_name="all" if name == "all" else list_name(name, str(given[name][0])),
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=_all(conditions),
    )


_ORDERS: dict[str, Any] = {
    "newest": lambda listing: listing.published_at,
    "popular": lambda listing: int(listing.downloads),
    "rating": lambda listing: (int(listing.rating), int(listing.rating_count)),
}


def _found(query: ContentFilter, hits: list[Hit]) -> Slice[ContentListing]:
    """Read what the search found, the best first or in the order asked for (1 request for a hundred)."""
    named = [
        ContentListing.at(
            list_name="all",
            published_at=datetime.fromisoformat(hit.document["shown"]["published_at"]),
            content_id=hit.document["item_id"],
        )
        for hit in hits
    ]
    listings = [each for each in batch_fetch(named) if isinstance(each, ContentListing) and _is_wanted(each, query)]
    if "sort" in query.model_fields_set:
        listings.sort(key=_ORDERS[query.sort], reverse=True)
    return cut(listings, lambda listing: str(listing.content_id), limit=query.limit, after=query.start_key())


def _is_wanted(listing: ContentListing, query: ContentFilter) -> bool:
    return (
        (query.topic_id is None or listing.topic_id == query.topic_id)
        and (query.subject is None or listing.subject_key == normalise(query.subject))
        and (query.grade_level is None or listing.grade_key == normalise(query.grade_level))
        and (query.type is None or listing.type == query.type)
        and (query.max_bytes is None or int(listing.smallest_bytes) <= query.max_bytes)
    )


def _by_state(caller: Principal, query: ContentFilter) -> Slice[ContentItem]:
    conditions: list[Condition] = [
        condition
        for value, condition in (
            (query.topic_id, ContentItem.topic_id == query.topic_id),
            (query.subject, ContentItem.subject == query.subject),
            (query.grade_level, ContentItem.grade_level == query.grade_level),
            (query.type, ContentItem.type == query.type),
            (query.search, ContentItem.search_text.contains(normalise(query.search or ""))),
        )
        if value is not None
    ]
    options: dict[str, Any] = {"limit": query.limit, "after": query.start_key(), "descending": True}
    if query.mine:
        is_asked = "status" in query.model_fields_set
        conditions.append(ContentItem.state == query.status if is_asked else ContentItem.state != "deleted")
        return find(ContentItem, index="gsi2", owner_id=caller.user_id, where=_all(conditions), **options)
    if not caller.may(Permission.MODERATE) and not (
        caller.is_at_least(Role.INSTRUCTOR) and query.status == "submitted"
    ):
        raise Forbidden("Your role does not list items in this state.")
    return find(ContentItem, index="gsi1", state=query.status, where=_all(conditions), **options)


def _offline_copies(caller: Principal, query: ContentFilter) -> Slice[OfflineCopy]:
    return find(
        OfflineCopy, user_id=caller.user_id, device_id=query.device_id, limit=query.limit, after=query.start_key()
    )


def _all(conditions: list[Condition]) -> Condition | None:
    return reduce(and_, conditions) if conditions else None


def _summary_of_listing(listing: ContentListing) -> ContentSummary:
    count = int(listing.rating_count)
    return ContentSummary(
        **with_links(listing.summary),
        downloads=int(listing.downloads),
        rating_count=count,
        rating=round(int(listing.rating) / 1000, 2) if count else None,
        published_at=listing.published_at,
    )


def _summary_of_item(item: ContentItem) -> ContentSummary:
    return ContentSummary(**with_links(summary(item)), state=item.state, published_at=item.published_at)


def _summary_of_copy(copy: OfflineCopy) -> ContentSummary:
    kept = {"device_id": copy.device_id, "variant": copy.variant, "kept_since": copy.created_at}
    return ContentSummary(**with_links(copy.summary), **kept)
