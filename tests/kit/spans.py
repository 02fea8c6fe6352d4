"""Running scheduled jobs in a test's tenant."""

from types import ModuleType

from lyceum import tenants
from tests.kit.acting import acting
from tests.kit.http import LAMBDA


def run(job: ModuleType) -> None:
    """Let a scheduled job run now, in a tenant that is on the list."""
    tenants.enter()
    with acting(job.__name__):
        job.handler({}, LAMBDA)
