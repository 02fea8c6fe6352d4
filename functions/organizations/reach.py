"""Whose organisation somebody may look at: their own, and as the operator in the main tenant every one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from lyceum.kit import context
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.tenancy import directory
from lyceum.kit.tenancy.records import Tenant


def is_operator(caller: Principal) -> bool:
    """Say whether a caller runs the deployment: a super admin of the main tenant."""
    return caller.tenant == context.MAIN_TENANT and caller.may(Permission.MANAGE_TENANT)


def require_operator(caller: Principal) -> None:
    """Raise NotFound for everybody but operators: in other tenants there are no other organisations."""
    if not is_operator(caller):
        raise missing()


def missing() -> NotFound:
    """Return the refusal to somebody who may not know an organisation."""
    return NotFound("There is no such organisation.")


@contextmanager
def within(name: str) -> Iterator[None]:
    """Work in a tenant, with the actor and the counted use of the work in progress."""
    with context.working(replace(context.current(), tenant=name)):
        yield


@contextmanager
def among_tenants() -> Iterator[None]:
    """Work in the main tenant, where the list of tenants stands."""
    with within(context.MAIN_TENANT):
        yield


def require(caller: Principal, organization_id: str) -> str:
    """Return the tenant that an organisation is; raises NotFound for one that is not the caller's to look at."""
    if not directory.is_name(organization_id) or not (organization_id == caller.tenant or is_operator(caller)):
        raise missing()
    return organization_id


def stored(name: str) -> Tenant:
    """Read a tenant's row as it is this moment (1 request); raises NotFound."""
    with among_tenants():
        found = Tenant.fetch(tenant_name=name, consistent=True)
    if found is None and name != context.MAIN_TENANT:
        raise missing()
    return found or Tenant(tenant_name=name)
