"""Open connections: who has them, what they follow, and posting to them."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.aws import clients
from lyceum.kit.errors import RateLimited, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch, find, find_all
from lyceum.model.realtime import ChannelEvent, Follower, SocketConnection

from functions.realtime import channel_events
from functions.realtime.schemas import MOST_TOPICS

MOST_CONNECTIONS = 10
"""Devices and tabs of one user."""
_KEPT = timedelta(hours=2, minutes=10)
"""The gateway closes a connection after two hours."""
_OPENS_WITHIN = timedelta(seconds=30)
"""Until the answer to `$connect` has arrived, the gateway calls a connection gone."""
_AT_ONCE = 16
_GONE = frozenset({"GoneException", "410"})


def open_for(caller: Principal, connection_id: str) -> None:
    """Remember a new connection; raises RateLimited when the user has too many."""
    if len(find(SocketConnection, user_id=caller.user_id, limit=MOST_CONNECTIONS).items) >= MOST_CONNECTIONS:
        raise RateLimited("Too many connections.", retry_after_seconds=60)
    connection = SocketConnection(
        user_id=caller.user_id, connection_id=connection_id, session_id=caller.session_id, ttl=_gone_at()
    )
    Unit().put(connection).commit()


def close(user_id: str, connection_id: str) -> frozenset[str]:
    """Forget a connection and what it follows, and return that."""
    connection = SocketConnection.fetch(user_id=user_id, connection_id=connection_id, consistent=True)
    if connection is None:
        return frozenset()
    unit = Unit().remove(connection)
    for topic in connection.topics or ():
        unit.remove(Follower.at(topic=topic, user_id=user_id, connection_id=connection_id))
    unit.commit()
    return frozenset(connection.topics or ())


def follow(caller: Principal, connection_id: str, topics: list[str], until: datetime | None = None) -> None:
    """Let a connection follow topics, for good or until a moment.

    Raises RuleViolation TOO_MANY_TOPICS, or ConditionFailed when the connection is closed already.
    """
    connection = SocketConnection.require(user_id=caller.user_id, connection_id=connection_id, consistent=True)
    followed = set(connection.topics or ()) | set(topics)
    if len(followed) > MOST_TOPICS:
        raise rule_violation("TOO_MANY_TOPICS", f"A connection follows {MOST_TOPICS} topics at most.")
    unit = Unit().change(connection, SocketConnection.topics.add(set(topics)))
    for topic in dict.fromkeys(topics):
        follower = Follower(topic=topic, user_id=caller.user_id, connection_id=connection_id, until=until)
        follower.ttl = _gone_at()
        unit.put(follower)
    unit.commit()


def unfollow(caller: Principal, connection_id: str, topics: list[str]) -> None:
    """Let a connection follow topics no more."""
    connection = SocketConnection.at(user_id=caller.user_id, connection_id=connection_id)
    unit = Unit().change(connection, SocketConnection.topics.delete(set(topics)))
    for topic in dict.fromkeys(topics):
        unit.remove(Follower.at(topic=topic, user_id=caller.user_id, connection_id=connection_id))
    unit.commit()


def set_presence(caller: Principal, connection_id: str, state: str) -> None:
    """Say whether somebody is there."""
    connection = SocketConnection.at(user_id=caller.user_id, connection_id=connection_id)
    with suppress(ConditionFailed):  # it is closed already
        Unit().change(connection, SocketConnection.presence.set(state)).commit()


def followers(topic: str) -> list[dict[str, str]]:
    """Return the users of up to a hundred connections that follow a topic, online before away (2 storage requests)."""
    found = find(Follower, topic=topic, limit=100).items
    names = [SocketConnection.at(user_id=follower.user_id, connection_id=follower.connection_id) for follower in found]
    present = sorted(
        (str(each.presence), str(each.user_id)) for each in batch_fetch(names) if isinstance(each, SocketConnection)
    )
    states = {user_id: state for state, user_id in reversed(present)}
    return [{"userId": user_id, "state": state} for user_id, state in reversed(states.items())]


def post(connection_id: str, message: dict[str, Any]) -> bool:
    """Post to one connection and say whether it is there; raises what the gateway fails with."""
    try:
        clients.sockets().post_to_connection(ConnectionId=connection_id, Data=json.dumps(message).encode())
    except Exception as error:
        if clients.error_code(error) in _GONE:
            return False
        raise
    return True


def announce(event: ChannelEvent) -> bool:
    """Post an event to every connection of its channel, several at a time; says whether there are any.

    Those that are gone are forgotten, unless they were made so lately that they may be opening still.
    """
    message = channel_events.shown(event)
    places = list(_places(event.channel))
    with ThreadPoolExecutor(min(_AT_ONCE, max(1, len(places)))) as pool:
        is_there = pool.map(lambda place: post(place.connection_id, message), places)
        gone = [place for place, reached in zip(places, is_there, strict=True) if not reached]
    for place in gone:
        if not _may_be_opening(place):
            close(place.user_id, place.connection_id)
    return bool(places)


def _places(channel: str) -> Iterable[SocketConnection | Follower]:
    owner = channel_events.owner_of(channel)
    return find_all(SocketConnection, user_id=owner) if owner else find_all(Follower, topic=channel)


def _may_be_opening(place: SocketConnection | Follower) -> bool:
    return int(place.ttl or 0) > _gone_at() - _OPENS_WITHIN.total_seconds()


def end_session(user_id: str, session_id: str) -> None:
    """Close the connections that were opened in a session."""
    for connection in find_all(SocketConnection, user_id=user_id):
        if connection.session_id == session_id:
            end(user_id, connection.connection_id)


def end_all(user_id: str) -> None:
    """Close every connection of a user."""
    for connection in find_all(SocketConnection, user_id=user_id):
        end(user_id, connection.connection_id)


def end_topic(user_id: str, topic: str) -> None:
    """Let no connection of a user follow a topic any more."""
    for connection in find_all(SocketConnection, user_id=user_id):
        if topic in (connection.topics or ()):
            unit = Unit().change(connection, SocketConnection.topics.delete({topic}))
            unit.remove(Follower.at(topic=topic, user_id=user_id, connection_id=connection.connection_id))
            with suppress(ConditionFailed):  # it was closed meanwhile, with all that it follows
                unit.commit()


def end(user_id: str, connection_id: str) -> None:
    """Close a connection and forget it."""
    _hang_up(connection_id)
    close(user_id, connection_id)


def _hang_up(connection_id: str) -> None:
    try:
        clients.sockets().delete_connection(ConnectionId=connection_id)
    except Exception as error:
        if clients.error_code(error) not in _GONE:
            raise


def _gone_at() -> int:
    return int((clock.now() + _KEPT).timestamp())
