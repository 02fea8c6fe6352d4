"""Rooms of calls: the two of a session hand each other what their browsers need, and nothing of it is stored.

Who may come in is decided by the ticket and by the session as it stands; from then on being in the room is the right to
speak in it, until it closes. Of each person one connection is in it: a later one takes the place of an earlier, as
after a broken line.
"""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Forbidden
from lyceum.kit.identity import Principal
from lyceum.kit.table import find
from lyceum.model.realtime import Follower
from lyceum.model.tutoring import TutoringSession
from lyceum.rules import call_tickets
from lyceum.rules.call_tickets import room_of

from functions.realtime import connections
from functions.realtime.schemas import SendSignal

_OPEN = frozenset({"scheduled", "in_progress"})
_MOST = 20
_ROOM = room_of("")


def join(caller: Principal, connection_id: str, token: str) -> dict[str, Any]:
    """Let a connection into the room that a ticket is for, and tell the others (3 storage requests, 1 transaction).

    Raises Forbidden CALL_REFUSED for a ticket that is another's or over, and where the session is not as it was then.
    """
    ticket = call_tickets.read(token, caller.user_id)
    session = TutoringSession.fetch(session_id=ticket.session_id, consistent=True)
    if session is None or session.state not in _OPEN or int(session.sequence) != ticket.sequence:
        raise call_tickets.refused()
    if caller.user_id not in {session.mentor_id, session.student_id}:
        raise call_tickets.refused()
    room = room_of(ticket.session_id)
    inside = _inside(room)
    for each in inside:
        if each.user_id == caller.user_id and each.connection_id != connection_id:
            connections.end_topic(caller.user_id, room)
            _post(each, {"event": "call.replaced", "sessionId": ticket.session_id})
    connections.follow(caller, connection_id, [room], until=ticket.until)
    others = [each for each in inside if each.user_id != caller.user_id]
    _tell(others, {"event": "call.joined", "sessionId": ticket.session_id, "from": caller.user_id})
    present = sorted({str(each.user_id) for each in others})
    return {"event": "call.open", "sessionId": ticket.session_id, "present": present, "until": clock.iso(ticket.until)}


def leave(caller: Principal, connection_id: str, session_id: str) -> dict[str, Any]:
    """Let a connection out of a room, and tell the others; who is not in it changes nothing."""
    room = room_of(session_id)
    if any(each.connection_id == connection_id and each.user_id == caller.user_id for each in _inside(room)):
        connections.unfollow(caller, connection_id, [room])
        tell_left(caller, frozenset({room}))
    return {"event": "call.closed", "sessionId": session_id}


def tell_left(caller: Principal, topics: frozenset[str]) -> None:
    """Tell those who are in the rooms among some topics that somebody went."""
    for room in sorted(each for each in topics if each.startswith(_ROOM)):
        others = [each for each in _inside(room) if each.user_id != caller.user_id]
        _tell(others, {"event": "call.left", "sessionId": room.removeprefix(_ROOM), "from": caller.user_id})


def signal(caller: Principal, connection_id: str, sent: SendSignal) -> dict[str, Any]:
    """Hand something on in a room (1 storage request); raises Forbidden CALL_REFUSED for who is not in it."""
    inside = _inside(room_of(sent.session_id))
    if not any(each.user_id == caller.user_id and each.connection_id == connection_id for each in inside):
        raise Forbidden("You are not in this call.", code="CALL_REFUSED")
    message = {"event": f"call.{sent.kind}", "sessionId": sent.session_id, "from": caller.user_id, "data": sent.data}
    others = [each for each in inside if each.user_id != caller.user_id and sent.to in (None, each.user_id)]
    return {"event": "call.sent", "kind": sent.kind, "reached": _tell(others, message)}


def _inside(room: str) -> list[Follower]:
    now = clock.now()
    found = find(Follower, topic=room, limit=_MOST, consistent=True).items
    return [each for each in found if each.until is not None and each.until > now]


def _tell(others: list[Follower], message: dict[str, Any]) -> int:
    return sum(_post(each, message) for each in others)


def _post(place: Follower, message: dict[str, Any]) -> bool:
    """Post to one who is in a room; a connection that is gone is forgotten."""
    if connections.post(place.connection_id, message):
        return True
    connections.close(place.user_id, place.connection_id)
    return False
