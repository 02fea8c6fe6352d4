"""What batches of telemetry add to the live figures of requests and errors."""

from collections.abc import Sequence
from typing import Any

from lyceum.kit.telemetry.task import FoldTelemetry
from lyceum.rules.operating import live_figures

_MOST_NAMED = 5


def show(batches: Sequence[FoldTelemetry]) -> None:
    """Show what batches add to the figures."""
    calls = [row for batch in batches for row in batch.calls]
    failures = [row for batch in batches for row in batch.failures]
    if calls:
        live_figures.send("requests", _requests(calls))
    if failures:
        live_figures.send("errors", _errors(failures))


def _requests(calls: Sequence[dict[str, Any]]) -> dict[str, Any]:
    sums = {name: sum(row[name] for row in calls) for name in ("count", "failed", "refused", "anonymous")}
    busiest = sorted(calls, key=lambda row: -row["count"])[:_MOST_NAMED]
    slowest = max(float(row["max_ms"]) for row in calls)
    routes = [{"route": row["group"], "count": row["count"]} for row in busiest]
    return {
        "requests": sums["count"],
        "failed": sums["failed"],
        "refused": sums["refused"],
        "anonymous": sums["anonymous"],
        "slowestMs": slowest,
        "routes": routes,
    }


def _errors(failures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    named = [{"fingerprint": row["group"], "type": row["type"], "where": row["where"]} for row in failures]
    return {"count": sum(row["count"] for row in failures), "errors": named[:_MOST_NAMED]}
