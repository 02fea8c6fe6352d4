"""Streams of events for clients without WebSocket (HTML standard, 9.2, server-sent events).

Each answer is what happened since the client's last event, and ends; the client asks again after the time it names.
"""

import json
import re
from collections.abc import Callable

from lyceum.kit.errors import BadRequest
from lyceum.kit.identity import Principal
from lyceum.model.realtime import ChannelEvent

from functions.realtime import channel_events
from functions.realtime.schemas import StreamQuery

ASSIGNMENTS = frozenset({"assignment.submitted", "assignment.graded"})
PROGRESS = frozenset({"lesson.completed", "course.updated"})
_ID = re.compile(r"[0-9]{1,15}")
_RETRY_MILLISECONDS = 3000
_AT_ONCE_MILLISECONDS = 100


def position(header: str | None, query: StreamQuery) -> int | None:
    """Return the event that a client has seen last, None for one that begins; raises BadRequest for another text."""
    given = header or query.last_event_id
    if not given:
        return None
    if not _ID.fullmatch(given):
        raise BadRequest("Last-Event-ID must be the `id` of an event of this stream.")
    return int(given)


def notifications(caller: Principal, seen: int | None) -> str:
    """Write what is of neither other stream: messages, timers, answers, states of uploads."""
    return _stream(caller, seen, lambda name: name not in ASSIGNMENTS | PROGRESS)


def assignments(caller: Principal, seen: int | None) -> str:
    """Write what happened to assignments of the caller."""
    return _stream(caller, seen, lambda name: name in ASSIGNMENTS)


def progress(caller: Principal, seen: int | None) -> str:
    """Write how the caller came on in courses."""
    return _stream(caller, seen, lambda name: name in PROGRESS)


def _stream(caller: Principal, seen: int | None, belongs: Callable[[str], bool]) -> str:
    channel = channel_events.own(caller.user_id)
    if seen is None:
        return _text([], channel_events.last(channel), _RETRY_MILLISECONDS)
    found = channel_events.since(channel, seen)
    reached = int(found[-1].number) if found else seen
    retry = _AT_ONCE_MILLISECONDS if len(found) == channel_events.MOST_AT_ONCE else _RETRY_MILLISECONDS
    return _text([event for event in found if belongs(event.name)], reached, retry)


def _text(found: list[ChannelEvent], reached: int, retry_milliseconds: int) -> str:
    """Write events, and in the end an id by itself, so that a client does not read again what is not of its stream."""
    blocks = [f"retry: {retry_milliseconds}"]
    blocks += [f"id: {int(event.number)}\nevent: {event.name}\ndata: {json.dumps(event.data)}" for event in found]
    return "\n\n".join([*blocks, f"id: {reached}"]) + "\n\n"
