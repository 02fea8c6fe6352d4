"""The permissions of roles in tenants that changed them; where nobody did, roles are as the product ships them."""

from collections.abc import Mapping

from lyceum.kit.identity.permissions import GRANTED, Permission, Role

_changed: dict[str, Mapping[Role, frozenset[Permission]]] = {}


def enter(tenant: str, permissions: Mapping[Role, frozenset[Permission]]) -> None:
    """Take over what was read of a tenant's roles; a role that is not named is as shipped."""
    if permissions:
        _changed[tenant] = permissions
    else:
        _changed.pop(tenant, None)


def leave(tenant: str) -> None:
    """Forget what was read of a tenant's roles."""
    _changed.pop(tenant, None)


def granted(tenant: str, role: Role) -> frozenset[Permission]:
    """Return the permissions that a role has in a tenant, as far as this process has read them."""
    changed = _changed.get(tenant)
    return GRANTED[role] if changed is None else changed.get(role, GRANTED[role])
