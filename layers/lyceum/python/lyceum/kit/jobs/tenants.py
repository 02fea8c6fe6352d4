"""The list of tenants that jobs visit. A tenant enters it before anything in it falls due.

Each process remembers the tenants it has entered, so the list costs one write a process and tenant, not one a start.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from aws_lambda_powertools import Logger

from lyceum.kit import context, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.jobs.records import Tenant
from lyceum.kit.table import Unit, find

_entered: set[str] = set()
logger = Logger()


class JobIncomplete(RuntimeError):
    """A job could not be done in some tenants; the next run does what is left."""


def enter() -> None:
    """Put the current tenant on the list, where it may be already."""
    name = context.tenant()
    if name in _entered:
        return
    with (
        context.working(replace(context.current(), tenant=context.MAIN_TENANT)),
        suppress(Conflict),
    ):  # it is on the list
        Unit().create(Tenant(tenant_name=name)).commit()
    _entered.add(name)


def forget() -> None:
    """Forget which tenants this process has entered."""
    _entered.clear()


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


def every(job: str, work: Callable[[Tenant], None]) -> None:
    """Call `work` for every tenant, in its context; raises JobIncomplete after all of them when it failed in one."""
    failed = []
    for tenant in listed():
        name = str(tenant.tenant_name)
        with context.working(context.RequestContext(name, correlation_id=ids.new_id())):
            try:
                work(tenant)
            except Exception:
                logger.exception("job failed in a tenant", extra={"job": job, "tenant": name})
                failed.append(name)
    if failed:
        raise JobIncomplete(f"{job}: {len(failed)} tenants are left")
