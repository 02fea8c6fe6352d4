"""Tickets that open WebSocket connections, each good once: a browser can not send its token when it opens one.

A ticket is the tenant and a secret, of which a hash is stored. Its address may stand in access logs, where a spent
ticket is worth nothing.
"""

import hashlib
from datetime import timedelta

from lyceum.kit import clock, context, ids
from lyceum.kit.aws import clients
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.identity import Principal
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.realtime import SocketTicket

from functions.realtime.schemas import TicketView

_GOOD_FOR = timedelta(seconds=60)
_MOST_CHARACTERS = 200


def issue(caller: Principal) -> TicketView:
    """Give the caller a ticket for one connection within a minute."""
    secret, expires = ids.new_secret(), clock.now() + _GOOD_FOR
    ticket = SocketTicket(
        ticket_hash=_hash(secret), claims=caller.to_context(), expires_at=expires, ttl=int(expires.timestamp()) + 60
    )
    Unit().create(ticket).commit()
    given = f"{caller.tenant}.{secret}"
    return TicketView(ticket=given, url=f"{clients.socket_address('ws')}?ticket={given}", expires_at=expires)


def redeem(given: str) -> Principal:
    """Take a ticket and return whom it was given to; raises Unauthenticated for one that is spent, late or forged."""
    tenant, _, secret = given.partition(".")
    is_tenant = tenant.isascii() and tenant.replace("-", "").isalnum()
    if len(given) > _MOST_CHARACTERS or not is_tenant or not secret:
        raise Unauthenticated("This ticket is not valid.")
    with context.working(context.RequestContext(tenant)):
        ticket = SocketTicket.fetch(ticket_hash=_hash(secret), consistent=True)
        if ticket is None or ticket.expires_at <= clock.now():
            raise Unauthenticated("This ticket is not valid.")
        try:
            Unit().remove(ticket, when=SocketTicket.pk.exists()).commit()
        except ConditionFailed:
            raise Unauthenticated("This ticket is not valid.") from None
    return Principal.from_context(ticket.claims)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
