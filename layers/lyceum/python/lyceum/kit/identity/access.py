"""Access rules: who may call a route, declared with the route and enforced in one place."""

from dataclasses import replace
from typing import Self

from lyceum.kit.errors import Forbidden, Unauthenticated
from lyceum.kit.frozen import frozen
from lyceum.kit.identity.permissions import ADMINISTERING, Permission
from lyceum.kit.identity.principal import Principal


@frozen
class Access:
    """Who may call a route: anybody, anybody signed in, or whose role gives a permission (`may`).

    - `PUBLIC` routes admit anybody, and look at no token.
    - `OPTIONAL` routes admit anybody, and know who it is when a token comes along.
    - `SIGNED` routes are proven by a provider's signature inside the rule.
    - `OWNER` routes admit anybody signed in, and the rule checks whose item it is.
    - `SELF` routes compare the path's user with the caller; others need the permission to manage users.
    - API keys pass where a permission is asked for that they have as a scope, and nowhere else.
    - `afresh`: the guard reads the caller's rights of this very moment, since a token tells older ones.
    - `needs_proof`: what is made outlives a stolen token, so the caller proved within minutes to be the one (`proven`).
    """

    name: str
    is_anonymous: bool = False
    permission: Permission | None = None
    afresh: bool = False
    is_self: bool = False
    is_optional: bool = False
    needs_proof: bool = False

    @property
    def reads_token(self) -> bool:
        """Whether the guard looks at the token that comes along."""
        return self.is_optional or not self.is_anonymous

    def admit(self, caller: Principal | None, path_user_id: str | None) -> None:
        """Let the caller pass, or raise Unauthenticated or Forbidden."""
        if self.is_anonymous:
            return
        if caller is None:
            raise Unauthenticated("Sign in first.")
        if caller.key and (self.permission is None or self.permission not in caller.key.scopes):
            raise Forbidden("This API key has no scope for this.", code="API_KEY_SCOPE")
        if self.permission is not None and not caller.may(self.permission):
            raise Forbidden("Your role does not allow this.")
        if self.is_self and caller.user_id != path_user_id and not caller.may(Permission.MANAGE_USERS):
            raise Forbidden("This belongs to somebody else.")

    @property
    def may_administer(self) -> bool:
        """Whether there are callers whose rights, or whose proof, are read afresh."""
        return self.afresh or self.is_self or self.needs_proof

    def administers(self, caller: Principal, path_user_id: str | None) -> bool:
        """Whether this caller's rights are to be read afresh: they act on others, or make what lasts."""
        return self.afresh or self.needs_proof or (self.is_self and caller.user_id != path_user_id)

    def proven(self) -> Self:
        """Demand a fresh proof as well: for credentials, and whatever else gives power that lasts."""
        return replace(self, needs_proof=True)


def may(permission: Permission, *, afresh: bool = False) -> Access:
    """Admit whoever has a permission; rights are read afresh for those that administer, and where a route says so."""
    return Access(permission.value, permission=permission, afresh=afresh or permission in ADMINISTERING)


PUBLIC = Access("PUBLIC", is_anonymous=True)
OPTIONAL = Access("OPTIONAL", is_anonymous=True, is_optional=True)
SIGNED = Access("SIGNED", is_anonymous=True)
USER = Access("USER")
OWNER = Access("OWNER")
SELF = Access("SELF", is_self=True)
