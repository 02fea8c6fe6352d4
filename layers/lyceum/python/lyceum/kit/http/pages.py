"""Lists: what callers ask of them, how they are answered, and the sealed cursors between two pages.

A cursor names the sort key of the last row, so rows that move, come or go make no other row disappear or repeat. It
shows no storage key, and opens the list that it came from alone: of the same caller, path, filters and sort.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from lyceum.kit import context
from lyceum.kit.errors import BadRequest, Detail, ValidationFailed
from lyceum.kit.http import exchange
from lyceum.kit.http.schemas import Request, Schema
from lyceum.kit.identity import sealing
from lyceum.kit.table import Slice, skipping

T = TypeVar("T")
S = TypeVar("S")
MOST_PAGED_ROWS = 1000
"""The last row that is reached by the number of a page; further on by cursors alone."""
_PURPOSE = "cursor"


class Listing(Request):
    """The query of every list: how many, from where, which fields."""

    limit: Annotated[int, Field(ge=1, le=100, description="Items on a page.")] = 20
    cursor: Annotated[str | None, Field(max_length=2000, description="`nextCursor` of the page before.")] = None
    page_number: Annotated[
        int | None, Field(alias="page", ge=1, le=1000, description="Number of the page; page x limit is at most 1000.")
    ] = None
    fields: Annotated[str | None, Field(max_length=500, description="Only these fields, separated by commas.")] = None

    def start_key(self, most: int | None = None) -> dict[str, Any] | None:
        """Return where to go on from; `most` is a list's own bound of rows on a page.

        Raises BadRequest for a cursor of another caller, list, tenant or maker, ValidationFailed for a page too far.
        """
        if self.page_number is None:
            return _unseal(self.cursor, self._scope(_path())) if self.cursor is not None else None
        limit = min(self.limit, most or self.limit)
        if self.cursor is not None or self.page_number * limit > MOST_PAGED_ROWS:
            refusal = f"Give cursor or page, and page x limit is at most {MOST_PAGED_ROWS}; go further by cursor."
            raise ValidationFailed(refusal, details=[Detail("page", refusal)])
        return skipping((self.page_number - 1) * limit) if self.page_number > 1 else None

    def page(
        self,
        found: Slice[Any],
        view: Callable[[Any], S],
        *,
        total: int | None = None,
        unread: int | None = None,
    ) -> "Page[S]":
        """Answer with a slice, each item as `view` shows it, and with the counts that are kept of the whole list."""
        after = self.cursor_after(found)
        pages = None if total is None else -(-total // self.limit)
        pagination = Pagination(
            limit=self.limit,
            next_cursor=after,
            has_next=after is not None,
            has_prev=self.cursor is not None or (self.page_number or 1) > 1,
            page=self.page_number or (1 if self.cursor is None else None),
            pages=pages,
            total=total,
            total_count=total,
            total_pages=pages,
            unread=unread,
        )
        return Page(items=[view(item) for item in found.items], pagination=pagination)

    def cursor_after(self, found: Slice[Any], path: str | None = None) -> str | None:
        """Return the cursor that goes on after a slice of this list, None at its end.

        `path` is where the list is, when it is another one than that which is being answered.
        """
        return _seal(found.last_key, self._scope(path or _path())) if found.last_key else None

    def _scope(self, path: str) -> str:
        filters = self.model_dump(
            mode="json", exclude={"cursor", "limit", "fields", "page_number"}, exclude_none=True, exclude_defaults=True
        )
        return json.dumps([context.tenant(), context.current().actor, path, filters], sort_keys=True)


def _path() -> str:
    try:
        return str(exchange.current().event["rawPath"])
    except LookupError:  # a rule that nobody asked over HTTP
        return ""


class Pagination(Schema):
    """Where a page stands in its list; totals, also by their longer names, are told where counts are kept."""

    limit: int
    next_cursor: str | None = None
    has_next: bool = False
    has_prev: bool = False
    page: int | None = None
    pages: int | None = None
    total: int | None = None
    total_count: int | None = None
    total_pages: int | None = None
    unread: int | None = None


class Page(Schema, Generic[T]):
    """A page of a list."""

    items: list[T]
    pagination: Pagination


def _seal(key: Mapping[str, Any], scope: str) -> str:
    plain = json.dumps({name: value["S"] for name, value in key.items()}, sort_keys=True, separators=(",", ":"))
    return sealing.conceal(_PURPOSE, plain.encode(), scope)


def _unseal(cursor: str, scope: str) -> dict[str, Any]:
    """Read a storage key out of a cursor; raises BadRequest when it was not made for this caller and list."""
    try:
        return {name: {"S": value} for name, value in json.loads(sealing.reveal(_PURPOSE, cursor, scope)).items()}
    except sealing.BrokenSeal:
        raise BadRequest("This cursor does not belong to this list.") from None
