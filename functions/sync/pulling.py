"""What changed for a user since a cursor: everything first, thing by thing, then rows of their and courses' feeds.

A snapshot is read kind by kind, and what changes meanwhile stands in the feed behind the position at which it began.
A few rows before that are read again, for those whose index was not as far as the feed.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from lyceum.kit import clock, context
from lyceum.kit.errors import BadRequest
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.table import find
from lyceum.model.sync import SyncChange, SyncPosition

from functions.sync import course_feeds, things
from functions.sync.schemas import SCHEMA, Changes, PullQuery

FRESH = timedelta(days=80)
"""How old a cursor may be; well before its rows go."""
_RENEWED = timedelta(days=1)
_OVERLAP = 20
_ONE_REQUEST = 100
"""How many items storage reads in one request."""
_PURPOSE = "sync"


class _Cursor(NamedTuple):
    """Where a device is: at a position of its feed and of its courses' or, with a `stage`, so far in a snapshot."""

    position: int
    made_at: int
    schema: int = SCHEMA
    stage: int | None = None
    after: dict[str, Any] | None = None
    courses: course_feeds.Places = MappingProxyType({})


def pull(caller: Principal, query: PullQuery) -> Changes:
    """Return what changed since the cursor (3 requests at most); an old cursor, or none, begins a snapshot.

    Raises BadRequest for a cursor of somebody else.
    """
    now = int(clock.now().timestamp())
    cursor = _read(caller, query.cursor) if query.cursor else None
    if cursor is None or cursor.schema != SCHEMA or now - cursor.made_at > FRESH.total_seconds():
        feed = SyncPosition.fetch(user_id=caller.user_id, consistent=True)
        begun = _Cursor(max(0, int(feed.position) - _OVERLAP) if feed else 0, now, stage=0)
        return _snapshot(caller, begun, query.limit, is_first=True)
    if cursor.stage is not None:
        return _snapshot(caller, cursor, query.limit, is_first=False)
    return _tail(caller, cursor, query, now)


def _snapshot(caller: Principal, cursor: _Cursor, limit: int, *, is_first: bool) -> Changes:
    stage = cursor.stage or 0
    found, changes = things.page(things.STAGES[stage], caller.user_id, limit, cursor.after)
    following = cursor._replace(courses=course_feeds.after(cursor.courses, changes))
    if found is not None:
        following = following._replace(after=found)
    elif stage + 1 < len(things.STAGES):
        following = following._replace(stage=stage + 1, after=None)
    else:
        following = following._replace(stage=None, after=None)
    return Changes(
        changes=changes, cursor=_sealed(caller, following), has_more=True, is_snapshot=True, is_first=is_first
    )


def _tail(caller: Principal, cursor: _Cursor, query: PullQuery, now: int) -> Changes:
    """Read the rows behind a cursor, and the things that they name; with nothing new the cursor stays as it is.

    What is the user's own comes first, then the courses one by one.
    """
    watched = course_feeds.heads(cursor.courses)
    rows, has_more = _own_rows(caller.user_id, cursor.position, min(query.limit, _ONE_REQUEST - len(watched)))
    changes, heads = things.named(caller.user_id, rows, watched)
    courses, ends = course_feeds.behind(cursor.courses, heads)
    if rows:
        entered = course_feeds.after(courses, changes)
        has_more = has_more or bool(ends) or entered.keys() > courses.keys()
        courses = entered
    elif ends:
        courses, changes, has_more = course_feeds.read(courses, ends, query.limit)
    is_old = now - cursor.made_at > _RENEWED.total_seconds()
    position = int(rows[-1].position) if rows else cursor.position
    is_same = position == cursor.position and courses == cursor.courses and not is_old
    following = cursor if is_same else _Cursor(position, now, courses=courses)
    return Changes(
        changes=changes, cursor=_sealed(caller, following), has_more=has_more, is_snapshot=False, is_first=False
    )


def _own_rows(user_id: str, position: int, limit: int) -> tuple[Sequence[SyncChange], bool]:
    found = find(
        SyncChange,
        user_id=user_id,
        from_sort=f"{position + 1:012d}",
        to_sort=course_feeds.LAST,
        limit=limit,
        consistent=True,
    )
    return found.items, found.last_key is not None


def _sealed(caller: Principal, cursor: _Cursor) -> str:
    plain = json.dumps(cursor._replace(courses=dict(cursor.courses)), separators=(",", ":"))
    return sealing.conceal(_PURPOSE, plain.encode(), f"{context.tenant()} {caller.user_id}")


def _read(caller: Principal, text: str) -> _Cursor:
    try:
        return _Cursor(*json.loads(sealing.reveal(_PURPOSE, text, f"{context.tenant()} {caller.user_id}")))
    except sealing.BrokenSeal:
        raise BadRequest("This cursor does not belong to this caller.") from None
