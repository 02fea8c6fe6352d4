"""What an organisation used and what that costs: counts of days times list prices.

The prices are those of `infra/prices.toml`, by which the deployment's own page of costs is reckoned. A call is taken to
be one request of the gateway and of a function, with the storage units and bytes that were counted for it.
"""

from collections.abc import Sequence
from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch, find
from lyceum.kit.telemetry.collector import BOUNDS_MS
from lyceum.model.admin.telemetry import ApiUsage
from lyceum.model.content.uploads import UploadUsage
from lyceum.model.users.directory import UserCount

from functions.organizations import reach
from functions.organizations.schemas import UsageDay, UsageQuery, UsageView

AS_OF = "2026-11-29"
PRICES = {
    "gatewayRequest": 1.00e-6,
    "lambdaRequest": 0.20e-6,
    "lambdaGbSecond": 13.3334e-6,
    "readUnit": 0.125e-6,
    "writeUnit": 0.625e-6,
    "transferGb": 0.09,
    "fileGbMonth": 0.023,
}
"""USD for each; units of storage are not told apart by reads and writes, and are reckoned as writes."""
_MEMORY_GB = 0.5
_GB = 1_000_000_000
_MOST_ROUTES = 1000
_PARTS = 16


def show(caller: Principal, organization_id: str, query: UsageQuery) -> UsageView:
    """Show the use of some days with its cost (1 request for each day, and 1 beside); raises NotFound."""
    name = reach.require(caller, organization_id)
    with reach.within(name):
        by_day = {day: find(ApiUsage, day=day, limit=_MOST_ROUTES).items for day in _days(query.days)}
        counts = batch_fetch([UserCount.at(group="all"), *_file_counts()])
    files = [each for each in counts if isinstance(each, UploadUsage)]
    people = next((int(each.total) for each in counts if isinstance(each, UserCount)), 0)
    stored_bytes = sum(int(each.size_bytes) for each in files)
    rows = [row for rows in by_day.values() for row in rows]
    return UsageView(
        organization_id=name,
        days=[_day(day, rows) for day, rows in by_day.items()],
        calls=_total(rows, "total"),
        people=people,
        answer_bytes=_total(rows, "answer_bytes"),
        storage_units=float(sum(row.units for row in rows)),
        stored_files=sum(int(each.files) for each in files),
        stored_bytes=stored_bytes,
        cost_usd=cost(rows),
        files_usd=round(stored_bytes / _GB * PRICES["fileGbMonth"], 6),
        prices=PRICES,
        as_of=AS_OF,
    )


def _days(count: int) -> list[str]:
    return [clock.iso(clock.now() - timedelta(days=back))[:10] for back in range(count)]


def _file_counts() -> list[UploadUsage]:
    return [UploadUsage.at(owner_id=f"tenant-{part}", span="all") for part in range(_PARTS)]


def _day(day: str, rows: Sequence[ApiUsage]) -> UsageDay:
    return UsageDay(day=day, calls=_total(rows, "total"), failed=_total(rows, "failed"), cost_usd=cost(rows))


def _total(rows: Sequence[ApiUsage], name: str) -> int:
    return sum(int(getattr(row, name)) for row in rows)


def cost(rows: Sequence[ApiUsage]) -> float:
    """Return what calls cost in USD: requests, seconds by the upper ends of their classes, storage and transfer."""
    calls = _total(rows, "total")
    seconds = sum(_seconds(row) for row in rows)
    usd = calls * (PRICES["gatewayRequest"] + PRICES["lambdaRequest"])
    usd += seconds * _MEMORY_GB * PRICES["lambdaGbSecond"]
    usd += float(sum(row.units for row in rows)) * PRICES["writeUnit"]
    usd += _total(rows, "answer_bytes") / _GB * PRICES["transferGb"]
    return round(usd, 6)


def _seconds(row: ApiUsage) -> float:
    uppers = (*BOUNDS_MS, float(row.max_ms or BOUNDS_MS[-1]))
    return sum(count * upper for count, upper in zip(row.classes, uppers, strict=True)) / 1000
