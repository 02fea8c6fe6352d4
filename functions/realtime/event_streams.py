"""Streams of events for clients without WebSocket (HTML standard, 9.2, server-sent events).

Each answer is what happened since the client's last event, and ends; the client asks again after the time it names.
Where nothing happened yet the answer waits for it, a bounded time. The longer a channel has been quiet, the later its
client is asked to come back, so that those whom nothing concerns cost next to nothing.
"""

import json
import re
from collections.abc import Callable
from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.errors import BadRequest
from lyceum.kit.identity import Principal
from lyceum.kit.table import retrying
from lyceum.model.realtime import ChannelEvent

from functions.realtime import channel_events
from functions.realtime.schemas import StreamQuery

ASSIGNMENTS = frozenset({"assignment.submitted", "assignment.graded"})
PROGRESS = frozenset({"lesson.completed", "course.updated"})
_ID = re.compile(r"[0-9]{1,15}")
_RETRY_MILLISECONDS = 3000
_AT_ONCE_MILLISECONDS = 100
_LOOKS_AFTER_SECONDS = (1, 2, 4, 8)
"""How long an answer waits before it looks again; in all it is less than the function's time and the gateway's."""
_QUIET_MILLISECONDS = ((timedelta(minutes=1), _RETRY_MILLISECONDS), (timedelta(minutes=10), 10_000))
"""When to come back after so long a silence; after a longer one, see below."""
_LONG_QUIET_MILLISECONDS = 30_000


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
    known, found = _look(channel, seen, belongs)
    reached = int(found[-1].number) if found else seen
    if len(found) == channel_events.MOST_AT_ONCE:
        retry = _AT_ONCE_MILLISECONDS
    else:
        retry = _retry_after(found[-1] if found else known)
    return _text([event for event in found if belongs(event.name)], reached, retry)


def _look(channel: str, seen: int, belongs: Callable[[str], bool]) -> tuple[ChannelEvent | None, list[ChannelEvent]]:
    """Return the event that was seen last, if it is kept, and what came after it.

    It looks again until something is of the stream or there is no more time: at most five storage requests.
    """
    known, found = channel_events.around(channel, seen)
    for seconds in _LOOKS_AFTER_SECONDS:
        if any(belongs(event.name) for event in found) or len(found) == channel_events.MOST_AT_ONCE:
            break
        retrying.wait(seconds)
        known, found = channel_events.around(channel, seen)
    return known, found


def _retry_after(latest: ChannelEvent | None) -> int:
    """Return the milliseconds after which to come back, by how long ago the latest event of the channel is."""
    if latest is None:
        return _LONG_QUIET_MILLISECONDS
    silence = clock.now() - latest.happened_at
    return next((retry for bound, retry in _QUIET_MILLISECONDS if silence < bound), _LONG_QUIET_MILLISECONDS)


def _text(found: list[ChannelEvent], reached: int, retry_milliseconds: int) -> str:
    """Write events, and in the end an id by itself, so that a client does not read again what is not of its stream."""
    blocks = [f"retry: {retry_milliseconds}"]
    blocks += [f"id: {int(event.number)}\nevent: {event.name}\ndata: {json.dumps(event.data)}" for event in found]
    return "\n\n".join([*blocks, f"id: {reached}"]) + "\n\n"
