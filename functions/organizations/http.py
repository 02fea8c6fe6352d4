"""Organisations over HTTP: for operators, for their own administrators, and what they show everybody."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, Address, Api, Caller, IfMatch, Page, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.rules.sessions import recheck

from functions.organizations import domains, tenants, usage
from functions.organizations.keys import api_keys
from functions.organizations.keys.schemas import ApiKeyList, ApiKeyView, NewApiKey, RotateApiKey
from functions.organizations.moving import departing, packing, unpacking
from functions.organizations.moving.schemas import DeleteQuery, ImportCapsule, ReceiptView
from functions.organizations.schemas import (
    ChangeOrganization,
    ClaimDomain,
    DomainView,
    NewOrganization,
    OrganizationQuery,
    OrganizationRow,
    OrganizationView,
    PublicOrganization,
    Suspend,
    UsageQuery,
    UsageView,
)

api = Api("organizations", recheck=recheck)
handler = api.handler
_SUPER = may(Permission.MANAGE_TENANT)
_ADMIN = may(Permission.MANAGE_ORGANIZATION)


@api.post("/api/admin/organizations", access=_SUPER.proven(), status=201, limit="20/hour", idempotent=True)
def create_organization(caller: Caller, body: NewOrganization) -> OrganizationView:
    """Make an organisation and invite its first administrator."""
    return tenants.make(caller, body)


@api.get("/api/admin/organizations", access=_SUPER)
def list_organizations(caller: Caller, query: Annotated[OrganizationQuery, Query()]) -> Page[OrganizationRow]:
    """List the organisations that one may look at: all for operators, else one's own."""
    return query.page(tenants.listed(caller, query), OrganizationRow.of)


@api.post("/api/admin/organizations/import", access=_SUPER.proven(), status=202, limit="10/hour", idempotent=True)
def import_organization(caller: Caller, body: ImportCapsule) -> JobView:
    """Make an organisation from a capsule; it opens once all of it is there."""
    return view(unpacking.start(caller, body))


@api.get("/api/admin/organizations/{organizationId}", access=_ADMIN)
def show_organization(caller: Caller, organization_id: str) -> OrganizationView:
    """Show an organisation with its settings."""
    return tenants.show(caller, organization_id)


@api.put("/api/admin/organizations/{organizationId}", access=_ADMIN, limit="120/hour")
def update_organization(
    caller: Caller, organization_id: str, body: ChangeOrganization, if_match: IfMatch, address: Address
) -> OrganizationView:
    """Change what an organisation shows of itself, its limits, and who is admitted from where."""
    return tenants.change(caller, organization_id, body, if_match, address)


@api.delete("/api/admin/organizations/{organizationId}", access=_SUPER, limit="10/hour")
def delete_organization(caller: Caller, organization_id: str, query: Annotated[DeleteQuery, Query()]) -> JobView:
    """Delete a suspended organisation with all that it has; a signed receipt is left."""
    return view(departing.start(caller, organization_id, query.reason))


@api.get("/api/admin/organizations/{organizationId}/receipt", access=_SUPER)
def show_organization_receipt(caller: Caller, organization_id: str) -> ReceiptView:
    """Show the signed receipt of an organisation that was deleted."""
    return ReceiptView.model_validate(departing.receipt(caller, organization_id))


@api.post("/api/admin/organizations/{organizationId}/suspend", access=_SUPER, limit="60/hour")
def suspend_organization(caller: Caller, organization_id: str, body: Suspend) -> OrganizationView:
    """Close an organisation for everybody within ten seconds."""
    return tenants.suspend(caller, organization_id, body)


@api.post("/api/admin/organizations/{organizationId}/resume", access=_SUPER, limit="60/hour")
def resume_organization(caller: Caller, organization_id: str) -> OrganizationView:
    """Open an organisation that was suspended."""
    return tenants.resume(caller, organization_id)


@api.post("/api/admin/organizations/{organizationId}/api-keys", access=_ADMIN.proven(), status=201, limit="60/hour")
def create_api_key(caller: Caller, organization_id: str, body: NewApiKey) -> ApiKeyView:
    """Make an API key that acts for its maker; it is shown this once."""
    return api_keys.create(caller, organization_id, body)


@api.get("/api/admin/organizations/{organizationId}/api-keys", access=_ADMIN)
def list_api_keys(caller: Caller, organization_id: str) -> ApiKeyList:
    """List the API keys of an organisation, and when each was last used."""
    return api_keys.listed(caller, organization_id)


@api.post("/api/admin/organizations/{organizationId}/api-keys/{keyId}/rotate", access=_ADMIN.proven(), limit="60/hour")
def renew_api_key(caller: Caller, organization_id: str, key_id: str, body: RotateApiKey) -> ApiKeyView:
    """Give an API key another secret, shown this once; the one before is good for some hours more."""
    return api_keys.rotate(caller, organization_id, key_id, body)


@api.delete("/api/admin/organizations/{organizationId}/api-keys/{keyId}", access=_ADMIN)
def revoke_api_key(caller: Caller, organization_id: str, key_id: str) -> Removed:
    """End an API key within ten seconds."""
    api_keys.revoke(caller, organization_id, key_id)
    return Removed(id=key_id)


@api.post("/api/admin/organizations/{organizationId}/domain", access=_ADMIN.proven(), limit="60/hour")
def verify_domain(caller: Caller, organization_id: str, body: ClaimDomain) -> DomainView:
    """Claim a domain, or look whether one that was claimed is proven."""
    return domains.claim(caller, organization_id, body)


@api.get("/api/admin/organizations/{organizationId}/usage", access=_ADMIN)
def show_organization_usage(caller: Caller, organization_id: str, query: Annotated[UsageQuery, Query()]) -> UsageView:
    """Show what an organisation used in some days, and what that costs."""
    return usage.show(caller, organization_id, query)


@api.post("/api/admin/organizations/{organizationId}/export", access=_SUPER, status=202, limit="10/hour")
def export_organization(caller: Caller, organization_id: str) -> JobView:
    """Pack an organisation as a signed capsule."""
    return view(packing.start(caller, organization_id))


@api.get("/api/organization", access=PUBLIC)
def show_own_organization() -> PublicOrganization:
    """Show what the organisation of this host says of itself."""
    return tenants.public()
