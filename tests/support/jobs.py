"""Running a domain's scheduled jobs in a test's tenant."""

from types import ModuleType

from tests.support.acting import acting
from tests.support.http import LAMBDA


def run(door: ModuleType, *names: str) -> None:
    """Let jobs of a domain's `jobs` run now, in every tenant: those named, or all that it declares."""
    with acting(door.__name__):
        for name in names or door.jobs.declared:
            door.handler({"job": name}, LAMBDA)
