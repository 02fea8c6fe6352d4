"""How runs of jobs ended: one small item a job, which whoever operates the product looks at."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.jobs.records import JobState
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.telemetry import collector

MOST_RESULTS = 10
logger = Logger()


@contextmanager
def noted(job: str, times: str) -> Iterator[None]:
    """Write down how the run of a job ended, where the deployment is observed (1 read and 1 write)."""
    if not settings().telemetry:
        yield
        return
    began_at, started = clock.now(), time.perf_counter()
    error: Exception | None = None
    try:
        yield
    except Exception as failure:
        error = failure
        collector.failure(failure, f"job {job}")
        raise
    finally:
        _note(job, times, began_at, round((time.perf_counter() - started) * 1000), error)


def _note(job: str, times: str, began_at: datetime, milliseconds: int, error: Exception | None) -> None:
    """Store the end of a run; that it could not be stored must not fail the run."""
    result = {"at": clock.iso(began_at), "milliseconds": milliseconds}
    if error:
        result["error"] = type(error).__name__
    try:
        with context.working(context.RequestContext(context.MAIN_TENANT)):
            state = JobState.fetch(job=job, consistent=True) or JobState(job=job)
            state.times, state.function, state.ran_at = times, settings().function, began_at
            state.state = "failed" if error else "done"
            state.failures = int(state.failures) + 1 if error else 0
            state.succeeded_at = state.succeeded_at if error else began_at
            state.results = [result, *state.results][:MOST_RESULTS]
            Unit().put(state).commit()
    except Exception as failure:
        logger.warning("run not noted", extra={"job": job, "reason": type(failure).__name__})
