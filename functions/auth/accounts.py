"""Accounts: registration, and who is signed in."""

from typing import Any

from lyceum import clock, ids
from lyceum.errors import Conflict, Unauthenticated
from lyceum.events import UserRegistered
from lyceum.identity.permissions import GRANTED
from lyceum.identity.principal import Principal
from lyceum.model import Credential, LoginName, Session, User
from lyceum.table import Unit, batch_fetch

from auth import passwords
from auth.schemas import Me, Register, SessionView


def fold(name: str) -> str:
    """Write a sign-in name as it is compared: case folded, nothing else changed."""
    return name.strip().casefold()


def register(wanted: Register) -> User:
    """Create an account in one transaction; exactly one of two racing registrations of a name wins.

    Raises Conflict when the e-mail address or the username is taken and RuleViolation for a weak password.
    """
    email, username = fold(wanted.email), fold(wanted.username)
    password = wanted.password.get_secret_value()
    passwords.check_policy(password, [email, email.split("@")[0], username])
    user_id = ids.new_id()
    user = User(
        user_id=user_id,
        email=email,
        username=wanted.username,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        role=wanted.role,
        is_verified=wanted.role == "student",
        language=wanted.language,
    )
    taken = Conflict("An account with this e-mail address or username exists.", code="ACCOUNT_EXISTS")
    unit = Unit().create(user, UserRegistered(user_id=user_id, role=wanted.role, actor=user_id))
    for name in {email, username}:
        unit.create(LoginName(name=name, user_id=user_id), refuse=taken)
    unit.create(Credential(user_id=user_id, password_hash=passwords.hasher().hash(password), changed_at=clock.now()))
    unit.commit()
    return user


def me(caller: Principal) -> Me:
    """Return the signed-in user with permissions and session, in one storage request."""
    user, session = batch_fetch([User.at(user_id=caller.user_id), Session.at(user_id=caller.user_id, session_id=caller.session_id)])
    if not isinstance(user, User) or not isinstance(session, Session):
        raise Unauthenticated("Your session has ended. Sign in again.")
    account: dict[str, Any] = {name: getattr(user, name) for name in Me.model_fields if name not in {"permissions", "session"}}
    permissions = sorted(permission.value for permission in GRANTED[caller.role])
    return Me(**account, permissions=permissions, session=SessionView.model_validate(session))
