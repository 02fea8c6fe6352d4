"""Live updates over HTTP: tickets for the WebSocket API, and streams for those who can not use it."""

from typing import Annotated

from lyceum.kit.http import USER, Api, Caller, LastEventId, Query

from functions.realtime import event_streams, tickets
from functions.realtime.schemas import StreamQuery, TicketView

api = Api("realtime")
handler = api.handler
_STREAM = "text/event-stream"


@api.post("/api/realtime/ticket", access=USER, status=201, limit="30/minute")
def make_ticket(caller: Caller) -> TicketView:
    """Give a ticket that opens one WebSocket connection within a minute."""
    return tickets.issue(caller)


@api.get("/api/events/notifications", access=USER, raw=_STREAM)
def stream_notifications(caller: Caller, query: Annotated[StreamQuery, Query()], last_event_id: LastEventId) -> str:
    """Return the caller's events since the last one seen, as server-sent events."""
    return event_streams.notifications(caller, event_streams.position(last_event_id, query))


@api.get("/api/events/assignments", access=USER, raw=_STREAM)
def stream_assignments(caller: Caller, query: Annotated[StreamQuery, Query()], last_event_id: LastEventId) -> str:
    """Return what happened to the caller's assignments since the last event seen, as server-sent events."""
    return event_streams.assignments(caller, event_streams.position(last_event_id, query))


@api.get("/api/events/course-progress", access=USER, raw=_STREAM)
def stream_progress(caller: Caller, query: Annotated[StreamQuery, Query()], last_event_id: LastEventId) -> str:
    """Return the caller's progress in courses since the last event seen, as server-sent events."""
    return event_streams.progress(caller, event_streams.position(last_event_id, query))
