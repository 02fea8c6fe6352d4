"""Lists of the library, each by one query of the shelf that narrows it most."""

from functools import reduce
from operator import and_
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit.errors import BadRequest, Forbidden, Unauthenticated
from lyceum.kit.http import Page
from lyceum.kit.identity import Permission, Principal, Role
from lyceum.kit.table import Slice, find
from lyceum.kit.values.text import normalise
from lyceum.model.content.library import ContentItem, ContentListing, OfflineCopy

from functions.content.library.listings import shelf
from functions.content.library.schemas import ContentCard, ContentFilter
from functions.content.library.summaries import card

_INDEX: dict[str, Any] = {"newest": None, "popular": "gsi1", "rating": "gsi2"}


def page(caller: Principal | None, query: ContentFilter) -> Page[ContentCard]:
    """Read a page of the list that is asked for.

    Raises Unauthenticated for one's own lists without a caller, Forbidden for a state that the caller may not see and BadRequest for
    an order that such a list has not.
    """
    if query.offline:
        return query.page(_kept(_signed_in(caller), query), _kept_card)
    if query.mine or query.status != "published":
        if query.sort != "newest":
            raise BadRequest("Only published items have that order.")
        return query.page(_by_state(_signed_in(caller), query), _item_card)
    return query.page(_published(query), _entry_card)


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
        conditions.append(ContentListing.least_bytes <= query.max_bytes)
    on = "all" if name == "all" else shelf(name, str(given[name][0]))
    return find(
        ContentListing,
        index=_INDEX[query.sort],
        shelf=on,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=_all(conditions),
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


def _kept(caller: Principal, query: ContentFilter) -> Slice[OfflineCopy]:
    return find(
        OfflineCopy, user_id=caller.user_id, device_id=query.device_id, limit=query.limit, after=query.start_key()
    )


def _all(conditions: list[Condition]) -> Condition | None:
    return reduce(and_, conditions) if conditions else None


def _entry_card(entry: ContentListing) -> ContentCard:
    count = int(entry.rating_count)
    figures = {"downloads": int(entry.downloads), "rating_count": count, "published_at": entry.published_at}
    return ContentCard(**entry.card, **figures, rating=round(int(entry.rating) / 1000, 2) if count else None)


def _item_card(item: ContentItem) -> ContentCard:
    return ContentCard(**card(item), state=item.state, published_at=item.published_at)


def _kept_card(copy: OfflineCopy) -> ContentCard:
    return ContentCard(**copy.card, device_id=copy.device_id, variant=copy.variant, kept_since=copy.created_at)
