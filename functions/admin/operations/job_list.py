"""All jobs in one list: those of the product with their last runs, those that somebody scheduled, and long ones."""

from collections.abc import Iterator

from lyceum.kit import clock, context
from lyceum.kit.jobs.records import JobState
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.table import Slice, cut_sorted, find
from lyceum.model.admin.platform import OwnSchedule
from lyceum.model.imports import ImportJob

from functions.admin.operations import declared
from functions.admin.operations.schemas import JobRow, JobsQuery

MOST_LONG_JOBS = 300
"""The latest of a tenant that the list shows."""
_MOST_STATES = 500


def listed(query: JobsQuery) -> Slice[JobRow]:
    """Return a page of jobs (at most 4 requests).

    The operator sees the product's own and what was scheduled; other tenants see their long jobs.
    """
    rows = [row for row in _rows(query) if _matches(row, query)]
    after = query.start_key()
    if query.sort == "name":
        return cut_sorted(rows, lambda row: [row.name, row.job_id], limit=query.limit, after=after)
    return cut_sorted(
        rows,
        lambda row: [clock.iso(row.last_run_at) if row.last_run_at else "", row.job_id],
        limit=query.limit,
        after=after,
        descending=True,
    )


def _rows(query: JobsQuery) -> Iterator[JobRow]:
    is_operator = context.tenant() == context.MAIN_TENANT
    if is_operator and query.kind in {None, "built_in"}:
        yield from _built_in()
    if is_operator and query.kind in {None, "scheduled"}:
        yield from (of_schedule(each) for each in find(OwnSchedule, limit=_MOST_STATES).items)
    if query.kind in {None, "long"}:
        found = find(LongJob, index="gsi1", limit=MOST_LONG_JOBS, descending=True).items
        yield from (of_long_job(each) for each in found)
        imports = find(ImportJob, index="gsi1", limit=MOST_LONG_JOBS, descending=True).items
        yield from (_of_import(each) for each in imports)


def _matches(row: JobRow, query: JobsQuery) -> bool:
    return (query.state is None or row.state == query.state) and (
        query.query is None or query.query.lower() in row.name.lower()
    )


def _built_in() -> Iterator[JobRow]:
    states = {str(state.job): state for state in find(JobState, limit=_MOST_STATES).items}
    for name, job in declared.jobs().items():
        state = states.get(name)
        yield JobRow(
            job_id=name,
            kind="built_in",
            name=name,
            state=state.state if state else "waiting",
            times=job["times"],
            failures=int(state.failures) if state else 0,
            last_run_at=state.ran_at if state else None,
            last_success_at=state.succeeded_at if state else None,
            results=state.results if state else [],
        )


def of_schedule(schedule: OwnSchedule) -> JobRow:
    """Show what somebody scheduled; a run at a time that is over is done."""
    is_over = schedule.expression.startswith("at(") and schedule.expression[3:-1] <= clock.iso(clock.now())[:19]
    return JobRow(
        job_id=schedule.schedule_id,
        kind="scheduled",
        name=schedule.job,
        state="paused" if schedule.is_paused else "done" if is_over else "waiting",
        times=schedule.expression,
        time_zone=schedule.time_zone,
        owner_id=schedule.owner_id,
        note=schedule.note,
        last_run_at=schedule.created_at,
    )


def of_long_job(job: LongJob) -> JobRow:
    """Show a long job to administrators: how far it is, and nothing of its outcome."""
    return JobRow(
        job_id=job.job_id,
        kind="long",
        name=job.type,
        state=job.state,
        owner_id=job.owner_id,
        total=int(job.total) if job.total is not None else None,
        done=int(job.done),
        failed=int(job.failed),
        last_run_at=job.finished_at or job.created_at,
        note=job.error_code,
    )


def _of_import(job: ImportJob) -> JobRow:
    """Show an import of questions, which its owner alone goes on with or ends."""
    return JobRow(
        job_id=job.job_id,
        kind="long",
        name="questions.import",
        state=job.state,
        owner_id=job.owner_id,
        total=int(job.rows_total),
        done=int(job.rows_done),
        failed=int(job.rows_wrong),
        last_run_at=job.updated_at or job.created_at,
    )
