"""The caller: who sent a request or opened a connection, as the guard proved it."""

from collections.abc import Mapping
from typing import Any

from lyceum.kit.errors import Forbidden, NotFound
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import role_sets, scopes
from lyceum.kit.identity.permissions import ADMINISTERING, HELD, Permission, Role


@frozen
class KeyRights:
    """What a program may do by its API key: its permissions, and how many calls a minute."""

    key_id: str
    scopes: frozenset[Permission]
    calls_per_minute: int


@frozen
class Principal:
    """Somebody who is signed in: user, tenant, role, plan tier, session and the version of their permissions.

    - `scopes`: of an app, what it was let in to do; None for the person.
    - `client_id`: of the app.
    - `client_calls`: how many calls a minute it may make in the tenant, for all people.
    - `key`: of a program that acts for them by an API key, what the key allows.
    """

    user_id: str
    tenant: str
    role: Role
    tier: str
    session_id: str
    version: int = 1
    scopes: frozenset[str] | None = None
    client_id: str | None = None
    client_calls: int | None = None
    key: KeyRights | None = None

    @classmethod
    def from_context(cls, claims: Mapping[str, Any]) -> "Principal":
        """Build the caller from what the authorizer of connections told their gateway."""
        return cls(
            claims["user"],
            claims["org"],
            Role(claims["role"]),
            claims["tier"],
            claims["session"],
            int(claims["version"]),
        )

    def to_context(self) -> dict[str, str]:
        """Write the caller as the authorizer of connections tells it to the functions: plain texts."""
        names = {
            "user": self.user_id,
            "org": self.tenant,
            "role": self.role.value,
            "tier": self.tier,
            "session": self.session_id,
        }
        return {**names, "version": str(self.version)}

    def may(self, permission: Permission) -> bool:
        """Say whether the caller's role gives a permission in the caller's tenant, and an app or a key may have it."""
        if self.scopes is not None and permission in scopes.CLOSED_TO_APPS:
            return False
        is_in_scope = self.key is None or permission in self.key.scopes
        return is_in_scope and permission in role_sets.granted(self.tenant, self.role)

    @property
    def administers(self) -> bool:
        """Whether the caller may do anything that changes things for everybody, whatever is asked for; apps may not."""
        return any(self.may(permission) for permission in ADMINISTERING)

    def is_at_least(self, role: Role) -> bool:
        """Say whether the caller has a role or one above it."""
        return role in HELD[self.role]


def may_touch(caller: Principal, owner_id: str | None, override: Permission | None = None) -> bool:
    """Say whether an item is the caller's own, or the caller has the permission that overrides ownership."""
    return caller.user_id == owner_id or (override is not None and caller.may(override))


def require_owner(
    caller: Principal, owner_id: str | None, noun: str, override: Permission | None = None, *, hidden: bool = True
) -> None:
    """Refuse a caller who may not touch an item.

    Raises NotFound when the item's existence is nobody else's business (`hidden`), Forbidden otherwise.
    """
    if may_touch(caller, owner_id, override):
        return
    if hidden:
        raise NotFound(f"There is no such {noun}.")
    raise Forbidden(f"This {noun} belongs to somebody else.")
