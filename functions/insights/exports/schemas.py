"""What callers of reports send and get."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.long_jobs.schemas import JobError
from lyceum.kit.values.countries import Country
from lyceum.kit.values.money import Currency
from lyceum.kit.values.text import Line

from functions.insights.figures.schemas import Month

_OPTIONS = {
    "revenue": {"by", "until", "currency", "product"},
    "products": {"month", "currency", "product"},
    "countries": {"month", "currency", "country"},
    "funnel": set[str](),
    "cohorts": {"currency"},
    "activity": {"until"},
    "questions": {"until"},
    "retention": {"by"},
    "users": set[str](),
}
"""By metric, the dimensions, filters and ends of periods that it has."""


class GenerateReport(Request):
    """A report: which figures, by what, of what and of when, as which file."""

    title: Line | None = None
    metric: Literal[
        "revenue", "products", "countries", "funnel", "cohorts", "activity", "questions", "retention", "users"
    ]
    by: Annotated[
        Literal["day", "week", "month", "product"] | None,
        Field(description="How revenue is put together (by day without it); of retention `week` or `month`."),
    ] = None
    days: Annotated[int, Field(ge=1, le=366, description="Of revenue, activity and questions: so many.")] = 30
    until: Annotated[date | None, Field(description="The last of the days; today without it.")] = None
    months: Annotated[
        int, Field(ge=1, le=24, description="Of funnel, cohorts and retention: so many, the present one last.")
    ] = 6
    month: Annotated[Month | None, Field(description="Of products and countries; the present one without it.")] = None
    currency: Annotated[Currency | None, Field(description="Of one currency alone (ISO 4217).")] = None
    product: Annotated[Line | None, Field(description="Of one product alone, as its entitlement is called.")] = None
    country: Annotated[Country | None, Field(description="Of one country alone (ISO 3166-1).")] = None
    file_format: Annotated[Literal["csv", "xlsx", "pdf"], Field(alias="format")] = "pdf"
    every: Annotated[
        Literal["day", "week", "month"] | None,
        Field(description="Comes again at six (UTC): each day, each Monday, or on the first; each is told by mail."),
    ] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        asked = {name for name in ("by", "until", "month", "currency", "product", "country") if getattr(self, name)}
        extra = asked - _OPTIONS[self.metric]
        if extra:
            raise ValueError(f"{self.metric} has no {', '.join(sorted(extra))}")
        if self.metric == "revenue" and self.product and self.by != "product":
            raise ValueError("revenue of one product is put together by product")
        if self.metric == "retention" and self.by not in {None, "week", "month"}:
            raise ValueError("retention is by week or month")
        if self.every and (self.until or self.month):
            raise ValueError("what comes again is of the days before it, and has no end of its own")
        return self


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
