"""What processes tell of busy addresses, added up by the hour and judged while they are at it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from lyceum.kit import clock, context
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.kit.traffic.records import WatchedAddress
from lyceum.kit.traffic.task import CallerRow, FoldCallers
from lyceum.model.insights.traffic import CallerHour
from lyceum.rules.operating import live_figures

from functions.insights.anomalies import banning, incidents, scoring

COUNTERS = ("calls", "refused", "denied", "limited", "failed", "routes")
_KEPT = timedelta(days=7)
MOST_CALLERS = 1000
_GOES_ON = 5
"""So many refusals within some seconds say that somebody goes on."""


def hour_of(moment: datetime) -> str:
    """Name the hour (UTC) of a moment."""
    return clock.iso(moment)[:13]


def fold(told: Sequence[FoldCallers], unit: Unit) -> None:
    """Add what was told to the hours, and warn or ban who is out of the ordinary (2 requests for each hour)."""
    rows: dict[tuple[str, str], dict[str, list[CallerRow]]] = defaultdict(lambda: defaultdict(list))
    for task in told:
        for row in task.rows:
            rows[row.tenant, hour_of(task.at)][row.address].append(row)
    for (tenant, hour), by_address in rows.items():
        with _in_tenant(tenant):
            _fold_hour(unit, hour, by_address)


@contextmanager
def _in_tenant(name: str) -> Iterator[None]:
    with context.working(replace(context.current(), tenant=name)):
        yield


def _fold_hour(unit: Unit, hour: str, by_address: dict[str, list[CallerRow]]) -> None:
    known = find(CallerHour, hour=hour, limit=MOST_CALLERS).items
    counts = {str(each.address): {name: int(getattr(each, name)) for name in COUNTERS} for each in known}
    for address, rows in by_address.items():
        kept = counts.setdefault(address, dict.fromkeys(COUNTERS, 0))
        fresh = {name: sum(int(getattr(row, name)) for row in rows) for name in COUNTERS}
        for name, value in fresh.items():
            kept[name] += value
        changes = [getattr(CallerHour, name).add(value) for name, value in fresh.items()]
        changes += [CallerHour.windows.add(len(rows)), CallerHour.ttl.set(clock.now() + _KEPT)]
        unit.change(CallerHour.at(hour=hour, address=address), *changes, or_create=True)
    going_on = {address for address, rows in by_address.items() if sum(row.refused for row in rows) >= _GOES_ON}
    _judge(unit, {each.address: each for each in scoring.score(counts) if each.is_anomalous}, going_on)


def _judge(unit: Unit, anomalous: dict[str, scoring.Scored], going_on: set[str]) -> None:
    named = sorted(going_on & anomalous.keys())
    found = batch_fetch([WatchedAddress.at(address=address) for address in named], consistent=True) if named else []
    changed: Counter[str] = Counter()
    for address, stored in zip(named, found, strict=True):
        watched = stored if isinstance(stored, WatchedAddress) else None
        pattern = str(anomalous[address].pattern)
        become = banning.advance(watched, address, pattern, clock.now())
        if become is not None:
            unit.save(become)
            changed[str(become.state)] += 1
            if become.state == "banned":
                incidents.open_for(pattern)
    if changed:
        live_figures.send(
            "anomalies", {**changed, "patterns": sorted({str(anomalous[each].pattern) for each in named})}
        )
