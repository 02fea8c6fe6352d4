"""Sales as they are shown: revenue by period and product, its trend, products, countries."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from lyceum.kit import clock
from lyceum.kit.http import Page
from lyceum.kit.table import cut_sorted, find_whole
from lyceum.kit.values.countries import SOURCES
from lyceum.model.insights.sales import CountryMonth, ProductMonth, SalesDay

from functions.insights.figures.schemas import (
    CountriesQuery,
    Country,
    CountrySum,
    CurrencySum,
    Geography,
    ProductRow,
    ProductsQuery,
    Revenue,
    RevenuePoint,
    RevenueQuery,
    RevenueTrend,
    TrendSum,
)
from functions.insights.schemas import SMALL, DaysQuery

_COUNTERS = (
    "entries", "revenue", "discount", "proration", "refunds", "disputes", "tax", "fees", "commission"
)  # fmt: skip
_DEFINITION = (
    "What the ledger booked by the day (UTC), in minor units: revenue without tax, and net of discounts, unused time,"
    " refunds and disputes. Sums equal the ledger's accounts."
)
_OF_COUNTRIES = (
    "The country is what the edge saw, else that of the billing, of the buyer's profile, or of an earlier payment;"
    " `toldBy` counts them."
)
OF_PRODUCTS = "Payments and refunds by the month (UTC) in which they were made, in minor units, tax included."


def days(number: int, last: date) -> list[SalesDay]:
    """Read so many days of all currencies, the last of them `last` (1 request)."""
    first = last - timedelta(days=number - 1)
    return find_whole(SalesDay, from_sort=first.isoformat(), to_sort=f"{last.isoformat()}#~")


def revenue(query: RevenueQuery) -> Revenue:
    """Return revenue by period (1 request) or by product (a request for each month, which are 13 at most)."""
    if query.by == "product":
        return _by_product(query)
    rows = _of_currency(days(query.days, query.last), query.currency)
    return Revenue(
        as_of=clock.now(), definition=_DEFINITION, by=query.by, points=_points(rows, _PERIODS[query.by]),
        sums=_sums(rows),
    )  # fmt: skip


def trend(query: DaysQuery) -> RevenueTrend:
    """Return revenue by day, and what it comes to against the same number of days before (1 request)."""
    rows = days(2 * query.days, query.last)
    begin = (query.last - timedelta(days=query.days - 1)).isoformat()
    spans: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        spans[row.currency][row.day >= begin] += row.net
    return RevenueTrend(
        as_of=clock.now(),
        definition=_DEFINITION,
        days=query.days,
        points=_points([row for row in rows if row.day >= begin], str),
        sums=[
            TrendSum(currency=currency, net=now, earlier=before, growth=_growth(before, now))
            for currency, (before, now) in sorted(spans.items())
        ],
    )


def products(query: ProductsQuery) -> Page[ProductRow]:
    """Return a page of products of a month (1 request)."""
    rows = find_whole(ProductMonth, month=query.month or this_month())
    name = query.sort.removeprefix("-")
    found = cut_sorted(
        rows,
        lambda row: [int(getattr(row, name)), row.currency, row.product],
        limit=query.limit,
        after=query.start_key(),
        descending=True,
    )
    return query.page(found, _product)


def geography(query: CountriesQuery) -> Geography:
    """Return payments by country (1 request); a country with few of them is hidden."""
    month = query.month or this_month()
    by_country: dict[str, list[CountryMonth]] = defaultdict(list)
    for row in find_whole(CountryMonth, month=month):
        by_country[row.country].append(row)
    shown = [_country(name, rows) for name, rows in by_country.items()]
    return Geography(
        as_of=clock.now(),
        definition=f"{OF_PRODUCTS} {_OF_COUNTRIES}",
        month=month,
        countries=sorted(shown, key=lambda each: (-(each.orders or 0), each.country)),
    )


def this_month() -> str:
    """Name the present month (UTC)."""
    return clock.iso(clock.now())[:7]


def _by_product(query: RevenueQuery) -> Revenue:
    first = query.last - timedelta(days=query.days - 1)
    months = sorted({f"{first + timedelta(days=back):%Y-%m}" for back in range(query.days)})
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(("n", "paid", "back"), 0))
    titles: dict[str, str] = {}
    for month in months:
        for row in find_whole(ProductMonth, month=month):
            if query.currency in {None, row.currency}:
                kept = sums[row.product, row.currency]
                kept["n"] += int(row.orders)
                kept["paid"] += int(row.amount)
                kept["back"] += int(row.refunded)
                titles[row.product] = row.title or titles.get(row.product, row.product)
    points = [
        RevenuePoint(
            period=product, currency=currency, title=titles[product], entries=kept["n"], revenue=kept["paid"],
            refunds=kept["back"], net=kept["paid"] - kept["back"],
        )
        for (product, currency), kept in sums.items()
    ]  # fmt: skip
    by_currency: dict[str, list[RevenuePoint]] = defaultdict(list)
    for point in points:
        by_currency[point.currency].append(point)
    return Revenue(
        as_of=clock.now(),
        definition=f"{OF_PRODUCTS} Whole months: {months[0]} to {months[-1]}.",
        by=query.by,
        points=sorted(points, key=lambda point: (-point.net, point.period, point.currency)),
        sums=[_summed(currency, each) for currency, each in sorted(by_currency.items())],
    )


def _summed(currency: str, points: Iterable[RevenuePoint]) -> CurrencySum:
    rows = list(points)

    def total(name: str) -> int:
        return sum(int(getattr(row, name)) for row in rows)

    names = ("revenue", "refunds", "net", "tax", "fees")
    return CurrencySum(currency=currency, **{name: total(name) for name in names})


def _monday(day: str) -> str:
    then = date.fromisoformat(day)
    return (then - timedelta(days=then.weekday())).isoformat()


_PERIODS: dict[str, Callable[[str], str]] = {"day": str, "week": _monday, "month": lambda day: day[:7]}


def _of_currency(rows: Iterable[SalesDay], currency: str | None) -> list[SalesDay]:
    return [row for row in rows if currency in {None, row.currency}]


def _points(rows: Iterable[SalesDay], period: Callable[[str], str]) -> list[RevenuePoint]:
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys((*_COUNTERS, "net"), 0))
    for row in rows:
        kept = sums[period(str(row.day)), str(row.currency)]
        for name in _COUNTERS:
            kept[name] += int(getattr(row, name))
        kept["net"] += row.net
    return [RevenuePoint(period=name, currency=currency, **kept) for (name, currency), kept in sorted(sums.items())]


def _sums(rows: Iterable[SalesDay]) -> list[CurrencySum]:
    return [_summed(point.currency, [point]) for point in _points(rows, lambda _day: "all")]


def _growth(before: int, now: int) -> float | None:
    return round(100 * (now - before) / before, 2) if before > 0 else None


def _product(row: ProductMonth) -> ProductRow:
    orders, amount, refunds = int(row.orders), int(row.amount), int(row.refunds)
    return ProductRow(
        product=row.product,
        title=row.title,
        currency=row.currency,
        orders=orders,
        renewals=int(row.renewals),
        amount=amount,
        average=amount // orders if orders else None,
        refunds=refunds,
        refunded=int(row.refunded),
        refund_rate=round(100 * refunds / orders, 2) if orders else None,
    )


def _country(name: str, rows: Iterable[CountryMonth]) -> Country:
    kept = list(rows)
    orders = sum(int(row.orders) for row in kept)
    if orders < SMALL:
        return Country(country=name, is_hidden=True)
    return Country(
        country=name,
        orders=orders,
        buyers=sum(int(row.newcomers) for row in kept),
        amounts=[CountrySum(currency=row.currency, amount=int(row.amount)) for row in kept],
        told_by={each: told for each in SOURCES if (told := sum(int(getattr(row, f"by_{each}")) for row in kept))},
    )
