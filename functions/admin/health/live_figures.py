"""Live figures for those who watch: a message a second and topic at most, and none where nobody watches.

Topics are followed as `admin:requests` and `admin:errors`, in the main tenant, whose figures are the deployment's.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from lyceum.events.admin import FiguresChanged
from lyceum.kit import clock
from lyceum.kit.table import ConditionFailed, Unit, find
from lyceum.kit.telemetry.task import FoldTelemetry
from lyceum.model.admin.telemetry import LiveMark
from lyceum.model.realtime import Follower

APART = timedelta(seconds=1)
_KEPT = timedelta(days=1)
_MOST_NAMED = 5


def show(batches: Sequence[FoldTelemetry]) -> None:
    """Show what batches add to the figures."""
    calls = [row for batch in batches for row in batch.calls]
    failures = [row for batch in batches for row in batch.failures]
    if calls:
        _send("requests", _requests(calls))
    if failures:
        _send("errors", _errors(failures))


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


def _send(topic: str, figures: dict[str, Any]) -> None:
    """Send figures unless nobody follows, or something was sent within the second (2 requests)."""
    if not find(Follower, topic=f"admin:{topic}", limit=1).items:
        return
    now = clock.now()
    is_over = LiveMark.pk.does_not_exist() | (LiveMark.sent_at <= now - APART)
    changes = [LiveMark.sent_at.set(now), LiveMark.ttl.set(now + _KEPT)]
    event = FiguresChanged(topic=topic, figures=figures)
    with suppress(ConditionFailed):
        mark = LiveMark.at(topic=topic)
        Unit().change(mark, *changes, when=is_over, events=[event], or_create=True).commit()
