"""Who is calling and what they may do."""

from lyceum.kit.identity.permissions import Permission, Role
from lyceum.kit.identity.principal import Principal, may_touch, require_owner

__all__ = ["Permission", "Principal", "Role", "may_touch", "require_owner"]
