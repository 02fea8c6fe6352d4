"""Tickets to the call of a session: whose, to which, and until when. None is stored; each is a mark (RFC 2104).

A ticket names how often its session was changed, so one of a session that was moved or called off since opens nothing.
"""

from datetime import UTC, datetime

from lyceum.kit import clock, context
from lyceum.kit.errors import Forbidden
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import sealing

_PURPOSE = "call"
_MOST_CHARACTERS = 300


@frozen
class CallTicket:
    """What a ticket says; `until` is a whole second."""

    session_id: str
    user_id: str
    sequence: int
    until: datetime

    def seal(self) -> str:
        """Write the ticket as a token."""
        until = str(int(self.until.timestamp()))
        return sealing.seal(_PURPOSE, context.tenant(), self.session_id, self.user_id, str(self.sequence), until)


def room_of(session_id: str) -> str:
    """Name the room of a session's call, as a topic of live updates."""
    return f"call:{session_id}"


def read(token: str, user_id: str) -> CallTicket:
    """Read somebody's ticket; raises Forbidden CALL_REFUSED for one that is another's, over, or made elsewhere."""
    try:
        if len(token) > _MOST_CHARACTERS:
            raise sealing.BrokenSeal
        tenant, session_id, holder, sequence, until = sealing.unseal(_PURPOSE, token, 5)
    except sealing.BrokenSeal:
        raise refused() from None
    ticket = CallTicket(session_id, holder, int(sequence), datetime.fromtimestamp(int(until), UTC))
    if tenant != context.tenant() or holder != user_id or ticket.until <= clock.now():
        raise refused()
    return ticket


def refused() -> Forbidden:
    """Return the refusal that says nothing of its cause."""
    return Forbidden("This ticket opens no call.", code="CALL_REFUSED")
