"""The list of tenants that sweeps visit. A tenant enters it before anything in it falls due.

Each process remembers the tenants it has entered, so the list costs one write a process and tenant, not one a start.
"""

from contextlib import suppress
from dataclasses import replace

from lyceum.kit import context
from lyceum.kit.errors import Conflict
from lyceum.kit.jobs.records import Tenant
from lyceum.kit.table import Unit, find

_entered: set[str] = set()


def enter() -> None:
    """Put the current tenant on the list, where it may be already."""
    name = context.tenant()
    if name in _entered:
        return
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)), suppress(Conflict):  # it is on the list
        Unit().create(Tenant(tenant_name=name)).commit()
    _entered.add(name)


def listed() -> list[Tenant]:
    """Return every tenant on the list (1 storage request for a hundred)."""
    tenants: list[Tenant] = []
    after = None
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        while True:
            found = find(Tenant, after=after)
            tenants += found.items
            after = found.last_key
            if after is None:
                return tenants
