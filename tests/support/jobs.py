"""Running scheduled jobs in a test's tenant."""

from types import ModuleType

from lyceum.kit.jobs import tenants
from tests.support.acting import acting
from tests.support.http import LAMBDA


def run(job: ModuleType) -> None:
    """Let a scheduled job run now, in a tenant that is on the list."""
    tenants.enter()
    with acting(job.__name__):
        job.handler({}, LAMBDA)
