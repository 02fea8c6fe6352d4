"""Invitations' tokens: signed, so that none has to be stored; single use and end are the invitation's own.

Tokens are made and read by the functions that have the secret of sign-ins, not by the one that invites.
"""

import hmac
from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition

from lyceum.events.users import UserInvited
from lyceum.kit import clock, context, ids
from lyceum.kit.errors import Conflict, Gone, NotFound
from lyceum.kit.identity import sealing
from lyceum.kit.identity.permissions import GRANTED, HELD, Permission, Role
from lyceum.kit.table import Unit
from lyceum.model.users.account import User
from lyceum.model.users.invitations import Invitation

OPERATOR = "operator"
"""Who invites the first administrator of a tenant; no user's id."""
_FIRST_GOOD_FOR = timedelta(days=14)


def token_of(invitation: Invitation) -> str:
    """Return the token that accepts an invitation: its id, and a mark (RFC 2104) over all that it offers."""
    offered = [context.tenant(), invitation.role, invitation.email, clock.iso(invitation.expires_at)]
    return f"{invitation.invitation_id}.{sealing.mark('invitation', invitation.invitation_id, *offered)}"


def invite_first(unit: Unit, email: str, language: str) -> Invitation:
    """Add to a unit the invitation of a new tenant's first super admin, which the operator makes and nobody else.

    The current tenant is the new one. Nobody in it gave the role, so nobody's right to give it is asked for.
    """
    ends = clock.now() + _FIRST_GOOD_FOR
    invitation = Invitation(
        invitation_id=ids.new_id(),
        role=Role.SUPER_ADMIN.value,
        email=email,
        language=language,
        inviter_id=OPERATOR,
        expires_at=ends,
        ttl=ends + _FIRST_GOOD_FOR,
    )
    unit.create(invitation, UserInvited(invitation_id=invitation.invitation_id))
    return invitation


def require(token: str) -> Invitation:
    """Return the open invitation that a token belongs to (2 storage requests).

    Raises NotFound for any other token, and Gone for one that is spent, withdrawn, or whose maker may not give its role
    any more.
    """
    invitation = Invitation.fetch(invitation_id=token.partition(".")[0]) if token.isascii() else None
    if invitation is None or not hmac.compare_digest(token_of(invitation), token):
        raise NotFound("There is no such invitation.")
    if not is_open(invitation, clock.now()) or not may_give(invitation.inviter_id, Role(invitation.role)):
        raise _spent()
    return invitation


def is_open(invitation: Invitation, moment: datetime) -> bool:
    """Say whether an invitation is neither accepted nor withdrawn nor over at a time."""
    return invitation.accepted_at is None and invitation.withdrawn_at is None and invitation.expires_at > moment


def may_give(inviter_id: str, role: Role) -> bool:
    """Say whether a user may invite to a role at this moment (1 storage request); the operator always may."""
    if inviter_id == OPERATOR:
        return True
    inviter = User.fetch(user_id=inviter_id, consistent=True)
    return inviter is not None and inviter.status_at(clock.now()) == "active" and inviter.role in givers(role)


def givers(role: Role) -> frozenset[Role]:
    """Return the roles whose holders may invite to a role: they manage users, and hold it themselves."""
    return frozenset(each for each in Role if role in HELD[each] and Permission.MANAGE_USERS in GRANTED[each])


def _still_gives(role: Role, moment: datetime) -> Condition:
    is_active = (User.status == "active") | ((User.status == "suspended") & (User.suspended_until <= moment))
    condition: Condition = is_active & User.role.is_in(*sorted(each.value for each in givers(role)))
    return condition


def accept(unit: Unit, invitation: Invitation, user_id: str) -> None:
    """Spend an invitation in the transaction that creates the user.

    It fails with Gone when another was first, when the invitation was withdrawn, and when its maker lost the right to
    give the role meanwhile.
    """
    now = clock.now()
    is_free = Invitation.accepted_at.does_not_exist() & Invitation.withdrawn_at.does_not_exist()
    unit.change(
        invitation,
        Invitation.accepted_at.set(now),
        Invitation.accepted_by.set(user_id),
        when=is_free & (Invitation.expires_at > now),
        refuse=_spent(),
    )
    if invitation.inviter_id != OPERATOR:
        unit.check(User.at(user_id=invitation.inviter_id), _still_gives(Role(invitation.role), now), refuse=_spent())


def withdraw(unit: Unit, invitation: Invitation) -> None:
    """Take an open invitation back; the transaction fails with Conflict when it is not open any more."""
    is_free = Invitation.accepted_at.does_not_exist() & Invitation.withdrawn_at.does_not_exist()
    unit.change(invitation, Invitation.withdrawn_at.set(clock.now()), when=is_free, refuse=closed())


def closed() -> Conflict:
    """Return the refusal to withdraw an invitation that is not open."""
    return Conflict("This invitation is not open any more.", code="INVITATION_CLOSED")


def _spent() -> Gone:
    return Gone("This invitation has ended, was withdrawn or was accepted already.")
