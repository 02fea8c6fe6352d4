"""Who somebody is that a provider vouches for, and which account follows.

- An identity that is known signs its user in.
- One that is not is linked to the account with the same address, when both sides have proven it, and only after its
  owner finished a second step here: a code to that address, or the second factor.
- An address that one side has not proven links nothing. Whoever nobody knows gets an account, where the tenant says so.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from lyceum.events.auth import WayInChanged
from lyceum.events.users import UserRegistered
from lyceum.kit import clock, ids
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, Forbidden
from lyceum.kit.frozen import frozen
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.audit import audit
from lyceum.model.auth import LinkedIdentity, LoginName
from lyceum.model.federation import FederatedIdentity, IdentityProvider
from lyceum.model.users.account import User
from lyceum.rules.sign_in_names import fold

_NAME_CHARACTERS = 80


@frozen
class Person:
    """What a provider says of somebody; `email` is None unless the address is proven there."""

    subject: str
    email: str | None = None
    first_name: str = ""
    last_name: str = ""
    roles: Sequence[str] = ()


@frozen
class AccountFound:
    """The account of somebody, and whether it has yet to be linked."""

    user: User
    link: dict[str, Any] | None = None


def account_of(provider: IdentityProvider, person: Person) -> AccountFound:
    """Return the account of somebody, made now where there was none (2 storage requests, or 3 that write).

    Raises Conflict ACCOUNT_EXISTS where an account with the address has not proven it, and Forbidden NO_ACCOUNT where
    the tenant lets nobody unknown in.
    """
    guard = guard_of(provider.issuer, person.subject)
    found = FederatedIdentity.fetch(issuer_hash=guard.issuer_hash, subject_hash=guard.subject_hash, consistent=True)
    if found:
        return AccountFound(User.require(user_id=found.user_id, consistent=True))
    holder = LoginName.fetch(name=fold(person.email), consistent=True) if person.email else None
    if holder:
        return _to_be_linked(provider, person, User.require(user_id=holder.user_id, consistent=True))
    if not provider.creates_accounts:
        raise Forbidden("There is no account for you here. Ask your school.", code="NO_ACCOUNT")
    return _newcomer(provider, person)


def _to_be_linked(provider: IdentityProvider, person: Person, user: User) -> AccountFound:
    if user.email_verified_at is None or person.email is None or fold(user.email or "") != fold(person.email):
        raise Conflict("An account has this address and never proved it. Prove it first.", code="ACCOUNT_EXISTS")
    return AccountFound(user, described(provider, person))


def described(provider: IdentityProvider, person: Person) -> dict[str, Any]:
    """Describe an identity as `LinkedIdentity` keeps it."""
    return {
        "provider": provider.provider,
        "provider_name": provider.name,
        "issuer": provider.issuer,
        "subject": person.subject,
        "email": person.email,
    }


def link(unit: Unit, user_id: str, identity: dict[str, Any]) -> None:
    """Link an account to an identity in the caller's transaction, and tell its owner.

    The transaction fails when the identity is another's.
    """
    _link(unit, user_id, identity)
    send(unit, WayInChanged(user_id=user_id, change="identity_linked", label=identity["provider_name"]))


def _link(unit: Unit, user_id: str, identity: dict[str, Any]) -> None:
    taken = Conflict("This identity belongs to another account.", code="IDENTITY_TAKEN")
    guard = guard_of(identity["issuer"], identity["subject"])
    guard.user_id = user_id
    unit.create(guard, refuse=taken)
    unit.put(LinkedIdentity(user_id=user_id, **identity))
    act = audit("identity.link", user_id, before={}, after={"provider": identity["provider"]})
    act.actor_id = user_id
    unit.create(act)


def guard_of(issuer: str, subject: str) -> FederatedIdentity:
    """Name the guard of an identity."""
    return FederatedIdentity.at(issuer_hash=_hash(issuer), subject_hash=_hash(subject))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _newcomer(provider: IdentityProvider, person: Person) -> AccountFound:
    """Make an account; of two callbacks at once one makes it, and the other finds it."""
    user_id, now = ids.new_id(), clock.now()
    role = next((provider.role_map[each] for each in person.roles if each in provider.role_map), "student")
    user = User(
        user_id=user_id,
        email=person.email,
        email_verified_at=now if person.email else None,
        username=f"user-{user_id[-8:].lower()}",
        first_name=person.first_name[:_NAME_CHARACTERS] or "New",
        last_name=person.last_name[:_NAME_CHARACTERS] or "User",
        role=role,
        is_verified=True,
    )
    taken = Conflict("An account with this address was made at this moment. Begin again.", code="ACCOUNT_EXISTS")
    unit = Unit().create(user, UserRegistered(user_id=user_id, role=role, actor=user_id))
    for name in sorted({fold(each) for each in (user.email, user.username) if each}):
        unit.create(LoginName(name=name, user_id=user_id), refuse=taken)
    _link(unit, user_id, described(provider, person))
    try:
        unit.commit()
    except (ConditionFailed, Conflict):
        guard = guard_of(provider.issuer, person.subject)
        found = FederatedIdentity.fetch(issuer_hash=guard.issuer_hash, subject_hash=guard.subject_hash, consistent=True)
        if found is None:
            raise
        return AccountFound(User.require(user_id=found.user_id, consistent=True))
    return AccountFound(user)
