"""Organisations: making them with their first administrator, listing, showing, changing and closing them."""

from typing import Any

from lyceum.kit import context
from lyceum.kit.configuration import admission, known, limits
from lyceum.kit.configuration.limits import SETTINGS
from lyceum.kit.configuration.records import FeatureFlag, Organization, RoleSet, SettingValues
from lyceum.kit.errors import Detail, Forbidden, ValidationFailed, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, find
from lyceum.kit.tenancy import directory
from lyceum.kit.tenancy.records import Tenant
from lyceum.model.audit import audit
from lyceum.model.federation import IdentityProvider
from lyceum.model.organizations import DomainClaim
from lyceum.rules import invitations
from lyceum.rules import tenants as rules
from lyceum.tasks.organizations import LoadDemoContent

from functions.organizations import reach
from functions.organizations.schemas import (
    BrandingView,
    CalendarView,
    ChangeOrganization,
    NewOrganization,
    OrganizationQuery,
    OrganizationView,
    PublicOrganization,
    Suspend,
)

__all__ = ["FeatureFlag", "RoleSet"]
_WITHOUT_PROVIDER = frozenset({"password", "code"})
_OWN = ("branding", "languages", "time_zone", "calendar", "addresses", "sign_in_methods", "tier")
_OF_THE_ROW = ("title", "tier", "unknown_age", "minor_contacts")


def make(caller: Principal, wanted: NewOrganization) -> OrganizationView:
    """Make an organisation and invite its first administrator, in one transaction; raises NotFound and Conflict.

    Whoever is invited registers at the organisation's host and becomes its super admin.
    """
    reach.require_operator(caller)
    own = Organization(tier=wanted.tier, branding={"name": wanted.title})

    def along(unit: Unit) -> None:
        unit.create(own, *([LoadDemoContent()] if wanted.demo_content else []))
        invitations.invite_first(unit, wanted.first_administrator.email, wanted.first_administrator.language)

    made = rules.make(
        wanted.organization_id,
        unknown_age=wanted.unknown_age,
        minor_contacts=wanted.minor_contacts,
        title=wanted.title,
        tier=wanted.tier,
        along=along,
    )
    return OrganizationView.whole(made, own, {}, [])


def listed(caller: Principal, query: OrganizationQuery) -> Slice[Tenant]:
    """Return a page of the organisations that a caller may look at: all for operators, else their own."""
    after = query.start_key()
    if not reach.is_operator(caller):
        return Slice([] if after else [reach.stored(caller.tenant)], None)
    with reach.among_tenants():
        return find(Tenant, limit=query.limit, after=after)


def show(caller: Principal, organization_id: str) -> OrganizationView:
    """Show an organisation with its settings (2 requests); raises NotFound."""
    return _view(*_read(reach.require(caller, organization_id)))


def _read(name: str) -> tuple[Tenant, Organization, SettingValues]:
    """Read a tenant's row and its configuration (1 request); raises NotFound."""
    with reach.among_tenants():
        row = Tenant.at(tenant_name=name)
    with reach.within(name):
        tenant, own, values = batch_fetch([row, Organization.at(), SettingValues.at()], consistent=True)
    if tenant is None and name != context.MAIN_TENANT:
        raise reach.missing()
    return (
        tenant if isinstance(tenant, Tenant) else Tenant(tenant_name=name),
        own if isinstance(own, Organization) else Organization(),
        values if isinstance(values, SettingValues) else SettingValues(),
    )


def _view(tenant: Tenant, own: Organization, values: SettingValues) -> OrganizationView:
    with reach.within(str(tenant.tenant_name)):
        claims = find(DomainClaim, limit=100).items
    return OrganizationView.whole(tenant, own, dict(values.values), claims)


def change(
    caller: Principal, organization_id: str, wanted: ChangeOrganization, expect: int | None, address: str
) -> OrganizationView:
    """Change an organisation, audited in it; in force everywhere within ten seconds (2 reads, 1 transaction).

    Raises NotFound, Forbidden for a tier that the operator did not give, ValidationFailed for limits over a ceiling,
    RuleViolation ADDRESS_LOCKS_OUT for addresses without the caller's own or SIGN_IN_LOCKS_OUT for ways in that nobody
    has, and PreconditionFailed.
    """
    name = reach.require(caller, organization_id)
    if wanted.tier is not None and not reach.is_operator(caller):
        raise Forbidden("The tier is given by the operator.", code="TIER_BY_OPERATOR")
    _refuse_lock_out(caller, name, wanted, address)
    tenant, own, values = _read(name)
    changes = wanted.model_dump(mode="json", exclude_unset=True, by_alias=False)
    before = {each: getattr(own, each) for each in _OWN if each in changes}
    for each in _OWN:
        if changes.get(each) is not None:
            setattr(own, each, _without_nulls(changes[each]))
    unit = Unit()
    with reach.within(name):
        unit.save(own, expect=expect)
        _set_limits(unit, name, values, changes.get("limits") or {})
        unit.create(audit("organization.change", name, before=_plain(before), after=_plain(changes)))
    _change_row(unit, tenant, changes)
    unit.commit()
    _forget(name)
    return _view(tenant, own, values)


