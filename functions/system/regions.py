"""Regions: this one by a look at its own storage, those on the board by what their checks found."""

from contextlib import AbstractContextManager
from dataclasses import replace

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.errors import NotFound
from lyceum.kit.http import Listing
from lyceum.kit.table import Slice, cut, find
from lyceum.kit.telemetry.collector import percentile
from lyceum.model.admin.platform import Region
from lyceum.model.admin.telemetry import CLASSES, ApiUsage

from functions.system.health import health
from functions.system.schemas import RegionHealth, RegionMetrics

_MOST_ROUTES = 1000


def own() -> str:
    """Name the region that answers."""
    return str(clients.client("s3").meta.region_name)


def health_of(name: str) -> RegionHealth:
    """Return the health of a region (1 request); raises NotFound for one that is not on the board."""
    if name == own():
        return _own_health()
    with _as_operator():
        region = Region.fetch(region=name)
    if region is None:
        raise NotFound("There is no such region.")
    return _of_board(region)


def metrics(query: Listing) -> Slice[RegionMetrics]:
    """Return a page of the regions: this one, and those on the board (3 requests)."""
    here = _own_health()
    with _as_operator():
        regions = find(Region).items
    calls = find(ApiUsage, day=clock.iso(clock.now())[:10], limit=_MOST_ROUTES).items
    classes = [sum(call.classes[number] for call in calls) for number in range(len(CLASSES))]
    first = RegionMetrics(
        **here.model_dump(),
        checks=1,
        failed_checks=int(here.state == "down"),
        p50_ms=percentile(classes, 0.5),
        p95_ms=percentile(classes, 0.95),
        requests_today=sum(int(call.total) for call in calls),
        failed_today=sum(int(call.failed) for call in calls),
    )
    rows = [first, *(_metrics_of(region) for region in regions)]
    return cut(rows, lambda row: row.region, limit=query.limit, after=query.start_key())


def _as_operator() -> AbstractContextManager[context.RequestContext]:
    """Name items of the main tenant, to which the board belongs."""
    return context.working(replace(context.current(), tenant=context.MAIN_TENANT))


def _own_health() -> RegionHealth:
    state = "up" if health().status == "ok" else "degraded"
    return RegionHealth.model_validate({"region": own(), "is_this": True, "state": state, "checked_at": clock.now()})


def _of_board(region: Region) -> RegionHealth:
    return RegionHealth.model_validate(
        {
            "region": region.region,
            "title": region.title,
            "is_this": False,
            "state": region.state,
            "checked_at": region.checked_at,
        }
    )


def _metrics_of(region: Region) -> RegionMetrics:
    spent = sorted(milliseconds for milliseconds, _ in region.results if milliseconds is not None)
    return RegionMetrics(
        **_of_board(region).model_dump(),
        checks=len(region.results),
        failed_checks=sum(state == "down" for _, state in region.results),
        p50_ms=spent[len(spent) // 2] if spent else None,
        p95_ms=spent[int(len(spent) * 0.95)] if spent else None,
    )
