"""Lists: what callers ask of them, how they are answered, and the signed cursors between two pages."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from lyceum.kit import context
from lyceum.kit.errors import BadRequest
from lyceum.kit.http.schemas import Request, Schema
from lyceum.kit.identity import sealing
from lyceum.kit.table import Slice

T = TypeVar("T")
S = TypeVar("S")


class Listing(Request):
    """The query of every list: how many, from where, which fields."""

    limit: Annotated[int, Field(ge=1, le=100, description="Items on a page.")] = 20
    cursor: Annotated[str | None, Field(max_length=2000, description="`nextCursor` of the page before.")] = None
    fields: Annotated[str | None, Field(max_length=500, description="Only these fields, separated by commas.")] = None

    def start_key(self) -> dict[str, Any] | None:
        """Return where to go on from; raises BadRequest for a cursor of another list, tenant or maker."""
        if self.cursor is None:
            return None
        return unseal(self.cursor, self._scope())

    def page(
        self, found: Slice[Any], view: Callable[[Any], S], *, total: int | None = None, unread: int | None = None
    ) -> "Page[S]":
        """Answer with a slice, each item as `view` shows it, and with the counts that are kept of the whole list."""
        after = self.cursor_after(found)
        counts = {"total": total, "unread": unread}
        pagination = Pagination(
            limit=self.limit, next_cursor=after, has_next=after is not None, has_prev=self.cursor is not None, **counts
        )
        return Page(items=[view(item) for item in found.items], pagination=pagination)

    def cursor_after(self, found: Slice[Any]) -> str | None:
        """Return the cursor that goes on after a slice of this list, None at its end."""
        return seal(found.last_key, self._scope()) if found.last_key else None

    def _scope(self) -> str:
        filters = self.model_dump(mode="json", exclude={"cursor", "limit", "fields"}, exclude_none=True)
        return json.dumps([context.tenant(), type(self).__name__, filters], sort_keys=True)


class Pagination(Schema):
    """Where a page stands in its list."""

    limit: int
    next_cursor: str | None = None
    has_next: bool = False
    has_prev: bool = False
    total: int | None = None
    unread: int | None = None


class Page(Schema, Generic[T]):
    """A page of a list."""

    items: list[T]
    pagination: Pagination


def seal(key: Mapping[str, Any], scope: str) -> str:
    """Make a cursor of a storage key, signed so that it opens the same list of the same tenant only."""
    plain = json.dumps({name: value["S"] for name, value in key.items()}, sort_keys=True).encode()
    return base64.urlsafe_b64encode(_signature(plain, scope) + plain).rstrip(b"=").decode()


def unseal(cursor: str, scope: str) -> dict[str, Any]:
    """Read a storage key out of a cursor; raises BadRequest when it was not made for this list."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, plain = raw[:16], raw[16:]
        if not hmac.compare_digest(signature, _signature(plain, scope)):
            raise ValueError
        return {name: {"S": value} for name, value in json.loads(plain).items()}
    except (ValueError, AttributeError):
        raise BadRequest("This cursor does not belong to this list.") from None


def _signature(plain: bytes, scope: str) -> bytes:
    return sealing.mac("cursor", scope.encode() + b"\0" + plain)[:16]
