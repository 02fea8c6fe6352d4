"""Lists of people and groups: by a name that there is an index for, or page by page."""

from lyceum.kit.errors import BadRequest, Detail
from lyceum.kit.http.pages import MOST_PAGED_ROWS, Listing
from lyceum.kit.table import batch_fetch, find, skipping
from lyceum.model.integrations.directory import DirectoryGroup, DirectoryLink
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.rules import sign_in_names

from functions.integrations.scim import filters, groups, users, views
from functions.integrations.scim.schemas import GroupList, ListQuery, UserList
from functions.integrations.scim.users import Entry

MOST = 100
"""Resources on a page; who asks for more gets so many."""
_NAMES = ("username", "emails.value", "emails")


def people(query: ListQuery) -> UserList:
    """Return a page of people (2 storage requests); raises BadRequest with invalidFilter for what is not searched by.

    Of a filter one part has to name somebody by an `eq`; the rest of it is held against whoever was found.
    """
    if query.filter:
        found = _matching(filters.read(query.filter))
        shown = [views.narrowed(views.user(each), query) for each in found]
        return UserList(resources=shown, total_results=len(shown), start_index=1, items_per_page=len(shown))
    return _page_of_people(query)


def _matching(tree: filters.Tree) -> list[Entry]:
    named = filters.equalities(tree)
    user_id = named.get("id")
    if user_id is None and (names := [named[each] for each in _NAMES if each in named]):
        user_id = sign_in_names.holder_of(names[0]) or ""
    elif user_id is None and named.get("externalid"):
        links = find(DirectoryLink, index="gsi1", external_id=named["externalid"], limit=1).items
        user_id = str(links[0].user_id) if links else ""
    elif user_id is None:
        raise filters.refused("People are searched by userName, externalId, id or emails.value, with eq.")
    found = users.fetch(user_id) if user_id.isalnum() else None
    if found is None or not found.is_there:
        return []
    resource = views.user(found).model_dump(mode="json", by_alias=True)
    return [found] if filters.holds(tree, resource) else []


def _page_of_people(query: ListQuery) -> UserList:
    count, start = _bounds(query)
    listing = Listing(limit=max(count, 1), cursor=query.cursor or None)
    after = listing.start_key() or (skipping(start - 1) if start > 1 else None)
    page = find(User, index="gsi1", limit=max(count, 1), after=after)
    links = [DirectoryLink.at(user_id=user.user_id) for user in page.items]
    *linked, total = batch_fetch([*links, UserCount.at(group="all")])
    found = [
        Entry(user, link if isinstance(link, DirectoryLink) else None)
        for user, link in zip(page.items, linked, strict=True)
    ]
    shown = [views.narrowed(views.user(each), query) for each in found if each.is_there][:count]
    return UserList(
        resources=shown,
        total_results=max(int(total.total) if isinstance(total, UserCount) else 0, len(shown)),
        start_index=None if query.cursor else start,
        items_per_page=len(shown),
        next_cursor=listing.cursor_after(page),
    )


def _bounds(query: ListQuery) -> tuple[int, int]:
    """Return how many are asked for and from which on (RFC 7644, 3.4.2.4); raises BadRequest for a place too far."""
    count, start = min(max(query.count, 0), MOST), max(query.start_index, 1)
    if start > MOST_PAGED_ROWS and not query.cursor:
        told = f"Beyond the first {MOST_PAGED_ROWS} resources go on by nextCursor (RFC 9865)."
        raise BadRequest(told, details=[Detail("startIndex", told, "tooMany")])
    return count, start


def groups_of(query: ListQuery) -> GroupList:
    """Return a page of groups without their members (1 storage request)."""
    count, start = _bounds(query)
    every = find(DirectoryGroup, limit=groups.MOST).items
    if query.filter:
        tree = filters.read(query.filter)
        every = [each for each in every if filters.holds(tree, views.group(each, None).model_dump(by_alias=True))]
    shown = [views.narrowed(views.group(each, None), query) for each in every[start - 1 : start - 1 + count]]
    return GroupList(resources=shown, total_results=len(every), start_index=start, items_per_page=len(shown))
