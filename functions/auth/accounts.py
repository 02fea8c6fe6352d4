"""Accounts: registration, proof of an address, and who is signed in."""

from typing import Any

from lyceum import clock, ids
from lyceum.errors import Conflict, Unauthenticated
from lyceum.events import UserRegistered
from lyceum.identity.permissions import GRANTED
from lyceum.identity.principal import Principal
from lyceum.model import Credential, LoginName, Session, User
from lyceum.table import Unit, batch_fetch

from auth import codes, passwords
from auth.identifiers import fold
from auth.schemas import Me, Register, SessionView, Verified


def register(wanted: Register) -> User:
    """Create an account in one transaction; exactly one of two racing registrations of a name wins.

    Raises Conflict when one of its sign-in names is taken and RuleViolation for a weak password. The code that proves
    the address or number follows from the event.
    """
    user_id = ids.new_id()
    email = fold(wanted.email) if wanted.email else None
    username = wanted.username or f"user-{user_id[-8:].lower()}"
    names = [name for name in (email, username, wanted.phone, wanted.school_id) if name]
    password = wanted.password.get_secret_value()
    passwords.check_policy(password, [*names, *([email.split("@")[0]] if email else [])])
    user = User(
        user_id=user_id,
        email=email,
        phone=wanted.phone,
        school_id=wanted.school_id,
        username=username,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        role=wanted.role,
        is_verified=wanted.role == "student",
        language=wanted.language,
    )
    taken = Conflict("An account with one of these sign-in names exists.", code="ACCOUNT_EXISTS")
    unit = Unit().create(user, UserRegistered(user_id=user_id, role=wanted.role, actor=user_id))
    for name in sorted({fold(name) for name in names}):
        unit.create(LoginName(name=name, user_id=user_id), refuse=taken)
    unit.create(Credential(user_id=user_id, password_hash=passwords.hasher().hash(password), changed_at=clock.now()))
    unit.commit()
    return user


def verify(identifier: str, code: str) -> Verified:
    """Note that an address or number is its user's; raises RuleViolation for a wrong code."""
    spent = codes.spend(identifier, "verify", code)
    user = User.require(user_id=spent.code.user_id)
    unit = Unit()
    codes.confirm_target(user, spent, unit)
    unit.commit()
    return Verified(verified="email" if spent.channel == "email" else "phone")


def me(caller: Principal) -> Me:
    """Return the signed-in user with permissions and session, in one storage request."""
    user, session = batch_fetch([User.at(user_id=caller.user_id), Session.at(user_id=caller.user_id, session_id=caller.session_id)])
    if not isinstance(user, User) or not isinstance(session, Session):
        raise Unauthenticated("Your session has ended. Sign in again.")
    account: dict[str, Any] = {name: getattr(user, name) for name in Me.model_fields if name not in {"permissions", "session"}}
    permissions = sorted(permission.value for permission in GRANTED[caller.role])
    return Me(**account, permissions=permissions, session=SessionView.model_validate(session))
