"""Running a domain's scheduled jobs in a test's tenant."""

from types import ModuleType

from tests.support.acting import acting
from tests.support.http import LAMBDA
from tests.support.threads import at_once


def run(door: ModuleType, *names: str) -> None:
    """Let jobs of a domain's `jobs` run now, in every tenant: those named, or all that it declares."""
    with acting(door.__name__):
        for name in names or door.jobs.declared:
            door.handler({"job": name}, LAMBDA)


def run_twice_at_once(door: ModuleType, name: str) -> None:
    """Let two runs of a job overlap, as when one is called while its schedule fires; neither may fail."""
    with acting(door.__name__):
        at_once(*[lambda: door.handler({"job": name}, LAMBDA)] * 2)
