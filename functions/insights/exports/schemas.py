"""What callers of reports send and get."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.long_jobs.schemas import JobError
from lyceum.kit.values.text import Line

from functions.insights.figures.schemas import Currency, Month


class GenerateReport(Request):
    """A report: which figures, of when, as what."""

    title: Line | None = None
    metric: Literal["revenue", "products", "countries", "funnel", "cohorts", "activity"]
    by: Annotated[Literal["day", "week", "month", "product"], Field(description="How revenue is put together.")] = "day"
    days: Annotated[int, Field(ge=1, le=366, description="Of revenue and activity: so many, today the last.")] = 30
    months: Annotated[int, Field(ge=1, le=24, description="Of funnel and cohorts: so many, the present one last.")] = 6
    month: Annotated[Month | None, Field(description="Of products and countries; the present one without it.")] = None
    currency: Annotated[Currency | None, Field(description="Of one currency alone (ISO 4217).")] = None
    file_format: Annotated[Literal["csv", "xlsx", "pdf"], Field(alias="format")] = "pdf"
    every: Annotated[
        Literal["day", "week", "month"] | None,
        Field(description="Comes again at six (UTC): each day, each Monday, or on the first; each is told by mail."),
    ] = None


class ReportsQuery(Listing):
    """Which reports: those of the last thirty days, the newest first."""


class ReportView(Schema):
    """A report: what was asked for, how far it is, and where the file is."""

    report_id: str
    title: str
    metric: str
    file_format: Annotated[str, Field(alias="format")]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    job_id: str
    url: Annotated[str | None, Field(description="A link for 15 minutes, once it is done.")] = None
    error: JobError | None = None
    created_at: Timestamp
    finished_at: Timestamp | None = None
    schedule_id: Annotated[str | None, Field(description="Of a report that was just ordered to come again.")] = None
    next_at: Timestamp | None = None


class ReportScheduleView(Schema):
    """A report that comes again: what it tells, when the next one is due, and which was the last."""

    schedule_id: str
    title: str
    metric: str
    file_format: Annotated[str, Field(alias="format")]
    every: Literal["day", "week", "month"]
    next_at: Timestamp
    requested_by: str
    last_report_id: str | None = None
