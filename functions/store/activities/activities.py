"""What people do in the store: one small item each that goes by itself, and nothing without their consent."""

from datetime import timedelta
from typing import Any

from lyceum.events.search import SearchResultOpened
from lyceum.kit import clock, ids
from lyceum.kit.errors import NotFound
from lyceum.kit.event import Event
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.store.carts import StoreActivity
from lyceum.rules.consents import has_given

from functions.store.activities.schemas import LogClick, LogSession, Recorded, TimelineQuery

ANALYTICS = "analytics"
KEPT = timedelta(days=90)
_NOTHING = Recorded(is_recorded=False)


def record(caller: Principal | None, kind: str, values: dict[str, Any], *events: Event) -> Recorded:
    """Keep something that a person did, and tell of it, if they consented to it (1 request and 1 write)."""
    if caller is None or not has_given(caller.user_id, ANALYTICS):
        return _NOTHING
    now = clock.now()
    made = StoreActivity(
        user_id=caller.user_id, activity_id=ids.new_id(), type=kind, happened_at=now, ttl=now + KEPT, **values
    )
    Unit().create(made, *events).commit()
    return Recorded(is_recorded=True, activity_id=made.activity_id)


def click(caller: Principal | None, wanted: LogClick) -> Recorded:
    """Keep a click; one on a result of a search counts for its words, without saying whose it was."""
    values = wanted.model_dump(exclude_none=True, exclude={"result"})
    opened = wanted.result
    if opened is None:
        return record(caller, "click", values)
    told = SearchResultOpened(
        query=opened.query, result_type=opened.type, result_id=opened.id, place=opened.place, actor="search"
    )
    return record(caller, "click", values | {"words": opened.query}, told)


def follow_session(caller: Principal | None, wanted: LogSession) -> Recorded:
    """Begin a visit, or note that one goes on or ends (2 requests at most); raises NotFound for one that is over."""
    if wanted.action == "start":
        return record(caller, "session", {"last_seen_at": clock.now()})
    if caller is None:
        return _NOTHING
    now, session = clock.now(), StoreActivity.at(user_id=caller.user_id, activity_id=wanted.session_id)
    changes = [StoreActivity.last_seen_at.set(now)]
    changes += [StoreActivity.ended_at.set(now)] if wanted.action == "end" else []
    is_open = (StoreActivity.type == "session") & StoreActivity.ended_at.does_not_exist()
    Unit().change(session, *changes, when=is_open, refuse=NotFound("There is no such session.")).commit()
    return Recorded(is_recorded=True, activity_id=wanted.session_id)


def timeline(user_id: str, query: TimelineQuery) -> Slice[StoreActivity]:
    """Read a page of what a user did, the latest first (1 request)."""
    where = None if query.type is None else StoreActivity.type == query.type
    return find(
        StoreActivity,
        user_id=user_id,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=where,
    )
