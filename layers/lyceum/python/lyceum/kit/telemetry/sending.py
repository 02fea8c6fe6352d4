"""Sending what a process gathered, at the end of a call and seldom enough to cost nothing.

One small write carries it to the worker that folds it. An unforeseen failure goes out within a second, all else every
ten seconds, of jobs every ten minutes. What a process holds when it is put away is lost: at most its last counts.
"""

from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.telemetry import collector
from lyceum.kit.telemetry.records import TelemetryBatch
from lyceum.kit.telemetry.task import FoldTelemetry
from lyceum.kit.traffic import callers
from lyceum.kit.traffic.task import FoldCallers

SELDOM = timedelta(seconds=10)
SOON = timedelta(seconds=1)
_KEPT = timedelta(days=1)
_MOST = {"calls": 12, "failures": 4, "storage": 6, "tallies": 24}
"""Groups in one batch, so that folding it is one transaction."""
_sent: dict[str, datetime] = {}
logger = Logger()


def send(every: timedelta = SELDOM) -> None:
    """Send what is due, failures at once; that it can not be sent costs the figures and nothing else."""
    if not collector.is_on() or not _is_due(every):
        return
    now = _sent["at"] = clock.now()
    rows = collector.gathered.take(_MOST)
    busiest = callers.take()
    if not any(rows.values()):
        return
    collector.pause(paused=True)
    try:
        with context.working(context.RequestContext(context.MAIN_TENANT)):
            task = FoldTelemetry(function=settings().function, **rows)
            traffic = [FoldCallers(rows=busiest)] if busiest else []
            Unit().put(TelemetryBatch(event_id=task.event_id, ttl=now + _KEPT), task, *traffic).commit()
    except Exception as error:
        logger.warning("telemetry not sent", extra={"reason": type(error).__name__})
    finally:
        collector.pause(paused=False)


def forget() -> None:
    """Forget when something was sent, as a new process does."""
    _sent.clear()


def _is_due(every: timedelta) -> bool:
    last = _sent.get("at")
    wait = SOON if collector.gathered.failures else every
    return last is None or not last <= clock.now() < last + wait
