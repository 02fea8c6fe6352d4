"""Invitations' tokens: signed, so that none has to be stored; single use and end are the invitation's own.

Tokens are made and read by the functions that have the secret of sign-ins, not by the one that invites.
"""

import hmac

from lyceum.kit import clock, context
from lyceum.kit.errors import Gone, NotFound
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit
from lyceum.model.users.invitations import Invitation


def token_of(invitation: Invitation) -> str:
    """Return the token that accepts an invitation: its id, and a mark (RFC 2104) over all that it offers."""
    offered = [context.tenant(), invitation.role, invitation.email, clock.iso(invitation.expires_at)]
    return f"{invitation.invitation_id}.{sealing.mark('invitation', invitation.invitation_id, *offered)}"


def require(token: str) -> Invitation:
    """Return the open invitation that a token belongs to, in one request.

    Raises NotFound for any other token and Gone for a spent one.
    """
    invitation = Invitation.fetch(invitation_id=token.partition(".")[0]) if token.isascii() else None
    if invitation is None or not hmac.compare_digest(token_of(invitation), token):
        raise NotFound("There is no such invitation.")
    if invitation.accepted_at is not None or invitation.expires_at <= clock.now():
        raise _spent()
    return invitation


def accept(unit: Unit, invitation: Invitation, user_id: str) -> None:
    """Spend an invitation in the transaction that creates the user; of two that race, one fails with Gone."""
    now = clock.now()
    is_open = Invitation.accepted_at.does_not_exist() & (Invitation.expires_at > now)
    unit.change(
        invitation, Invitation.accepted_at.set(now), Invitation.accepted_by.set(user_id), when=is_open, refuse=_spent()
    )


def _spent() -> Gone:
    return Gone("This invitation has ended or was accepted already.")
