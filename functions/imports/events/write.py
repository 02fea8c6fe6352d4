"""Entry point of the queue of confirmed imports: writes the rows in slices, each row exactly once.

A slice's questions and the checkpoint `rows_done` are one transaction, so a worker that dies leaves either both or
neither, and of two workers on one job only one can move the checkpoint. When its time is up a worker says so by an event
that brings the next one.
"""

import time

from pynamodb.expressions.condition import Condition

from lyceum.events.imports import ImportCompleted, ImportFailed
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit
from lyceum.model.imports import ImportJob
from lyceum.tasks.imports import ImportConfirmed, ImportContinued

from functions.imports import question_writer, row_store
from functions.imports.topics import Topics

consumer = Consumer("imports-write")
handler = consumer.handler
SECONDS = 45.0
"""How long one worker writes before it hands over."""
_UNDER_WAY = ("confirmed", "running")


class _Overtaken(Conflict):
    """Another worker is further on; the message comes again, since only a worker that saw the end may settle it."""

    def __init__(self) -> None:
        super().__init__("another worker is further on")


@consumer.on(ImportConfirmed)
def start(event: ImportConfirmed, unit: Unit) -> None:
    """Write the rows of an import that was confirmed."""
    _run(event.job_id, unit)


@consumer.on(ImportContinued)
def go_on(event: ImportContinued, unit: Unit) -> None:
    """Write the rows that are left."""
    _run(event.job_id, unit)


def _run(job_id: str, unit: Unit) -> None:
    job = ImportJob.fetch(job_id=job_id, consistent=True)
    if job is None or job.state not in _UNDER_WAY:
        return
    topics = Topics({})
    topics.fetch(job.topic_ids)
    if any(topics.known(topic_id) is None for topic_id in job.topic_ids):
        _fail(job, "A topic of these questions was removed meanwhile.", unit)
        return
    topics.fetch_levels()
    _write(job, topics)
    if job.rows_done == job.rows_total:
        _complete(job, unit)
    else:
        unit.change(
            job,
            when=_is_at(job),
            events=[ImportContinued(job_id=job.job_id, rows_done=int(job.rows_done))],
            refuse=_Overtaken(),
        )


def _write(job: ImportJob, topics: Topics) -> None:
    """Write slices until the rows or the time are at their end."""
    until = time.monotonic() + SECONDS
    lines = row_store.lines(str(job.rows_place), "rows", int(job.rows_done), int(job.rows_total))
    for part in question_writer.parts(job, lines, topics):
        done, written = int(job.rows_done) + part.rows, int(job.questions_written) + len(part.questions)
        facts = [
            ImportJob.rows_done.set(done),
            ImportJob.questions_written.set(written),
            ImportJob.state.set("running"),
        ]
        unit = Unit().change(job, *facts, when=_is_at(job), refuse=_Overtaken())
        part.write(unit, job)
        unit.commit()
        job.rows_done, job.questions_written = done, written
        if time.monotonic() > until:
            return


def _is_at(job: ImportJob) -> Condition:
    condition: Condition = (ImportJob.rows_done == int(job.rows_done)) & ImportJob.state.is_in(*_UNDER_WAY)
    return condition


def _complete(job: ImportJob, unit: Unit) -> None:
    told = ImportCompleted(
        job_id=job.job_id,
        owner_id=job.confirmed_by or job.owner_id,
        file_name=job.file_name,
        questions_written=int(job.questions_written),
        rows_wrong=int(job.rows_wrong),
        rows_duplicate=int(job.rows_duplicate),
    )
    facts = [ImportJob.state.set("completed"), ImportJob.finished_at.set(clock.now())]
    unit.change(job, *facts, when=_is_at(job), events=[told], refuse=_Overtaken())


def _fail(job: ImportJob, reason: str, unit: Unit) -> None:
    told = ImportFailed(
        job_id=job.job_id, owner_id=job.confirmed_by or job.owner_id, file_name=job.file_name, reason=reason
    )
    facts = [ImportJob.state.set("failed"), ImportJob.reason.set(reason), ImportJob.finished_at.set(clock.now())]
    unit.change(job, *facts, when=_is_at(job), events=[told], refuse=_Overtaken())
