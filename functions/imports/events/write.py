"""Worker on `import.write`: writes the rows of a confirmed import in batches, each row exactly once.

It also forgets who an import was by, when that person is erased.

A batch's questions and the checkpoint `rows_done` are one transaction, so a worker that dies leaves either both or
neither, and of two workers on one job only one can move the checkpoint. When its time is up a worker hands over to the
next one.
"""

import time

from aws_lambda_powertools import Logger
from pynamodb.expressions.condition import Condition

from lyceum.events.imports import ImportCompleted, ImportFailed
from lyceum.events.users import UserErased
from lyceum.kit import clock
from lyceum.kit.aws import clients
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Conflict
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.imports import ImportJob
from lyceum.tasks.imports import WriteImport

from functions.imports import import_jobs, question_writer, row_store
from functions.imports.topics import Topics

consumer = Consumer("imports-write")
handler = consumer.handler
logger = Logger()
SECONDS = 45.0
"""How long one worker writes before it hands over."""
_UNDER_WAY = ("confirmed", "running")


class _Overtaken(Conflict):
    """Another worker is further on; the message comes again, since only a worker that saw the end may settle it."""

    def __init__(self) -> None:
        super().__init__("another worker is further on")


@consumer.on(UserErased, outside=True)
def forget_owner(event: UserErased, _unit: Unit) -> None:
    """Remove the files that an erased user imported, and what they were called; the questions stay."""
    import_jobs.forget_owner(event.user_id)


@consumer.paged(WriteImport)
def write(task: WriteImport, unit: Unit) -> int | None:
    """Write the rows behind the job's checkpoint; returns how many rows are done, or None when none are left."""
    job = ImportJob.fetch(job_id=task.job_id, consistent=True)
    if job is None or job.state not in _UNDER_WAY:
        return None
    topics = Topics({})
    topics.fetch(job.topic_ids)
    if any(topics.known(topic_id) is None for topic_id in job.topic_ids):
        _fail(job, "A topic of these questions was removed meanwhile.", unit)
        return None
    topics.fetch_levels()
    try:
        _write_batches(job, topics)
    except Exception as error:
        if clients.is_passing(error) or isinstance(error, ConditionFailed):
            raise
        logger.error("rows not written", extra={"import": job.job_id}, exc_info=error)
        _fail(job, "The rows from here on could not be written through a fault of ours, which was noted.", unit)
        return None
    if job.rows_done == job.rows_total:
        _complete(job, unit)
        return None
    unit.check(job, _is_at_checkpoint(job), refuse=_Overtaken())
    return int(job.rows_done)


def _write_batches(job: ImportJob, topics: Topics) -> None:
    """Write batches until the rows or the time are at their end."""
    until = time.monotonic() + SECONDS
    lines = row_store.lines(str(job.rows_prefix), "rows", int(job.rows_done), int(job.rows_total))
    for batch in question_writer.batches(job, lines, topics):
        done, written = int(job.rows_done) + batch.rows, int(job.questions_written) + len(batch.questions)
        changes = [
            ImportJob.rows_done.set(done),
            ImportJob.questions_written.set(written),
            ImportJob.state.set("running"),
        ]
        unit = Unit().change(job, *changes, when=_is_at_checkpoint(job), refuse=_Overtaken())
        batch.write(unit, job)
        unit.commit()
        job.rows_done, job.questions_written = done, written
        if time.monotonic() > until:
            return


def _is_at_checkpoint(job: ImportJob) -> Condition:
    condition: Condition = (ImportJob.rows_done == int(job.rows_done)) & ImportJob.state.is_in(*_UNDER_WAY)
    return condition


def _complete(job: ImportJob, unit: Unit) -> None:
    event = ImportCompleted(
        job_id=job.job_id,
        owner_id=job.confirmed_by or job.owner_id,
        file_name=job.file_name,
        questions_written=int(job.questions_written),
        rows_wrong=int(job.rows_wrong),
        rows_duplicate=int(job.rows_duplicate),
    )
    changes = [ImportJob.state.set("completed"), ImportJob.finished_at.set(clock.now())]
    unit.change(job, *changes, when=_is_at_checkpoint(job), events=[event], refuse=_Overtaken())


def _fail(job: ImportJob, reason: str, unit: Unit) -> None:
    event = ImportFailed(
        job_id=job.job_id, owner_id=job.confirmed_by or job.owner_id, file_name=job.file_name, reason=reason
    )
    changes = [ImportJob.state.set("failed"), ImportJob.reason.set(reason), ImportJob.finished_at.set(clock.now())]
    unit.change(job, *changes, when=_is_at_checkpoint(job), events=[event], refuse=_Overtaken())
