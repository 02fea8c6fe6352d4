"""The gradebook of a large course as CSV, written by a job: a part for each page of students, joined in the end.

A part that is written twice is the same part. The columns are those of the beginning, so that all lines have as many.
"""

from dataclasses import replace
from typing import Any

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.kit.values.spreadsheet import write_csv, write_report
from lyceum.model.audit import audit
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_access
from lyceum.tasks.assignments import ExportGradebook

from functions.assignments.grades import gradebook
from functions.assignments.grades.schemas import Column

PREFIX = "derived/exports/"
_PAGE = 500


def start(caller: Principal, course_id: str) -> LongJob:
    """Begin to write the gradebook of a course that the caller teaches (2 requests)."""
    course_access.taught_by_id(caller, course_id)
    unit = Unit().create(audit("gradebook.export", course_id, before={}, after={}))
    job = control.start(unit, ExportGradebook(owner_id=caller.user_id, course_id=course_id))
    unit.commit()
    return job


def write_page(task: ExportGradebook) -> Progress:
    """Write the part of a page of students (13 requests for 500); the last one joins all parts."""
    book = gradebook.read(task.course_id)
    after = task.after or {"key": None, "columns": [column.id for column in book.columns]}
    book = replace(book, columns=_pinned(book.columns, after["columns"]))
    students = find(Enrolment, course_id=task.course_id, limit=_PAGE, after=after["key"])
    lines = [gradebook.cells(row) for row in gradebook.rows_of(book, students.items)]
    _put(_part(task, task.page), write_csv(lines) if task.after else write_report([gradebook.header(book), *lines]))
    if students.last_key is not None:
        return Progress(done=len(lines), after={**after, "key": students.last_key})
    return Progress(done=len(lines), result=_join(task))


def _pinned(columns: list[Column], names: list[str]) -> list[Column]:
    """Return the columns of the beginning; one that was taken away meanwhile stays, without grades."""
    there = {column.id: column for column in columns}
    gone = {"kind": "assignment", "title": "", "category": ""}
    return [there.get(name) or Column.model_validate({"id": name, **gone}) for name in names]


def _join(task: ExportGradebook) -> str:
    """Join the parts as one file and return its key; they expire with it."""
    key = f"{_folder(task)}gradebook-{task.course_id}.csv"
    _put(key, "".join(_get(_part(task, number)) for number in range(task.page + 1)))
    return key


def _folder(task: ExportGradebook) -> str:
    return f"{PREFIX}{context.tenant()}/{task.owner_id}/{task.job_id}/"


def _part(task: ExportGradebook, number: int) -> str:
    return f"{_folder(task)}parts/{number:05d}.csv"


def _put(key: str, text: str) -> None:
    form: dict[str, Any] = {"ContentType": "text/csv; charset=utf-8", "ContentDisposition": "attachment"}
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=text.encode(), **form)


def _get(key: str) -> str:
    body: bytes = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)["Body"].read()
    return body.decode()
