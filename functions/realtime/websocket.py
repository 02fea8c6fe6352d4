"""The WebSocket API: connections open and close, and clients ask for topics, for what they missed, and who is there.

Answers are posted to the connection, as everything is. A message that makes no sense is answered with an error and
changes nothing. Rights are looked at again when a connection opens and when it asks for something; where they have
ended the connection is closed.
"""

from typing import Any

from aws_lambda_powertools import Logger
from pydantic import ValidationError

from lyceum.kit import clock, context
from lyceum.kit.errors import BadRequest, DomainError, Forbidden, Unauthenticated
from lyceum.kit.identity import Principal
from lyceum.kit.telemetry import collector, sending
from lyceum.rules.sessions import recheck

from functions.realtime import calls, channel_events, connections, topics
from functions.realtime.schemas import (
    CLIENT_MESSAGE,
    ClientMessage,
    JoinCall,
    LeaveCall,
    Ping,
    Presence,
    SendSignal,
    Subscribe,
    Unsubscribe,
)

_MOST_BYTES = 24 * 1024
"""Of a message; the gateway takes frames of 32 KiB."""
logger = Logger()


def handler(event: dict[str, Any], _lambda_context: Any) -> dict[str, int]:
    """Do what one event of the gateway asks; nothing that happens inside leaves as an exception."""
    asked = event["requestContext"]
    caller = Principal.from_context(asked["authorizer"])
    connection_id, route = asked["connectionId"], asked["routeKey"]
    with context.working(context.RequestContext(caller.tenant, caller.user_id, asked.get("requestId", ""))):
        try:
            if route == "$connect":
                connections.open_for(recheck(caller), connection_id)
                collector.tally("sockets.opened")
            elif route == "$disconnect":
                calls.tell_left(caller, connections.close(caller.user_id, connection_id))
                collector.tally("sockets.closed")
            else:
                _reply(caller, connection_id, event.get("body") or "")
        except DomainError as error:
            logger.info("refused", extra={"route": route, "code": error.code})
            return {"statusCode": error.status}
        except Exception as error:
            collector.failure(error, f"socket {route}")
            logger.exception("message failed", extra={"route": route})
            return {"statusCode": 500}
        finally:
            sending.send()
    return {"statusCode": 200}


def _reply(caller: Principal, connection_id: str, body: str) -> None:
    try:
        answer = _answer(caller, connection_id, body)
    except Unauthenticated:
        connections.end(caller.user_id, connection_id)
    else:
        connections.post(connection_id, answer)


def _answer(caller: Principal, connection_id: str, body: str) -> dict[str, Any]:
    try:
        return _act(caller, connection_id, body)
    except Unauthenticated:
        raise
    except DomainError as error:
        return {"event": "error", "code": error.code, "message": error.message}


def _act(caller: Principal, connection_id: str, body: str) -> dict[str, Any]:
    message = _read(body)
    match message:
        case Subscribe():
            return _subscribe(caller, connection_id, message)
        case Unsubscribe():
            connections.unfollow(caller, connection_id, message.topics)
            return {"event": "unsubscribed", "topics": message.topics}
        case Presence():
            return _presence(caller, connection_id, message)
        case Ping():
            return {"event": "pong", "at": clock.iso(clock.now())}
        case JoinCall():
            return calls.join(recheck(caller), connection_id, message.ticket)
        case LeaveCall():
            return calls.leave(caller, connection_id, message.session_id)
        case SendSignal():
            return calls.signal(caller, connection_id, message)


def _read(body: str) -> ClientMessage:
    if len(body.encode()) > _MOST_BYTES:
        raise BadRequest(f"A message has {_MOST_BYTES} bytes at most.")
    try:
        return CLIENT_MESSAGE.validate_json(body)
    except ValidationError as error:
        places = sorted({".".join(str(part) for part in item["loc"][1:]) or "action" for item in error.errors()})
        raise BadRequest(f"This message is not understood: {', '.join(places)[:200]}.") from None


def _subscribe(caller: Principal, connection_id: str, wanted: Subscribe) -> dict[str, Any]:
    """Follow what the caller may follow, post what was missed on it, and answer with what is followed and refused."""
    caller = recheck(caller)
    asked = {*wanted.topics, *(channel for channel in wanted.after if channel != "user")}
    open_to_caller = set(topics.allowed(caller, sorted(asked)))
    followed = [topic for topic in dict.fromkeys(wanted.topics) if topic in open_to_caller]
    if followed:
        connections.follow(caller, connection_id, followed)
    more = [
        channel
        for channel, number in wanted.after.items()
        if (channel == "user" or channel in open_to_caller) and _replay(caller, connection_id, channel, number)
    ]
    refused = sorted(asked - open_to_caller)
    return {"event": "subscribed", "topics": followed, "refused": refused, "more": more}


def _replay(caller: Principal, connection_id: str, channel: str, number: int) -> bool:
    """Post what came after an event and say whether there may be more."""
    found = channel_events.since(channel_events.own(caller.user_id) if channel == "user" else channel, number)
    for event in found:
        connections.post(connection_id, channel_events.shown(event))
    return len(found) == channel_events.MOST_AT_ONCE


def _presence(caller: Principal, connection_id: str, wanted: Presence) -> dict[str, Any]:
    if wanted.state:
        connections.set_presence(caller, connection_id, wanted.state)
    if wanted.topic is None:
        return {"event": "presence", "state": wanted.state}
    caller = recheck(caller)
    if wanted.topic in topics.OPEN or wanted.topic.startswith(topics.FIGURES):
        raise Forbidden("Who is there is told in courses only.")
    if not topics.allowed(caller, [wanted.topic]):
        raise Forbidden("You may not follow this topic.")
    return {"event": "presence", "topic": wanted.topic, "users": connections.followers(wanted.topic)}
