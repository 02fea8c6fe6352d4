"""Setting a new password: with a ticket that a code earned, or with the current password."""

from datetime import timedelta

from pydantic import SecretStr

from lyceum.events.auth import PasswordChanged
from lyceum.kit import clock, ids
from lyceum.kit.errors import Unauthenticated, rule_violation
from lyceum.kit.identity import Principal, hashing, sealing
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.auth import Credential, ResetTicket
from lyceum.model.users.account import User

from functions.auth.credentials import one_time_codes, passwords, undo_offers
from functions.auth.credentials.user_secrets import UserSecrets, read_user_secrets
from functions.auth.sign_in import contacts, sessions
from functions.auth.sign_in.schemas import NewPassword, Ticket

_TICKET = "ticket"
_TICKET_STANDS = timedelta(minutes=10)


def exchange_code(identifier: str, code: str) -> Ticket:
    """Turn a reset code into a ticket for one new password; raises RuleViolation for a wrong code."""
    spent = one_time_codes.spend(identifier, "reset", code)
    user = User.require(user_id=spent.code.user_id)
    expires = clock.now() + _TICKET_STANDS
    ticket = ResetTicket(user_id=user.user_id, ticket_id=ids.new_id(), expires_at=expires, ttl=int(expires.timestamp()))
    unit = Unit().put(ticket)
    contacts.confirm(unit, user, spent, is_reset=True)
    unit.commit()
    return Ticket(
        ticket=sealing.seal(_TICKET, user.user_id, ticket.ticket_id),
        expires_in_seconds=int(_TICKET_STANDS.total_seconds()),
    )


def set_password(wanted: NewPassword, caller: Principal | None) -> None:
    """Set a new password with a ticket, or with the current password when signed in; all other sessions end.

    Raises Unauthenticated when there is neither, RuleViolation for a wrong current password, a ticket that is not good
    any more or a weak new password, and Locked after too many wrong passwords.
    """
    unit = Unit()
    if wanted.ticket:
        user_secrets = _open_with_ticket(wanted.ticket, unit)
        user = User.require(user_id=user_secrets.user_id)
        _replace(unit, user, user_secrets, wanted.new_password.get_secret_value(), by="ticket")
    elif caller and wanted.current_password:
        change(caller, User.require(user_id=caller.user_id), wanted.current_password, wanted.new_password, unit)
    else:
        raise Unauthenticated("Send a ticket, or sign in and send the current password.")
    unit.commit()


def change(caller: Principal, user: User, current: SecretStr, wanted: SecretStr, unit: Unit) -> None:
    """Let a unit give the caller another password, which needs the current one and ends every other session.

    Raises RuleViolation for a wrong current password or a weak new one, and Locked after too many wrong ones.
    """
    user_secrets = read_user_secrets(caller.user_id)
    passwords.confirm(user_secrets, current.get_secret_value(), unit)
    _replace(unit, user, user_secrets, wanted.get_secret_value(), by="password", kept=caller.session_id)


def _replace(
    unit: Unit, user: User, user_secrets: UserSecrets, password: str, *, by: str, kept: str | None = None
) -> None:
    passwords.check_policy(password, [name for name in (user.email, user.username, user.phone) if name])
    _store(user_secrets, password, unit)
    if user_secrets.credential:
        undo_offers.offer(unit, user, "password", {"hash": user_secrets.credential.password_hash})
    unit.create(audit("password.change", user_secrets.user_id, before={}, after={"by": by}))
    for key in user_secrets.sessions:
        if key.session_id != kept:
            sessions.end(unit, user_secrets.user_id, key.session_id, "password")


def _open_with_ticket(token: str, unit: Unit) -> UserSecrets:
    refuse = rule_violation("TICKET_WRONG", "This ticket is not good any more. Ask for a new code.")
    try:
        user_id, ticket_id = sealing.unseal(_TICKET, token, 2)
    except sealing.BrokenSeal:
        raise refuse from None
    user_secrets = read_user_secrets(user_id)
    if user_secrets.ticket is None or user_secrets.ticket.ticket_id != ticket_id:
        raise refuse
    unit.remove(user_secrets.ticket, when=ResetTicket.ticket_id == ticket_id, refuse=refuse)
    return user_secrets


def _store(user_secrets: UserSecrets, password: str, unit: Unit) -> None:
    event = PasswordChanged(user_id=user_secrets.user_id)
    actions = [
        Credential.user_id.set(user_secrets.user_id),
        Credential.password_hash.set(hashing.hasher().hash(password)),
        Credential.changed_at.set(clock.now()),
    ]
    before = user_secrets.credential
    unchanged = Credential.password_hash == before.password_hash if before else Credential.pk.does_not_exist()
    refuse = rule_violation("PASSWORD_CHANGED", "The password was changed by another request.")
    unit.change(
        Credential.at(user_id=user_secrets.user_id),
        *actions,
        when=unchanged,
        events=[event],
        refuse=refuse,
        or_create=before is None,
    )
