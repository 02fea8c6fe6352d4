"""What callers of figures of business send and get. Money is in whole minor units, by ISO 4217 currency."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.values.countries import Source
from lyceum.kit.values.money import Currency

from functions.insights.schemas import DaysQuery, Figures

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class RevenueQuery(DaysQuery):
    """Of which days, put together how.

    - `days`: so many days (UTC).
    - `until`: the last of them, such as `2027-01-11`; today without it.
    - `by`: `day`, `week` (from Monday), `month`, or `product` for the months that hold those days.
    - `currency`: of one currency alone (ISO 4217).
    """

    by: Literal["day", "week", "month", "product"] = "day"
    currency: Currency | None = None


class RevenuePoint(Schema):
    """Money of a period or a product in one currency, in minor units."""

    period: Annotated[str, Field(description="The day, the Monday of the week, the month, or the product.")]
    currency: str
    title: str | None = None
    entries: Annotated[int, Field(description="Entries of the ledger, or orders of a product.")]
    revenue: Annotated[int, Field(description="What was sold, before anything was taken off; tax is not in it.")]
    discount: int = 0
    proration: int = 0
    refunds: int = 0
    disputes: int = 0
    net: Annotated[int, Field(description="Revenue less discounts, unused time, refunds and disputes.")]
    tax: int = 0
    fees: int = 0
    commission: int = 0


class CurrencySum(Schema):
    """What a currency comes to in all periods together, in minor units."""

    currency: str
    revenue: int
    refunds: int
    net: int
    tax: int
    fees: int


class Revenue(Figures):
    """Revenue by period or product, and what it comes to by currency."""

    by: str
    points: list[RevenuePoint]
    sums: list[CurrencySum]


class TrendSum(Schema):
    """The net revenue of a currency in a span of days and in the span of the same length before it."""

    currency: str
    net: int
    earlier: int
    growth: Annotated[float | None, Field(description="Percent; absent where nothing was earned before.")] = None


class RevenueTrend(Figures):
    """How revenue goes: by day, and against the days before."""

    days: int
    points: list[RevenuePoint]
    sums: list[TrendSum]


class ProductsQuery(Listing):
    """Which products.

    - `month`: payments of that month (UTC), such as `2027-01`; the present one without it.
    - `sort`: `-amount`, `-orders` or `-refunded`, the most first.
    """

    month: Month | None = None
    sort: Literal["-amount", "-orders", "-refunded"] = "-amount"


class ProductRow(Schema):
    """How a product did in a month, in minor units of one currency."""

    product: str
    title: str | None = None
    currency: str
    orders: int
    renewals: int
    amount: int
    average: Annotated[int | None, Field(description="Paid for an order, rounded down.")] = None
    refunds: int
    refunded: int
    refund_rate: Annotated[float | None, Field(description="Percent of the orders of the month.")] = None


class FunnelQuery(Request):
    """Whose way is followed.

    - `months`: users who registered in so many months (UTC), the present one the last of them.
    """

    months: Annotated[int, Field(ge=1, le=24)] = 3


class FunnelStep(Schema):
    """How many reached a step; a small number is hidden."""

    step: str
    users: int | None = None
    of_first: Annotated[float | None, Field(description="Percent of those who registered.")] = None
    of_previous: Annotated[float | None, Field(description="Percent of those at the step before.")] = None
    is_hidden: bool = False


class Funnel(Figures):
    """How far users came, of those who registered in some months."""

    first_month: str
    last_month: str
    steps: list[FunnelStep]


class CountriesQuery(Request):
    """Of which month.

    - `month`: payments of that month (UTC), such as `2027-01`; the present one without it.
    """

    month: Month | None = None


class CountrySum(Schema):
    """What was paid in one currency, in minor units."""

    currency: str
    amount: int


class Country(Schema):
    """Payments from a country; one with few of them is hidden."""

    country: Annotated[str, Field(description="ISO 3166-1, `ZZ` where none is known.")]
    orders: int | None = None
    buyers: Annotated[int | None, Field(description="Who paid for the first time.")] = None
    amounts: list[CountrySum] = []
    told_by: Annotated[
        dict[Source, int] | None,
        Field(description="Payments by what told their country: the edge, the billing, the profile, an earlier one."),
    ] = None
    is_hidden: bool = False


class Geography(Figures):
    """Payments by country, the most first."""

    month: str
    countries: list[Country]


class CohortsQuery(Request):
    """Which cohorts.

    - `months`: so many months of registration (UTC), the present one the last of them.
    """

    months: Annotated[int, Field(ge=1, le=24)] = 6


class CohortPayment(Schema):
    """What a cohort paid so many months after it registered, in minor units, refunds taken off."""

    offset: int
    currency: str
    orders: int
    amount: int
    per_user: Annotated[float, Field(description="Amount by users of the cohort.")]


class CohortRow(Schema):
    """Users who registered in one month: how far they came, and what they paid; a small cohort is hidden."""

    cohort: str
    size: int | None = None
    steps: dict[str, int] = {}
    payments: list[CohortPayment] = []
    is_hidden: bool = False


class Cohorts(Figures):
    """Cohorts by month of registration."""

    cohorts: list[CohortRow]


class TrendQuery(Request):
    """What is looked ahead from.

    - `days`: so many days (UTC) that are over, yesterday the last of them; at least four weeks.
    - `horizon`: so many days ahead.
    - `currency`: of the sales (ISO 4217); the one with the most of them without it.
    - `metric`: `net` (revenue less what lessens it), or `active`, `enrolled`, `registered` of a day.
    """

    days: Annotated[int, Field(ge=28, le=366)] = 180
    horizon: Annotated[int, Field(ge=1, le=60)] = 14
    currency: Currency | None = None
    metric: Literal["net", "active", "enrolled", "registered"] = "net"


class ForecastPoint(Schema):
    """A day ahead, with the bounds in which four of five such days are to be expected."""

    day: str
    value: float
    low: float
    high: float


class SeasonPoint(Schema):
    """How much a day of the week lies above the level."""

    weekday: Annotated[int, Field(description="1 is Monday.")]
    effect: float


class Trend(Figures):
    """Where a figure goes: level, slope, week and forecast."""

    metric: str
    currency: str | None = None
    days: int
    level: float
    slope: Annotated[float, Field(description="Change of the level a day.")]
    season: list[SeasonPoint]
    forecast: list[ForecastPoint]
    error: Annotated[float | None, Field(description="Mean absolute error of the days looked at, a day ahead.")] = None
    naive_error: Annotated[
        float | None, Field(description="The same of saying what was a week ago; a forecast must beat it.")
    ] = None
