"""Reports as they are asked for, listed and shown.

Each is a long job that writes a file, which stays for thirty days.
"""

import json
from collections.abc import Sequence

from lyceum.kit import clock, context, ids
from lyceum.kit.aws import clients, links
from lyceum.kit.http import Page
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.schemas import JobError
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.insights.journeys import GeneratedReport, ReportSchedule
from lyceum.rules import audits
from lyceum.tasks.documents import RenderDocument
from lyceum.tasks.insights import WriteReport
from lyceum.typeset import charts

from functions.insights.exports import tables
from functions.insights.exports.schemas import GenerateReport, ReportsQuery, ReportView
from functions.insights.exports.tables import Cell, Table

PREFIX = "derived/exports/"
TEMPLATE = "progress"
_LINK_SECONDS = 15 * 60
_COLOUR = "#1d4ed8"
_MOST_BARS = 60
_MOST_ROWS = 400
"""Of a PDF; a workbook has them all."""


def order(
    user_id: str, wanted: GenerateReport, unit: Unit, *, is_mailed: bool = False
) -> tuple[GeneratedReport, LongJob]:
    """Add to a unit a report of the figures of this moment, whose file a worker writes; `is_mailed` tells its owner."""
    report_id, job_id = ids.new_id(), ids.new_id()
    today = clock.iso(clock.now())[:10]
    title = wanted.title or f"{wanted.metric.title()}, {today}"
    key = f"{PREFIX}{context.tenant()}/{user_id}/{job_id}/data.json"
    told = {
        "owner_id": user_id, "job_id": job_id, "data_key": key, "reference": report_id if is_mailed else None,
        "file_name": f"{wanted.metric}-{today}.{wanted.file_format}",
    }  # fmt: skip
    _put(key, title, tables.build(wanted))
    task: RenderDocument | WriteReport
    if wanted.file_format == "pdf":
        task = RenderDocument.model_validate({**told, "template": TEMPLATE})
    else:
        task = WriteReport.model_validate({**told, "form": wanted.file_format})
    report = GeneratedReport(
        report_id=report_id,
        title=title,
        wanted=wanted.model_dump(mode="json"),
        job_id=job_id,
        requested_by=user_id,
        ttl=control.KEPT,
    )
    unit.create(report)
    job = control.start(unit, task, total=1)
    audits.note(unit, user_id, None, "report.generate", report_id, after={"metric": wanted.metric})
    return report, job


def view(report: GeneratedReport, job: LongJob | None, schedule: ReportSchedule | None = None) -> ReportView:
    """Show a report, with the schedule by which it comes again."""
    shown = _view(report, job)
    if schedule is not None:
        shown.schedule_id, shown.next_at = str(schedule.schedule_id), schedule.next_at
    return shown


def listed(query: ReportsQuery) -> Page[ReportView]:
    """Return a page of reports, the newest first (2 requests)."""
    found = find(GeneratedReport, limit=query.limit, after=query.start_key(), descending=True)
    jobs = _jobs(found.items)
    return query.page(found, lambda report: _view(report, jobs.get(str(report.job_id))))


def show(report_id: str) -> ReportView:
    """Return a report (2 requests); raises NotFound."""
    report = GeneratedReport.require(report_id=report_id)
    return _view(report, _jobs([report]).get(str(report.job_id)))


def _jobs(reports: Sequence[GeneratedReport]) -> dict[str, LongJob]:
    names = [LongJob.at(owner_id=report.requested_by, job_id=report.job_id) for report in reports]
    found = batch_fetch(names, consistent=True) if names else []
    return {str(job.job_id): job for job in found if isinstance(job, LongJob)}


def _view(report: GeneratedReport, job: LongJob | None) -> ReportView:
    place = job.result if job else None
    failed = job is not None and job.error_code
    return ReportView.model_validate(
        {
            "report_id": report.report_id,
            "title": report.title,
            "metric": report.wanted["metric"],
            "format": report.wanted["file_format"],
            "state": job.state if job else "cancelled",
            "job_id": report.job_id,
            "url": links.link(place, _LINK_SECONDS) if place else None,
            "error": JobError(code=job.error_code, message=job.error_message or "") if job and failed else None,
            "created_at": report.created_at,
            "finished_at": job.finished_at if job else None,
        }
    )


def _put(key: str, title: str, table: Table) -> None:
    data = json.dumps({**_document(title, table), "table": tables.to_json(table)}, ensure_ascii=False)
    clients.client("s3").put_object(
        Bucket=settings().bucket, Key=key, Body=data.encode(), ContentType="application/json"
    )


def _document(title: str, table: Table) -> dict[str, object]:
    """Return the data of the template that PDFs are set from."""
    moment = clock.iso(clock.now())
    bars = table.rows[-_MOST_BARS:]
    labels = [_shown(row[table.labels]) for row in bars]
    values = [_number(row[table.values]) for row in bars]
    numbers = [
        place for place in range(len(table.columns)) if any(_number(row[place]) is not None for row in table.rows)
    ]
    return {
        "title": title,
        "learner": table.columns[table.values],
        "language": "en",
        "color": _COLOUR,
        "period": table.definition,
        "footer": f"{title} - {moment[:16]} UTC",
        "asOf": moment,
        "tiles": [{"label": "rows", "value": str(len(table.rows))}],
        "charts": [{"title": table.columns[table.values], "svg": charts.bars(labels, values)}] if bars else [],
        "tables": [
            {
                "title": title,
                "empty": "There is nothing of this time.",
                "widths": [1, *([0] * (len(table.columns) - 1))],
                "right": numbers,
                "header": table.columns,
                "rows": [[_shown(cell) for cell in row] for row in table.rows[:_MOST_ROWS]],
            }
        ],
    }


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    return f"{cell:,.2f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)


def _number(cell: Cell) -> float | None:
    return None if cell is None or isinstance(cell, str) else float(cell)
