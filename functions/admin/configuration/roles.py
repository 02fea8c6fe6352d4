"""The permissions of roles in a tenant: those that the product ships, unless somebody changed them."""

from lyceum.kit.configuration import known
from lyceum.kit.configuration.records import FeatureFlag, RoleSet, SettingValues
from lyceum.kit.errors import Forbidden, NotFound, rule_violation
from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal, role_sets
from lyceum.kit.identity.permissions import GRANTED, Permission, Role
from lyceum.kit.table import Slice, Unit, cut, fetch_partition
from lyceum.rules import audits

from functions.admin.configuration.schemas import RoleView, SetRole

__all__ = ["FeatureFlag", "SettingValues", "change", "listed"]


def listed(caller: Principal, query: Listing) -> Slice[RoleView]:
    """Return a page of the roles, the highest last (1 request)."""
    changed = {str(item.role): item for item in fetch_partition(RoleSet) if isinstance(item, RoleSet)}
    views = [_view(caller, role, changed.get(role.value)) for role in Role]
    return cut(views, lambda view: view.role, limit=query.limit, after=query.start_key())


def change(caller: Principal, name: str, wanted: SetRole, expect: int | None) -> RoleView:
    """Give a role other permissions in this tenant, audited; in force everywhere within ten seconds.

    Raises NotFound for no role, Forbidden for a role that is not below the caller's own and for a permission that the
    caller does not have, PreconditionFailed when it is not as the caller read it. One read and one transaction.
    """
    if name not in {role.value for role in Role}:
        raise NotFound("There is no such role.")
    role = Role(name)
    _require_below(caller, role)
    stored = RoleSet.fetch(role=name, consistent=True) or RoleSet(role=name, permissions=_names(GRANTED[role]))
    before = sorted(stored.permissions)
    given = GRANTED[role] if wanted.permissions is None else frozenset(wanted.permissions)
    above = _names(given - role_sets.granted(caller.tenant, caller.role))
    if above:
        raise Forbidden(f"You do not have {', '.join(above)} yourself.")
    if Permission.MANAGE_TENANT in given:
        raise rule_violation("OWNERS_ALONE", "Only super admins manage the tenant.", field="permissions")
    stored.permissions, stored.reason = _names(given), wanted.reason
    unit = Unit().save(stored, expect=expect)
    audits.note(
        unit,
        caller.user_id,
        None,
        "role.change",
        name,
        before={"permissions": before},
        after={"permissions": stored.permissions},
        reason=wanted.reason,
    )
    unit.commit()
    known.forget(caller.tenant)
    return _view(caller, role, stored)


def _require_below(caller: Principal, role: Role) -> None:
    if role is caller.role or not caller.is_at_least(role):
        raise Forbidden("You may change the roles below your own.")


def _names(permissions: frozenset[Permission]) -> list[str]:
    return sorted(permission.value for permission in permissions)


def _view(caller: Principal, role: Role, stored: RoleSet | None) -> RoleView:
    shipped = _names(GRANTED[role])
    permissions = sorted(stored.permissions) if stored else shipped
    is_below = role is not caller.role and caller.is_at_least(role)
    return RoleView(
        role=role.value,
        permissions=permissions,
        shipped=shipped,
        is_changed=permissions != shipped,
        may_be_changed=is_below and caller.may(Permission.MANAGE_TENANT),
        version=int(stored.version) if stored else 0,
        updated_at=stored.updated_at if stored else None,
    )
