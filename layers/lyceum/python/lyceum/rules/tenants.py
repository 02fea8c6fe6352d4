"""Making a tenant: the one way in which the list of tenants grows, and that of hosts beside proven domains."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from lyceum.kit import context
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.kit.table.retrying import EDIT_CONFLICT
from lyceum.kit.tenancy import directory
from lyceum.kit.tenancy.records import Tenant, TenantHost
from lyceum.model.audit import audit
from lyceum.model.organizations import Departure

_RESERVED = frozenset({"api", "www", "mail", "admin", "static", "status"})
"""Labels of hosts that a deployment may want for itself."""


def make(
    name: str,
    *,
    unknown_age: Literal["minor", "adult"] = "minor",
    minor_contacts: Literal["classmates", "staff"] = "classmates",
    hosts: Sequence[str] = (),
    title: str | None = None,
    tier: str = "startup",
    state: str = "active",
    along: Callable[[Unit], None] | None = None,
) -> Tenant:
    """Make a tenant with its own hosts, in one transaction, audited in the main tenant.

    `along` adds what is to be there from its first moment, and works within it. The main tenant is written down with
    the first one that is made. Raises RuleViolation for a name that is no label of a host or is reserved, and Conflict
    when there is or was one of this name or a host is somebody's.
    """
    if not is_free_name(name):
        raise rule_violation("TENANT_NAME", "A tenant is called by small letters, digits and dashes, as in a host.")
    made = Tenant(
        tenant_name=name, unknown_age=unknown_age, minor_contacts=minor_contacts, title=title, tier=tier, state=state
    )
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        retry_on_conflict(
            lambda: _write(made, hosts, along)
        )  # somebody may write down the main tenant at the same time
    directory.forget()
    return made


def is_free_name(name: str) -> bool:
    """Say whether a text may become the name of a tenant: a label of a host that no deployment wants for itself."""
    return directory.is_name(name) and name == name.lower() and name not in _RESERVED


def _write(made: Tenant, hosts: Sequence[str], along: Callable[[Unit], None] | None) -> None:
    """Write a tenant, its hosts and the audit; raises Conflict when the main one was written in between."""
    gone = Conflict("There was a tenant of this name, and its name is not given again.", code="TENANT_EXISTS")
    unit = Unit().check(Departure.at(tenant_name=made.tenant_name), Departure.pk.does_not_exist(), refuse=gone)
    unit.create(made, refuse=Conflict("There is a tenant of this name already.", code="TENANT_EXISTS"))
    main = Tenant(tenant_name=context.MAIN_TENANT)
    if made.tenant_name != main.tenant_name and not Tenant.fetch(tenant_name=main.tenant_name, consistent=True):
        unit.create(main, refuse=Conflict("The main tenant was written meanwhile.", code=EDIT_CONFLICT))
    for host in hosts:
        taken = Conflict(f"The host {host} is somebody's already.", code="HOST_TAKEN")
        unit.create(TenantHost(host=host.lower(), tenant_name=made.tenant_name), refuse=taken)
    after = {"unknownAge": made.unknown_age, "minorContacts": made.minor_contacts, "hosts": list(hosts)}
    unit.create(audit("tenant.make", str(made.tenant_name), before={}, after=after))
    if along:
        with context.working(replace(context.current(), tenant=str(made.tenant_name))):
            along(unit)
    unit.commit()
