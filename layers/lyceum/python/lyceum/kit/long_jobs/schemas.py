"""What callers see of long jobs."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.aws import links
from lyceum.kit.http.schemas import Schema, Timestamp
from lyceum.kit.long_jobs.records import LongJob

_LINK_SECONDS = 15 * 60


class JobError(Schema):
    """Why a job failed."""

    code: str
    message: str


class JobView(Schema):
    """A long job: how far it is, and its outcome."""

    job_id: str
    type: Annotated[str, Field(description="What is done, such as `marks.export`.")]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    total: Annotated[int | None, Field(description="How many things there are to do, once that is known.")] = None
    done: Annotated[int, Field(description="How many of them are done.")] = 0
    failed: Annotated[int, Field(description="How many could not be done; the job goes on.")] = 0
    result: Annotated[
        str | None,
        Field(description="Where the outcome is: a path of this API, or a link for 15 minutes."),
    ] = None
    error: JobError | None = None
    created_at: Timestamp
    finished_at: Timestamp | None = None


def view(job: LongJob) -> JobView:
    """Show a job to its owner."""
    place = job.result
    return JobView(
        job_id=job.job_id,
        type=job.type,
        state=job.state,
        total=job.total,
        done=job.done,
        failed=job.failed,
        result=place if place is None or place.startswith("/") else links.link(place, _LINK_SECONDS),
        error=JobError(code=job.error_code, message=job.error_message or "") if job.error_code else None,
        created_at=job.created_at,
        finished_at=job.finished_at,
    )