def _without_nulls(value: Any) -> Any:
    return {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else value


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Leave the texts of the branding out of the audit, which keeps none that people wrote."""
    return {key: sorted(value) if key == "branding" else value for key, value in values.items() if key != "title"}


def _change_row(unit: Unit, tenant: Tenant, changes: dict[str, Any]) -> None:
    wanted = {each: changes[each] for each in _OF_THE_ROW if changes.get(each) is not None}
    if not wanted:
        return
    for each, value in wanted.items():
        setattr(tenant, each, value)
    with reach.among_tenants():
        unit.save(tenant)


def _set_limits(unit: Unit, name: str, values: SettingValues, wanted: dict[str, int | None]) -> None:
    if not wanted:
        return
    wrong = [_over(each, value, name) for each, value in wanted.items() if value is not None]
    if details := [each for each in wrong if each]:
        raise ValidationFailed("Some limits are out of their bounds.", details=details)
    values.values = {key: value for key, value in {**values.values, **wanted}.items() if value is not None}
    unit.save(values)


def _over(each: str, value: int, tenant: str) -> Detail | None:
    setting = SETTINGS[each]
    most = setting.most
    if setting.is_ceiling and tenant != context.MAIN_TENANT:
        most = min(most, limits.value(each, context.MAIN_TENANT))
    if setting.least <= value <= most:
        return None
    return Detail(f"limits.{each}", f"This may be {setting.least} to {most}.")


def _refuse_lock_out(caller: Principal, name: str, wanted: ChangeOrganization, address: str) -> None:
    """Raise RuleViolation for networks that would keep out whoever sets them, and for ways in that nobody has."""
    ranges = (wanted.addresses or {}).get(caller.role)
    if caller.tenant == name and ranges and not admission.is_within(address, ranges):
        raise rule_violation("ADDRESS_LOCKS_OUT", "You would not come in any more.", field="addresses")
    ways = set(wanted.sign_in_methods or ())
    if ways and not ways & _WITHOUT_PROVIDER and not ways & _of_providers(name):
        raise rule_violation("SIGN_IN_LOCKS_OUT", "Nobody would come in any more.", field="signInMethods")


def _of_providers(name: str) -> set[str]:
    """Return the ways in that an organisation's identity providers are (1 request)."""
    with reach.within(name):
        return {each.way_in for each in find(IdentityProvider).items}


def suspend(caller: Principal, organization_id: str, wanted: Suspend) -> OrganizationView:
    """Close an organisation for everybody within ten seconds; raises NotFound, and RuleViolation for the main one."""
    return _set_state(caller, organization_id, "active", "suspended", wanted.reason)


def resume(caller: Principal, organization_id: str) -> OrganizationView:
    """Open an organisation that was closed; raises NotFound, and RuleViolation for one that is not suspended."""
    return _set_state(caller, organization_id, "suspended", "active", None)


def _set_state(caller: Principal, name: str, expected: str, state: str, reason: str | None) -> OrganizationView:
    reach.require_operator(caller)
    if name == context.MAIN_TENANT:
        raise rule_violation("MAIN_TENANT_STAYS", "The main tenant is not closed.")
    tenant, own, values = _read(reach.require(caller, name))
    if tenant.state != expected:
        raise rule_violation("ORGANIZATION_STATE", f"This organisation is {tenant.state}.")
    unit = Unit()
    with reach.within(name):
        own.state = state
        unit.save(own)
    with reach.among_tenants():
        tenant.state = state
        before = {"state": expected}
        unit.replace(tenant)
        unit.create(audit("tenant.state", name, before=before, after={"state": state}, reason=reason))
    unit.commit()
    _forget(name)
    return _view(tenant, own, values)


def _forget(name: str) -> None:
    known.forget(name)
    directory.forget()


def public() -> PublicOrganization:
    """Show the organisation of the host that is called, from what the process knows."""
    name = context.tenant()
    own = known.of(name).organization or Organization()
    return PublicOrganization(
        organization_id=name,
        branding=BrandingView(**own.branding),
        languages=list(own.languages),
        time_zone=own.time_zone,
        calendar=CalendarView(**own.calendar),
        sign_in_methods=list(own.sign_in_methods),
    )
