"""Withdraws the invitations of those who lost the right to give their roles."""

from contextlib import suppress

from lyceum.events.users import UserDeleted, UserRoleChanged, UserSuspended
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Conflict
from lyceum.kit.identity.permissions import Role
from lyceum.kit.table import Unit, find_all
from lyceum.model.users.invitations import Invitation
from lyceum.rules import invitations

consumer = Consumer("users-invitations")
handler = consumer.handler


@consumer.on(UserSuspended, outside=True)
@consumer.on(UserDeleted, outside=True)
def withdraw_all(event: UserSuspended | UserDeleted, _unit: Unit) -> None:
    """Withdraw every open invitation of somebody who was suspended or is gone."""
    _withdraw(event.user_id, set(Role))


@consumer.on(UserRoleChanged, outside=True)
def withdraw_above(event: UserRoleChanged, _unit: Unit) -> None:
    """Withdraw the open invitations to roles that somebody may not give in the new role."""
    new_role = Role(event.new_role)
    _withdraw(event.user_id, {role for role in Role if new_role not in invitations.givers(role)})


def _withdraw(inviter_id: str, roles: set[Role]) -> None:
    now = clock.now()
    for invitation in find_all(Invitation, index="gsi2", inviter_id=inviter_id):
        if invitation.role in roles and invitations.is_open(invitation, now):
            unit = Unit()
            invitations.withdraw(unit, invitation)
            with suppress(Conflict):  # it was accepted or withdrawn this moment
                unit.commit()
