"""Channel events: what happened on a channel, numbered without gaps, kept for a day.

A channel is a user's own or a topic. An event's number is one more than the last one's, and it is stored on condition
that the number is free: so events appear in the order of their numbers, and who knows one misses none after it.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Unavailable
from lyceum.kit.event import Message
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.realtime import ChannelEvent

MOST_AT_ONCE = 100
_OWN = "user:"
KEPT = timedelta(days=1)
"""How long a channel remembers what happened on it."""
_TRIES = 8
_LOOKED_BACK = 50
_NUMBERS_AN_HOUR = 1_000_000
_CLOCKS_APART = timedelta(seconds=5)


class Stored(NamedTuple):
    """An event on a channel, and whether it was not there before."""

    event: ChannelEvent
    is_new: bool


def own(user_id: str) -> str:
    """Name the channel of a user."""
    return f"{_OWN}{user_id}"


def owner_of(channel: str) -> str | None:
    """Return the user whose own channel it is, None for a topic's."""
    return channel.removeprefix(_OWN) if channel.startswith(_OWN) else None


def store(channel: str, event: Message, name: str, data: dict[str, Any]) -> Stored:
    """Store what an event means on a channel, or return what is there of it from an earlier try.

    Two requests, more when others write to the channel at the same time; raises Unavailable when they do not stop.
    """
    now = clock.now()
    for _ in range(_TRIES):
        page = find(ChannelEvent, channel=channel, limit=_LOOKED_BACK, descending=True, consistent=True)
        latest, known = page.items, _known(page, event)
        if known:
            return Stored(known, is_new=False)
        numbered = ChannelEvent(
            channel=channel, number=_next(latest), event_id=event.event_id, name=name, happened_at=now, data=data
        )
        numbered.ttl = int((now + KEPT).timestamp())
        try:
            Unit().create(numbered).commit()
        except Conflict:  # the number was taken meanwhile
            continue
        return Stored(numbered, is_new=True)
    raise Unavailable


def _known(page: Slice[ChannelEvent], event: Message) -> ChannelEvent | None:
    """Return what is there of an event: from the latest page back to when it happened, which is one request mostly."""
    while True:
        for each in page.items:
            if each.event_id == event.event_id:
                return each
        if page.last_key is None or not page.items or page.items[-1].happened_at < event.at - _CLOCKS_APART:
            return None
        channel = page.items[-1].channel
        page = find(
            ChannelEvent, channel=channel, limit=_LOOKED_BACK, descending=True, consistent=True, after=page.last_key
        )


def _next(latest: list[ChannelEvent]) -> int:
    """Return the next number; where all events are gone it follows from the hour, and so lies above theirs."""
    if latest:
        return int(latest[0].number) + 1
    return int(clock.now().timestamp()) // 3600 * _NUMBERS_AN_HOUR


def last(channel: str) -> int:
    """Return the number of the latest event, 0 when there is none."""
    found = find(ChannelEvent, channel=channel, limit=1, descending=True, consistent=True).items
    return int(found[0].number) if found else 0


def since(channel: str, number: int) -> list[ChannelEvent]:
    """Return what came after an event, at most MOST_AT_ONCE of it, in one request."""
    return _kept(channel, number + 1, MOST_AT_ONCE)


def around(channel: str, number: int) -> tuple[ChannelEvent | None, list[ChannelEvent]]:
    """Return an event, None when it is not kept any more, and what came after it as `since` does, in one request."""
    found = _kept(channel, number, MOST_AT_ONCE + 1)
    if found and int(found[0].number) == number:
        return found[0], found[1:]
    return None, found[:MOST_AT_ONCE]


def _kept(channel: str, number: int, most: int) -> list[ChannelEvent]:
    found = find(ChannelEvent, channel=channel, limit=most, from_sort=f"{number:015d}", consistent=True).items
    now = clock.now().timestamp()
    return [each for each in found if each.ttl is None or each.ttl > now]


def shown(event: ChannelEvent) -> dict[str, Any]:
    """Write an event as clients get it; a user's own channel is called `user`."""
    channel = "user" if owner_of(event.channel) else event.channel
    return {
        "event": event.name,
        "channel": channel,
        "id": int(event.number),
        "at": clock.iso(event.happened_at),
        "data": event.data,
    }
