"""Exports of data sets as long jobs: a part for each page, joined as one file in the end.

A part is written as JSON, whatever the file's form; one that is written twice is the same part. The file is made on
disk and sent from there.
"""

import json
import tempfile
from collections.abc import Iterator

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.tasks.imports import ExportDataSet

from functions.imports.exports import files
from functions.imports.exports.data_sets import TABLES, Row
from functions.imports.exports.schemas import AskExport

PREFIX = "derived/exports/"


def start(caller: Principal, wanted: AskExport) -> LongJob:
    """Begin to write a data set; that somebody took it out is audited."""
    task = ExportDataSet(
        owner_id=caller.user_id,
        data_set=wanted.data_set,
        form=wanted.format,
        since=wanted.since,
        until=wanted.until,
    )
    unit = Unit()
    job = control.start(unit, task)
    told = wanted.model_dump(mode="json", exclude_none=True)
    unit.create(audit("data.export", task.job_id, before={}, after=told)).commit()
    return job


def write_page(task: ExportDataSet) -> Progress:
    """Write the part of a page; the last one makes the file."""
    page = TABLES[task.data_set].read(task, task.after)
    _put(_part(task, task.page), json.dumps(page.items, ensure_ascii=False).encode())
    if page.last_key is not None:
        return Progress(done=len(page.items), after=page.last_key)
    return Progress(done=len(page.items), result=_join(task))


def _join(task: ExportDataSet) -> str:
    key = f"{_folder(task)}{task.data_set}.{task.form}"
    with tempfile.TemporaryFile() as file:
        files.write(task.form, TABLES[task.data_set].columns, _rows(task), file)
        size = file.tell()
        file.seek(0)
        form = {"ContentType": files.CONTENT_TYPES[task.form], "ContentDisposition": "attachment"}
        clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=file, ContentLength=size, **form)
    return key


def _rows(task: ExportDataSet) -> Iterator[Row]:
    for number in range(task.page + 1):
        part = clients.client("s3").get_object(Bucket=settings().bucket, Key=_part(task, number))["Body"].read()
        yield from json.loads(part)


def _folder(task: ExportDataSet) -> str:
    return f"{PREFIX}{context.tenant()}/{task.owner_id}/{task.job_id}/"


def _part(task: ExportDataSet, number: int) -> str:
    return f"{_folder(task)}parts/{number:05d}.json"


def _put(key: str, body: bytes) -> None:
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body, ContentType="application/json")
