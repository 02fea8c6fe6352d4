"""Who is calling and what they may do."""

from lyceum.identity.permissions import Permission, Role
from lyceum.identity.principal import Principal, may_touch, require_owner

__all__ = ["Permission", "Principal", "Role", "may_touch", "require_owner"]
