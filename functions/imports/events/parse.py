"""Worker on new files: reads a file that has arrived and keeps what each row would become.

Every reading has a place of its own for its rows, so that a file that is replaced or read twice never mixes with
itself: the job names the one reading that was settled.
"""

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.events.aws import ObjectCreated
from lyceum.events.imports import ImportFailed
from lyceum.kit import clock, ids
from lyceum.kit.aws import clients
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Conflict
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.imports import ImportJob

from functions.imports import row_store
from functions.imports.formats.reader import Reading, read
from functions.imports.row_validation import RowValidator
from functions.imports.syntax.drafts import Picture
from functions.imports.syntax.limits import MOST_BYTES, MOST_PICTURES_BYTES, MOST_ROWS, MOST_TOPICS, Unreadable

consumer = Consumer("imports-parse")
handler = consumer.handler
logger = Logger()
_AWAITED = ("waiting", "uploaded")
_MOST_SECONDS = 240


@consumer.on(ObjectCreated)
def parse(event: ObjectCreated, unit: Unit) -> None:
    """Read a received file; a key that no awaited import of the tenant named is left alone."""
    job = _job_of(event)
    if job is None or job.state not in _AWAITED:
        return
    overtaken = Conflict("The import went on without this worker; the message comes again and finds nothing to do.")
    arrived = [ImportJob.state.set("uploaded"), ImportJob.ttl.remove()]
    Unit().change(job, *arrived, when=ImportJob.state.is_in(*_AWAITED), refuse=overtaken).commit()
    try:
        changes, events = _read(job), []
    except Exception as error:
        reason = _reason_of(error, job)
        if reason is None:
            raise
        changes = [ImportJob.state.set("failed"), ImportJob.reason.set(reason), ImportJob.finished_at.set(clock.now())]
        events = [ImportFailed(job_id=job.job_id, owner_id=job.owner_id, file_name=job.file_name, reason=reason)]
    unit.change(job, *changes, when=ImportJob.state == "uploaded", events=events, refuse=overtaken)


def _reason_of(error: Exception, job: ImportJob) -> str | None:
    """Say why a file can not be read; None for trouble that passes, which is left to the next try."""
    if isinstance(error, Unreadable):
        return str(error)
    if clients.is_passing(error):
        return None
    logger.error("file not read", extra={"import": job.job_id}, exc_info=error)
    return "The file could not be read through a fault of ours, which was noted."


def _job_of(event: ObjectCreated) -> ImportJob | None:
    parts = event.key.split("/")
    if event.bucket != settings().bucket or len(parts) != 5 or not parts[3]:
        return None
    job = ImportJob.fetch(job_id=parts[3], consistent=True)
    return job if job is not None and job.key == event.key else None


def _read(job: ImportJob) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "original"
        row_store.fetch_original(job.key, path, MOST_BYTES)
        received, announced = path.stat().st_size, int(job.size_bytes)
        if received != announced:
            raise Unreadable(f"The file is cut short: {announced} bytes were announced and {received} arrived.")
        reading = read(path, job.format, job.columns, job.chosen_encoding)
        return [*_keep(job, reading), *_encoding(reading)]


def _encoding(reading: Reading) -> list[Any]:
    if reading.encoding is None:
        return []
    return [
        ImportJob.encoding.set(reading.encoding.name),
        ImportJob.encoding_confidence.set(reading.encoding.confidence),
        ImportJob.encoding_sample.set(reading.encoding.sample),
    ]


class _Album:
    """Keeps each picture of a file once, within what a file's pictures may have together."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._kept: set[str] = set()
        self._bytes = 0

    def add(self, pictures: Iterable[Picture]) -> None:
        """Keep those that are new; raises Unreadable when they are too many bytes."""
        for picture in pictures:
            if picture.upload_id in self._kept:
                continue
            self._bytes += len(picture.body)
            if self._bytes > MOST_PICTURES_BYTES:
                raise Unreadable(f"The pictures of a file may have {MOST_PICTURES_BYTES >> 20} MiB at most; part it.")
            row_store.store_picture(self._prefix, picture)
            self._kept.add(picture.upload_id)


def _keep(job: ImportJob, reading: Reading) -> list[Any]:
    """Validate every draft and keep its line; returns what the job has to remember of the reading."""
    prefix, started = row_store.rows_prefix(job.job_id, ids.new_id()), time.monotonic()
    rows, wrong = row_store.LineWriter(prefix, "rows"), row_store.LineWriter(prefix, "wrong")
    validator, outcomes = RowValidator(job.defaults), {"create": 0, "duplicate": 0, "wrong": 0}
    album = _Album(prefix)
    for result in validator.results(reading.drafts):
        if rows.length == MOST_ROWS:
            raise Unreadable(f"A file may have {MOST_ROWS} rows at most.")
        if time.monotonic() - started > _MOST_SECONDS:
            raise Unreadable("Reading the file takes too long; part it into smaller ones.")
        rows.add(result.line())
        album.add(result.pictures)
        if result.outcome == "wrong":
            wrong.add(result.wrong_line())
        outcomes[result.outcome] += 1
    rows.close()
    wrong.close()
    if not rows.length:
        raise Unreadable("The file holds no questions.")
    if len(validator.topics_used) > MOST_TOPICS:
        raise Unreadable(f"A file may have questions for {MOST_TOPICS} topics at most.")
    return [
        ImportJob.state.set("parsed"),
        ImportJob.rows_prefix.set(prefix),
        ImportJob.header.set(reading.header),
        ImportJob.columns.set(reading.columns),
        ImportJob.topic_ids.set(sorted(validator.topics_used)),
        ImportJob.rows_total.set(rows.length),
        ImportJob.rows_ready.set(outcomes["create"]),
        ImportJob.rows_duplicate.set(outcomes["duplicate"]),
        ImportJob.rows_wrong.set(outcomes["wrong"]),
    ]
