"""Metrics as tables, read as they were folded: columns, and rows without what few people did."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import find, find_whole
from lyceum.model.insights.activity import ActivityDay, CourseMonth, RetentionCell, TierCount
from lyceum.model.insights.journeys import STEPS, FunnelMonth
from lyceum.model.insights.sales import CREDITED, DEBITED, CountryMonth, ProductMonth, SalesDay
from lyceum.model.users.directory import UserCount

SMALL = 5
"""Of fewer people nothing is told."""
_COUNTS = (
    "active", "active_7", "active_30", "newcomers", "registered", "questions_submitted", "questions_approved",
    "enrolled", "left", "completed", "lessons", "exams", "submissions", "downloads", "answers",
)  # fmt: skip
_OF_COURSES = ("enrolled", "completed", "left", "lessons")
_OF_SALES = ("entries", *CREDITED, *DEBITED)
_OF_PRODUCTS = ("orders", "renewals", "amount", "refunds", "refunded")
Row = list[str | int | float]
Table = tuple[list[str], list[Row]]


def _since(days: int) -> str:
    return clock.iso(clock.now() - timedelta(days=days - 1))[:10]


def _activity(days: int) -> Table:
    found = find(ActivityDay, from_sort=_since(days), limit=days).items
    return ["day", *_COUNTS], [[str(each.day), *_numbers(each, _COUNTS)] for each in found]


def _courses(days: int) -> Table:
    columns = ["month", "course_id", *_OF_COURSES]
    rows: list[Row] = []
    for month in _months(days):
        found = find_whole(CourseMonth, month=month)
        rows += [[month, str(each.course_id), *_numbers(each, _OF_COURSES)] for each in found]
    return columns, rows


def _months(days: int) -> list[str]:
    now = clock.now()
    return sorted({clock.iso(now - timedelta(days=back))[:7] for back in range(days)})


def _retention(days: int) -> Table:
    found = find_whole(RetentionCell, grain="week", from_sort=_since(days + 6))
    rows: list[Row] = [[str(each.cohort), int(each.offset), int(each.users)] for each in found]
    return ["week", "weeks_later", "users"], _large(rows)


def _users(_days: int) -> Table:
    rows: list[Row] = [["role", str(each.group), int(each.total)] for each in find(UserCount).items]
    rows += [["tier", str(each.tier), int(each.total)] for each in find(TierCount).items]
    return ["by", "group", "users"], _large(rows)


def _revenue(days: int) -> Table:
    found = find_whole(SalesDay, from_sort=_since(days))
    rows: list[Row] = [[str(each.day), str(each.currency), *_numbers(each, _OF_SALES), each.net] for each in found]
    return ["day", "currency", *_OF_SALES, "net"], rows


def _products(days: int) -> Table:
    columns = ["month", "product", "title", "currency", *_OF_PRODUCTS]
    rows: list[Row] = []
    for month in _months(days):
        for each in find_whole(ProductMonth, month=month):
            named = [month, str(each.product), str(each.title or each.product), str(each.currency)]
            rows.append([*named, *_numbers(each, _OF_PRODUCTS)])
    return columns, rows


def _countries(days: int) -> Table:
    rows: list[Row] = []
    for month in _months(days):
        found = find_whole(CountryMonth, month=month)
        orders: Counter[str] = Counter()
        for each in found:
            orders[str(each.country)] += int(each.orders)
        rows += [
            [month, str(each.country), str(each.currency), *_numbers(each, ("orders", "newcomers", "amount"))]
            for each in found
            if orders[str(each.country)] >= SMALL
        ]
    return ["month", "country", "currency", "orders", "newcomers", "amount"], rows


def _funnel(days: int) -> Table:
    months = _months(days)
    found = find(FunnelMonth, from_sort=months[0], to_sort=months[-1], limit=len(months)).items
    rows: list[Row] = [[str(each.cohort), step, int(getattr(each, step))] for each in found for step in STEPS]
    return ["month", "step", "users"], _large(rows)


def _large(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if not 0 < int(row[-1]) < SMALL]


def _numbers(item: Any, names: tuple[str, ...]) -> list[int]:
    return [int(getattr(item, name)) for name in names]


TABLES: dict[str, Callable[[int], Table]] = {
    "activity": _activity,
    "courses": _courses,
    "retention": _retention,
    "users": _users,
    "revenue": _revenue,
    "products": _products,
    "countries": _countries,
    "funnel": _funnel,
}
