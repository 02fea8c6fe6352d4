"""What callers of the compliance endpoints send and get."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import Line

_MOST_DAYS = 366


class ReportQuery(Request):
    """Which days (UTC) to report on.

    - `since`: the first day; 30 days before the last when it is left out.
    - `until`: the last day, today when it is left out; at most 366 days after the first.
    """

    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def check_span(self) -> "ReportQuery":
        """Refuse a span that ends before it begins or is too long."""
        if self.since and self.until and not 0 <= (self.until - self.since).days <= _MOST_DAYS:
            raise ValueError(f"the last day is at most {_MOST_DAYS} days after the first")
        return self


class RequestFigures(Schema):
    """Requests of one kind in the span.

    - `open`: still to be answered.
    - `overdue`: those whose month is over.
    - `meanHours`, `mostHours`: from the request to the answer.
    """

    what: Literal["export", "erasure"]
    received: int
    answered: int
    open: int
    overdue: int
    mean_hours: float | None = None
    most_hours: float | None = None


class AccessFigures(Schema):
    """How often staff did something with personal data of others."""

    action: str
    count: int
    actors: int


class RetentionRule(Schema):
    """How long what is kept."""

    what: str
    kept_for: str
    removed_by: str


class SubProcessorView(Schema):
    """Who works on personal data on the organisation's behalf."""

    name: str
    purpose: str
    location: str


class NewCertification(Request):
    """A certification that the organisation holds."""

    name: Line
    issuer: Line
    scope: Line | None = None
    reference: Line | None = None
    url: Annotated[HttpUrl | None, Field(description="Where it is shown; https.")] = None
    issued_on: date
    expires_on: date | None = None

    @model_validator(mode="after")
    def check_days(self) -> "NewCertification":
        """Refuse one that ends before it begins, and addresses that are not https."""
        if self.expires_on and self.expires_on <= self.issued_on:
            raise ValueError("expiresOn is after issuedOn")
        if self.url and self.url.scheme != "https":
            raise ValueError("url is an https address")
        return self


class CertificationView(Schema):
    """A certification; `isValid` today."""

    certification_id: str
    name: str
    issuer: str
    scope: str | None = None
    reference: str | None = None
    url: str | None = None
    issued_on: date
    expires_on: date | None = None
    is_valid: bool
    created_at: Timestamp


class ComplianceReport(Schema):
    """Data protection in a span of days.

    - `requests`: what people asked for, and how long the answer took.
    - `access`: what staff did with others' personal data, by action.
    - `isComplete`: whether all of it was counted.
    - `retention`, `subProcessors`: as they hold today.
    """

    since: date
    until: date
    requests: list[RequestFigures]
    access: list[AccessFigures]
    is_complete: bool
    retention: list[RetentionRule]
    sub_processors: list[SubProcessorView]
    certifications: list[CertificationView]
