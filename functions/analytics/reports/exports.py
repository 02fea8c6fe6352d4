"""Reports as jobs: what is small is written at once and the job is done; PDF and long lists are written by workers."""

import json
from collections.abc import Iterator
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.aws import clients
from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.kit.values.spreadsheet import CSV, XLSX
from lyceum.model.questions.statistics import QuestionHistory
from lyceum.rules import documents
from lyceum.rules.learners import learner_readers
from lyceum.tasks.analytics import ExportProgress

from functions.analytics.reports import files, progress_report
from functions.analytics.reports.progress_report import Cell, ProgressReport
from functions.analytics.reports.schemas import ExportQuery

TYPE = ExportProgress.name
_PAGE = 500


def start(caller: Principal, query: ExportQuery) -> LongJob:
    """Export a report: it is written at once or by a worker; raises NotFound and ValidationFailed."""
    user_id = query.user_id or caller.user_id
    learner_readers.admit(caller, user_id)
    if query.table == "questions":
        return _in_pages(caller, user_id, query)
    report = progress_report.read(user_id, query.period)
    if query.export_format == "pdf":
        data, name = progress_report.document(report), f"progress-{report.first.isoformat()}.pdf"
        return documents.typeset(caller.user_id, "progress", data, name)
    job_id = ids.new_id()
    key = f"{documents.folder_of(caller.user_id, job_id)}{_name(report, query)}"
    if query.export_format == "csv":
        _put(key, files.as_csv(report, query.table).encode(), CSV)
    else:
        _put(key, files.as_workbook(report), XLSX)
    unit = Unit()
    job = control.done(unit, owner_id=caller.user_id, job_id=job_id, kind=TYPE, result=key)
    unit.commit()
    return job


def _in_pages(caller: Principal, user_id: str, query: ExportQuery) -> LongJob:
    if query.export_format == "pdf":
        refusal = "Questions one by one are exported as csv or xlsx."
        raise ValidationFailed(refusal, details=[Detail("table", refusal)])
    unit = Unit()
    wanted = {"learner_id": user_id, "period": query.period, "form": query.export_format}
    job = control.start(unit, ExportProgress(owner_id=caller.user_id, **wanted))
    unit.commit()
    return job


def write_page(task: ExportProgress) -> Progress:
    """Write a page of questions; behind the last one the file is made of all pages."""
    found = find(QuestionHistory, user_id=task.learner_id, limit=_PAGE, after=task.after)
    rows = [_row(each) for each in found.items]
    _put(_part(task, task.page), json.dumps(rows).encode(), "application/json")
    if found.last_key is not None:
        return Progress(done=len(rows), after=found.last_key)
    report = progress_report.read(task.learner_id, task.period)
    key = f"{documents.folder_of(task.owner_id, task.job_id)}questions-{report.last.isoformat()}.{task.form}"
    if task.form == "csv":
        _put(key, files.as_csv(report, "questions", _every_row(task)).encode(), CSV)
    else:
        _put(key, files.as_workbook(report, _every_row(task)), XLSX)
    return Progress(done=len(rows), result=key)


def _row(each: QuestionHistory) -> list[Cell]:
    counts = [int(getattr(each, name)) for name in ("met", "right", "partial", "wrong", "blank", "seconds")]
    return [each.question_id, each.topic_id, *counts, clock.iso(each.last_at) if each.last_at else None]


def _every_row(task: ExportProgress) -> Iterator[list[Cell]]:
    for number in range(task.page + 1):
        yield from json.loads(_get(_part(task, number)))


def _name(report: ProgressReport, query: ExportQuery) -> str:
    table = f"-{query.table}" if query.export_format == "csv" else ""
    return f"progress{table}-{report.first.isoformat()}.{query.export_format}"


def _part(task: ExportProgress, number: int) -> str:
    return f"{documents.folder_of(task.owner_id, task.job_id)}parts/{number:05d}.json"


def _put(key: str, content: bytes, kind: str) -> None:
    form: dict[str, Any] = {"ContentType": kind, "ContentDisposition": "attachment"}
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=content, **form)


def _get(key: str) -> bytes:
    body: bytes = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)["Body"].read()
    return body
