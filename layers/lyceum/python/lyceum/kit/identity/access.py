"""Access rules: who may call a route, declared with the route and enforced in one place."""

from dataclasses import dataclass

from lyceum.kit.errors import Forbidden, Unauthenticated
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.principal import Principal


@dataclass(frozen=True)
class Access:
    """Who may call a route: anybody, anybody signed in, or a role and those above it.

    - `PUBLIC` routes admit anybody, and look at no token.
    - `OPTIONAL` routes admit anybody, and know who it is when a token comes along.
    - `SIGNED` routes are proven by a provider's signature inside the rule.
    - `OWNER` routes admit anybody signed in, and the rule checks whose item it is.
    - `SELF` routes compare the path's user with the caller.
    """

    name: str
    is_anonymous: bool = False
    role: Role | None = None
    is_self: bool = False
    is_optional: bool = False

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
        if self.role is not None and not caller.is_at_least(self.role):
            raise Forbidden("Your role does not allow this.")
        if self.is_self and caller.user_id != path_user_id and not caller.is_at_least(Role.ADMIN):
            raise Forbidden("This belongs to somebody else.")


PUBLIC = Access("PUBLIC", is_anonymous=True)
OPTIONAL = Access("OPTIONAL", is_anonymous=True, is_optional=True)
SIGNED = Access("SIGNED", is_anonymous=True)
USER = Access("USER")
OWNER = Access("OWNER")
SELF = Access("SELF", is_self=True)
STUDENT = Access("STUDENT", role=Role.STUDENT)
MENTOR = Access("MENTOR", role=Role.MENTOR)
INSTRUCTOR = Access("INSTRUCTOR", role=Role.INSTRUCTOR)
MODERATOR = Access("MODERATOR", role=Role.MODERATOR)
ADMIN = Access("ADMIN", role=Role.ADMIN)
SUPER_ADMIN = Access("SUPER_ADMIN", role=Role.SUPER_ADMIN)
