"""Inviting people to a role."""

from datetime import timedelta

from lyceum.events.users import UserInvited
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Forbidden
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.users.invitations import Invitation
from lyceum.rules import sign_in_names

from functions.users.schemas import InvitationView, Invite


def invite(caller: Principal, wanted: Invite) -> InvitationView:
    """Invite somebody to a role within the caller's rank.

    The token that accepts it is mailed and nowhere kept; neither the caller nor this function knows it. Raises
    Forbidden for a role above the caller's and Conflict for an address with an account.
    """
    if not caller.is_at_least(wanted.role):
        raise Forbidden("This role is above your own.")
    if sign_in_names.holder_of(wanted.email):
        raise Conflict("An account with this e-mail address exists.", code="ACCOUNT_EXISTS")
    invitation = Invitation(
        invitation_id=ids.new_id(),
        role=wanted.role.value,
        email=wanted.email,
        language=wanted.language,
        inviter_id=caller.user_id,
        expires_at=clock.now() + timedelta(days=wanted.days),
    )
    invitation.ttl = int((invitation.expires_at + timedelta(days=wanted.days)).timestamp())
    act = audit(
        "user.invite",
        invitation.invitation_id,
        before={},
        after={"role": invitation.role, "expiresAt": clock.iso(invitation.expires_at)},
    )
    Unit().create(invitation, UserInvited(invitation_id=invitation.invitation_id)).create(act).commit()
    return InvitationView.model_validate(invitation)
