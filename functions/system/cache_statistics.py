"""How often what functions keep was of use, from the counts that they send."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from lyceum.kit import clock, context
from lyceum.kit.table import find
from lyceum.model.admin.telemetry import DayCount

from functions.system.schemas import CacheRow, CacheStatistics

_PREFIX = "cache."


def of_days(days: int) -> CacheStatistics:
    """Return hits and misses of every cache of the deployment (a request for each day)."""
    hits: dict[str, int] = defaultdict(int)
    misses: dict[str, int] = defaultdict(int)
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        for back in range(days):
            day = clock.iso(clock.now() - timedelta(days=back))[:10]
            for item in find(DayCount, day=day, name=_PREFIX).items:
                cache, _, outcome = item.name.removeprefix(_PREFIX).rpartition(".")
                (hits if outcome == "hit" else misses)[cache] += int(item.total)
    return CacheStatistics(days=days, caches=[_row(name, hits[name], misses[name]) for name in sorted(hits | misses)])


def _row(name: str, hits: int, misses: int) -> CacheRow:
    total = hits + misses
    return CacheRow(cache=name, hits=hits, misses=misses, hit_rate=round(hits / total, 4) if total else None)
