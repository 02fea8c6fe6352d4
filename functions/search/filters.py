"""Saved filters: everybody's own, and those that staff share.

They are kept as they were written and read anew when they are used, so one stays valid when fields are added.
"""

from typing import Any

from lyceum.kit import ids
from lyceum.kit.errors import Forbidden, NotFound, ValidationFailed, rule_violation
from lyceum.kit.http import Page
from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.search import SavedSearch, SearchFilter, SharedSearchFilter
from lyceum.rules import audits

from functions.search import fields
from functions.search.schemas import FilterList, FilterView, SaveFilter

MOST_FILTERS = 100


def save(caller: Principal, wanted: SaveFilter) -> FilterView:
    """Keep a filter.

    Raises FilterInvalid, Forbidden when somebody shares who is no staff, RuleViolation TOO_MANY_FILTERS.
    """
    fields.read_filter(wanted.filter)
    fields.read_sort(wanted.sort)
    if wanted.is_shared and not caller.may(Permission.WRITE_QUESTIONS):
        raise Forbidden("Only staff share filters.")
    if len(_shelf(caller, is_shared=wanted.is_shared, limit=MOST_FILTERS).items) >= MOST_FILTERS:
        raise rule_violation("TOO_MANY_FILTERS", f"There are {MOST_FILTERS} saved filters already; delete one first.")
    values = {"filter_id": ids.new_id(), "text": wanted.q, **wanted.model_dump(include={"name", "filter", "sort"})}
    made: SavedSearch = (
        SharedSearchFilter(author_id=caller.user_id, **values)
        if wanted.is_shared
        else SearchFilter(user_id=caller.user_id, **values)
    )
    Unit().create(made).commit()
    return _view(caller, made)


def page(caller: Principal, query: FilterList) -> Page[FilterView]:
    """Return a page of one's own filters, or of the shared ones (1 request)."""
    found = _shelf(caller, is_shared=query.scope == "shared", limit=query.limit, after=query.start_key())
    return query.page(found, lambda each: _view(caller, each))


def remove(caller: Principal, filter_id: str) -> None:
    """Delete a filter of one's own, or one that the caller shared; moderators delete every shared one.

    Raises NotFound, and Forbidden for a filter that somebody else shared.
    """
    found = _named(caller, filter_id)
    if isinstance(found, SharedSearchFilter) and not may_touch(caller, found.author_id, Permission.MODERATE):
        raise Forbidden("This filter belongs to somebody else.")
    unit = Unit().remove(found, when=SavedSearch.pk.exists(), refuse=NotFound("There is no such saved filter."))
    if isinstance(found, SharedSearchFilter):
        audits.note(unit, caller.user_id, found.author_id, "filter.remove", filter_id)
    unit.commit()


def named(caller: Principal | None, filter_id: str) -> SavedSearch:
    """Read a filter of the caller's own, or a shared one; raises NotFound."""
    if caller is None:
        raise NotFound("There is no such saved filter.")
    return _named(caller, filter_id)


def _named(caller: Principal, filter_id: str) -> SavedSearch:
    named_ones: list[Any] = [
        SearchFilter.at(user_id=caller.user_id, filter_id=filter_id), SharedSearchFilter.at(filter_id=filter_id)
    ]  # fmt: skip
    for found in batch_fetch(named_ones):
        if isinstance(found, SavedSearch):
            return found
    raise NotFound("There is no such saved filter.")


def _shelf(caller: Principal, *, is_shared: bool, limit: int, after: dict[str, Any] | None = None) -> Any:
    if is_shared:
        return find(SharedSearchFilter, limit=limit, after=after)
    return find(SearchFilter, user_id=caller.user_id, limit=limit, after=after)


def _view(caller: Principal, saved: Any) -> FilterView:
    is_shared = isinstance(saved, SharedSearchFilter)
    return FilterView(
        **{name: getattr(saved, name) for name in ("filter_id", "name", "filter", "sort", "created_at")},
        q=saved.text,
        is_shared=is_shared,
        is_own=not is_shared or saved.author_id == caller.user_id,
        is_valid=_is_valid(saved),
    )


def _is_valid(saved: SavedSearch) -> bool:
    try:
        fields.read_filter(saved.filter)
        fields.read_sort(saved.sort)
    except ValidationFailed:
        return False
    return True
