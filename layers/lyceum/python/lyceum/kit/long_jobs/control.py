"""Starting, showing and cancelling long jobs."""

from datetime import timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.task import JobTask
from lyceum.kit.table import Slice, Unit, find

KEPT = timedelta(days=30)
"""So long a job can be looked at, from its start or, once it has ended, from its end."""


def start(unit: Unit, first: JobTask, *, total: int | None = None) -> LongJob:
    """Add to a unit a new job with the task of its first page, and return it; it begins when the unit is committed."""
    job = LongJob(owner_id=first.owner_id, job_id=first.job_id, type=first.name, state="queued", total=total, ttl=KEPT)
    unit.create(job, first)
    return job


def done(unit: Unit, *, owner_id: str, job_id: str, kind: str, result: str) -> LongJob:
    """Add to a unit a job that was done at once, so that callers find its outcome as that of a long one."""
    job = LongJob(
        owner_id=owner_id,
        job_id=job_id,
        type=kind,
        state="done",
        total=1,
        done=1,
        result=result,
        finished_at=clock.now(),
        ttl=KEPT,
    )
    unit.create(job)
    return job


def show(owner_id: str, job_id: str) -> LongJob:
    """Return a job of a user; raises NotFound for one that is not theirs."""
    return LongJob.require(owner_id=owner_id, job_id=job_id, consistent=True)


def listed(owner_id: str, *, limit: int, after: dict[str, Any] | None) -> Slice[LongJob]:
    """Return the jobs of a user, the newest first."""
    return find(LongJob, owner_id=owner_id, limit=limit, after=after, descending=True)


def cancel(owner_id: str, job_id: str) -> LongJob:
    """End a job before its next page; what its pages did stays. One that is cancelled already stays as it is.

    Raises NotFound for a job that is not theirs and Conflict JOB_ENDED for one that is done or has failed.
    """
    job = show(owner_id, job_id)
    if job.state != "cancelled":
        now = clock.now()
        ended = [LongJob.state.set("cancelled"), LongJob.finished_at.set(now), LongJob.ttl.set(now + KEPT)]
        refuse = Conflict("This job has ended already.", code="JOB_ENDED")
        Unit().change(job, *ended, when=LongJob.goes_on(), refuse=refuse).commit()
    return job
