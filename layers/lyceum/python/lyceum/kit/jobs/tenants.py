"""Work in every tenant, each by itself."""

from collections.abc import Callable
from functools import partial

from aws_lambda_powertools import Logger

from lyceum.kit import context, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.table.connection import TransactionFailed
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.kit.telemetry import collector
from lyceum.kit.tenancy.directory import listed
from lyceum.kit.tenancy.records import Tenant

logger = Logger()


class JobIncomplete(RuntimeError):
    """A job could not be done in some tenants; the next run does what is left."""


def every(job: str, work: Callable[[Tenant], None]) -> None:
    """Call `work` for every tenant, in its context; raises JobIncomplete after all of them when it failed in one.

    A schedule may fire twice, and a job may be called while its schedule fires. What was done meanwhile by another run
    is a conflict; then the work of that tenant is done again, which finds it done.
    """
    failed = []
    for tenant in listed():
        name = str(tenant.tenant_name)
        with context.working(context.RequestContext(name, correlation_id=ids.new_id())):
            try:
                retry_on_conflict(partial(work, tenant), on=(Conflict, TransactionFailed))
            except Exception as error:
                collector.failure(error, f"job {job}")
                logger.exception("job failed in a tenant", extra={"job": job, "tenant": name})
                failed.append(name)
    if failed:
        raise JobIncomplete(f"{job}: {len(failed)} tenants are left")
