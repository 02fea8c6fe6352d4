"""What callers of the endpoint for business intelligence send and get."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http.schemas import Request, Schema, Timestamp

Metric = Literal["activity", "courses", "retention", "users", "revenue", "products", "countries", "funnel"]


class AskPulls(Request):
    """Which figures to pull, and how.

    - `metrics`: `activity` by day, `courses` by month, `retention` by week of the first day, `users` by role and tier,
      `revenue` by day and currency, `products` and `countries` by month, `funnel` by month of registration. Money is in
      minor units.
    - `format`: `csv`, as Tableau reads it, or `parquet`, as Power BI does.
    - `days`: how far back, today among them.
    - `expiresInMinutes`: for how long the links are good.
    """

    metrics: Annotated[list[Metric], Field(min_length=1, max_length=8)]
    format: Literal["csv", "parquet"] = "csv"
    days: Annotated[int, Field(ge=1, le=366)] = 90
    expires_in_minutes: Annotated[int, Field(ge=5, le=360)] = 60


class PullView(Schema):
    """A file of figures and the link that fetches it; whoever has the link needs nothing else."""

    metric: Metric
    url: str
    columns: list[str]
    rows: int
    expires_at: Timestamp


class PullList(Schema):
    """The files, with the figures as they were at `asOf`; groups of fewer than five people are left out."""

    pulls: list[PullView]
    as_of: Timestamp
