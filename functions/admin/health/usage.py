"""Calls by endpoint, and slow and costly storage calls by shape: figures of days, added up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import Slice, cut_sorted, find
from lyceum.kit.telemetry.collector import percentile
from lyceum.model.admin.telemetry import CLASSES, ApiUsage, StorageShape

from functions.admin.health.schemas import (
    ShapeView,
    SlowQuery,
    UsageQuery,
    UsageView,
)

MOST_ROWS = 1000


def days_back(days: int) -> list[str]:
    """Name so many days (UTC), today the first."""
    return [clock.iso(clock.now() - timedelta(days=back))[:10] for back in range(days)]


def calls(query: UsageQuery) -> Slice[UsageView]:
    """Return a page of the endpoints that were called (a request for each day)."""
    items = [item for day in days_back(query.days) for item in find(ApiUsage, day=day, limit=MOST_ROWS).items]
    wanted = [item for item in items if query.route is None or query.route.lower() in item.route.lower()]
    return _sorted([_usage(route, of) for route, of in _by(wanted, "route")], query.sort, "route", query)


def storage(query: SlowQuery) -> Slice[ShapeView]:
    """Return a page of the shapes of storage calls (a request for each day)."""
    items = [item for day in days_back(query.days) for item in find(StorageShape, day=day, limit=MOST_ROWS).items]
    wanted = [item for item in items if query.shape is None or query.shape.lower() in item.shape.lower()]
    return _sorted([_shape(shape, of) for shape, of in _by(wanted, "shape")], query.sort, "shape", query)


def _by(items: Iterable[Any], name: str) -> Iterable[tuple[str, list[Any]]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        found[getattr(item, name)].append(item)
    return found.items()


def _sorted(rows: list[Any], sort: str, name: str, query: UsageQuery | SlowQuery) -> Slice[Any]:
    if sort == name:
        return cut_sorted(rows, lambda row: [getattr(row, name)], limit=query.limit, after=query.start_key())
    field = {"-p95Ms": "p95_ms", "-maxMs": "max_ms"}.get(sort, sort.removeprefix("-"))

    def key(row: Any) -> list[Any]:
        return [float(getattr(row, field) or 0), getattr(row, name)]

    return cut_sorted(rows, key, limit=query.limit, after=query.start_key(), descending=True)


def _classes(items: Sequence[Any]) -> list[int]:
    return [sum(item.classes[number] for item in items) for number in range(len(CLASSES))]


def _usage(route: str, items: Sequence[ApiUsage]) -> UsageView:
    classes, count = _classes(items), sum(int(item.total) for item in items)
    requests = sum(int(item.storage_requests) for item in items)
    return UsageView(
        route=route,
        count=count,
        failed=sum(int(item.failed) for item in items),
        refused=sum(int(item.refused) for item in items),
        anonymous=sum(int(item.anonymous) for item in items),
        signed_in=sum(int(item.signed_in) for item in items),
        p50_ms=percentile(classes, 0.5),
        p95_ms=percentile(classes, 0.95),
        storage_requests_per_call=round(requests / count, 2) if count else 0,
        units=float(sum(item.units for item in items)),
        answer_bytes=sum(int(item.answer_bytes) for item in items),
    )


def _shape(shape: str, items: Sequence[StorageShape]) -> ShapeView:
    classes = _classes(items)
    return ShapeView(
        shape=shape,
        count=sum(int(item.total) for item in items),
        slow=sum(int(item.slow) for item in items),
        costly=sum(int(item.costly) for item in items),
        p50_ms=percentile(classes, 0.5),
        p95_ms=percentile(classes, 0.95),
        max_ms=float(max(item.max_ms for item in items)),
        units=float(sum(item.units for item in items)),
        max_units=float(max(item.max_units for item in items)),
    )
