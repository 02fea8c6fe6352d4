"""A metric as a table: columns, rows, and which of them a chart shows.

Every table is made of the figures that their own routes answer with, so a report says what they say.
"""

from collections.abc import Callable, Sequence
from typing import Any

from lyceum.kit.frozen import frozen
from lyceum.kit.values.money import Money

from functions.insights import reports
from functions.insights.exports.schemas import GenerateReport
from functions.insights.figures import cohorts, sales
from functions.insights.figures.schemas import (
    CohortsQuery,
    CountriesQuery,
    FunnelQuery,
    ProductsQuery,
    RevenuePoint,
    RevenueQuery,
)
from functions.insights.schemas import DaysQuery, Figures, RetentionQuery

Cell = str | int | float | None
_MOST_PRODUCTS = 100


@frozen
class Table:
    """A table with its meaning.

    Attributes:
        labels: The column whose cells name the bars of the chart; `values` the one that they are as high as.
    """

    columns: list[str]
    rows: list[list[Cell]]
    definition: str
    labels: int = 0
    values: int = 1


def build(wanted: GenerateReport) -> Table:
    """Return the table that is wanted (2 requests at most, 13 for revenue by product)."""
    return _MAKERS[wanted.metric](wanted)


def _money(amount: int, currency: str) -> float:
    """Return an amount in major units, as people read it; exact for every amount that a table shows."""
    return float(Money(amount=amount, currency=currency).decimal)


def _revenue(wanted: GenerateReport) -> Table:
    by = wanted.by or "day"
    found = sales.revenue(RevenueQuery(days=wanted.days, until=wanted.until, by=by, currency=wanted.currency))
    names = ("revenue", "discount", "proration", "refunds", "disputes", "net", "tax", "fees", "commission")

    def row(point: RevenuePoint) -> list[Cell]:
        return [
            point.title or point.period,
            point.currency,
            point.entries,
            *(_money(getattr(point, name), point.currency) for name in names),
        ]

    columns = [by, "currency", "entries", *names]
    points = [point for point in found.points if wanted.product in {None, point.period}]
    return _table(columns, [row(point) for point in points], found, values=columns.index("net"))


def _products(wanted: GenerateReport) -> Table:
    page = sales.products(ProductsQuery(month=wanted.month, limit=_MOST_PRODUCTS))
    rows: list[list[Cell]] = [
        [
            each.title or each.product, each.currency, each.orders, each.renewals, _money(each.amount, each.currency),
            each.refunds, _money(each.refunded, each.currency), each.refund_rate,
        ]
        for each in page.items
        if wanted.currency in {None, each.currency} and wanted.product in {None, each.product}
    ]  # fmt: skip
    columns = ["product", "currency", "orders", "renewals", "amount", "refunds", "refunded", "refund rate %"]
    return Table(columns, rows, sales.OF_PRODUCTS, values=4)


def _countries(wanted: GenerateReport) -> Table:
    found = sales.geography(CountriesQuery(month=wanted.month))
    rows: list[list[Cell]] = [
        [each.country, each.orders, each.buyers, total.currency, _money(total.amount, total.currency)]
        for each in found.countries
        for total in each.amounts
        if wanted.currency in {None, total.currency} and wanted.country in {None, each.country}
    ]
    return _table(["country", "orders", "new buyers", "currency", "amount"], rows, found, values=4)


def _funnel(wanted: GenerateReport) -> Table:
    found = cohorts.funnel(FunnelQuery(months=wanted.months))
    rows: list[list[Cell]] = [[each.step, each.users, each.of_first, each.of_previous] for each in found.steps]
    return _table(["step", "users", "% of registered", "% of step before"], rows, found)


def _cohorts(wanted: GenerateReport) -> Table:
    found = cohorts.cohorts(CohortsQuery(months=wanted.months))
    rows: list[list[Cell]] = [
        [row.cohort, row.size, paid.offset, paid.currency, paid.orders, _money(paid.amount, paid.currency)]
        for row in found.cohorts
        for paid in row.payments
        if wanted.currency in {None, paid.currency}
    ]
    columns = ["cohort", "users", "months later", "currency", "orders", "amount"]
    return _table(columns, rows, found, values=5)


def _activity(wanted: GenerateReport) -> Table:
    found = reports.activity(DaysQuery(days=wanted.days, until=wanted.until))
    rows: list[list[Cell]] = [
        [each.day, each.daily, each.weekly, each.monthly, each.newcomers] for each in found.points
    ]
    return _table(["day", "active", "in 7 days", "in 30 days", "newcomers"], rows, found)


def _questions(wanted: GenerateReport) -> Table:
    found = reports.questions(DaysQuery(days=wanted.days, until=wanted.until))
    rows: list[list[Cell]] = [[each.day, each.submitted, each.approved] for each in found.points]
    return _table(["day", "submitted", "approved"], rows, found)


def _retention(wanted: GenerateReport) -> Table:
    found = reports.retention(RetentionQuery(by="month" if wanted.by == "month" else "week", cohorts=wanted.months))
    rows: list[list[Cell]] = [
        [row.cohort, row.size, point.offset, point.users, point.share] for row in found.cohorts for point in row.points
    ]
    return _table(["cohort", "users", f"{found.by}s later", "there", "%"], rows, found, values=4)


def _users(_wanted: GenerateReport) -> Table:
    found = reports.users()
    named = [("role", each) for each in found.roles] + [("tier", each) for each in found.tiers]
    rows: list[list[Cell]] = [[each.name, by, each.users] for by, each in named]
    return _table(["group", "by", "users"], rows, found, values=2)


def _table(columns: Sequence[str], rows: list[list[Cell]], found: Figures, values: int = 1) -> Table:
    return Table(list(columns), rows, found.definition, values=values)


_MAKERS: dict[str, Callable[[GenerateReport], Table]] = {
    "revenue": _revenue,
    "products": _products,
    "countries": _countries,
    "funnel": _funnel,
    "cohorts": _cohorts,
    "activity": _activity,
    "questions": _questions,
    "retention": _retention,
    "users": _users,
}


def to_json(table: Table) -> dict[str, Any]:
    """Return a table as it is kept for the worker that writes the file."""
    return {"columns": table.columns, "rows": table.rows, "labels": table.labels, "values": table.values}
