"""The checks of each minute: does every component do its work, and what do other regions say.

A check is the real thing in small: a request through the gateway, an item written and read, a file put and got. While
the table can not be written, a file in the bucket keeps since when, so the minutes are filled in afterwards.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.jobs.records import JobState
from lyceum.kit.outgoing.client import client
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.model.admin.platform import Region, UptimeDay
from lyceum.model.admin.telemetry import LiveMark
from lyceum.rules.operating import status_page

_PROBE = "status/probe"
_DOWN_SINCE = "status/down-since.json"
_KEPT = timedelta(days=400)
_MOST_SPANS = 200
_MOST_RESULTS = 60
_FAILURES = 3
"""From so many failed runs of a job in a row on, work in the background counts as degraded."""
_SLOW_SECONDS = 5
_COPY_EVERY_MINUTES = 10
logger = Logger()


def check() -> None:
    """Check everything and write down how it went; raises nothing of what the checks find."""
    now = clock.now()
    with context.working(context.RequestContext(context.MAIN_TENANT)):
        states = {name: _safely(name, probe) for name, probe in _PROBES.items()}
        if states["storage"] == "down" or not _stored(now, states):
            _remember_outage(now)


def _stored(now: datetime, states: dict[str, str]) -> bool:
    """Write down what was found, tell the public, and ask other regions; says whether the table took it."""
    try:
        _record(now, states)
        _tell(now)
        _poll_regions()
    except Exception as error:
        logger.warning("checks not stored", extra={"reason": type(error).__name__})
        return False
    return True


def _safely(name: str, probe: Callable[[], str]) -> str:
    try:
        return probe()
    except Exception as error:
        reason = clients.error_code(error) or type(error).__name__
        logger.warning("component is down", extra={"component": name, "reason": reason})
        return "down"


def _storage() -> str:
    """Write and read one item."""
    now = clock.now()
    Unit().put(LiveMark(topic="probe", sent_at=now, ttl=timedelta(days=1))).commit()
    stored = LiveMark.fetch(topic="probe", consistent=True)
    return "up" if stored and stored.sent_at == now else "down"


def _files() -> str:
    """Put and get one small file."""
    s3, place = clients.client("s3"), {"Bucket": settings().bucket, "Key": _PROBE}
    written = clock.iso(clock.now()).encode()
    s3.put_object(**place, Body=written)
    return "up" if s3.get_object(**place)["Body"].read() == written else "down"


def _api() -> str:
    """Ask the deployment's own health as a client would, through the gateway."""
    _, state = ask(settings().api_url)
    return state


def _background() -> str:
    """Look at the jobs: one that failed several times in a row is trouble."""
    failing = [state.job for state in find(JobState, limit=500).items if int(state.failures) >= _FAILURES]
    return "degraded" if failing else "up"


_PROBES: dict[str, Callable[[], str]] = {
    "api": _api,
    "storage": _storage,
    "files": _files,
    "background": _background,
}


def ask(url: str) -> tuple[int | None, str]:
    """Ask a deployment for its health, and return how many milliseconds that took and its state."""
    started = perf_counter()
    caller = replace(client(), own_domain="", total_seconds=8, most_bytes=16 * 1024)
    try:
        reply = caller.call("GET", f"{url.rstrip('/')}/api/health")
        told = json.loads(reply.body)["data"]["status"] if reply.is_success else ""
    except Exception as error:
        logger.warning("health not answered", extra={"reason": type(error).__name__})
        return None, "down"
    spent = perf_counter() - started
    if told not in {"ok", "degraded"}:
        return round(spent * 1000), "down"
    is_slow = spent > _SLOW_SECONDS
    return round(spent * 1000), "degraded" if told == "degraded" or is_slow else "up"


def _record(now: datetime, states: dict[str, str]) -> None:
    """Add this minute to its day, and the minutes before it in which the table was down (2 requests)."""
    name, minute = clock.iso(now)[:10], now.hour * 60 + now.minute
    day = UptimeDay.fetch(day=name, consistent=True) or UptimeDay(day=name)
    day.components = dict(day.components)
    since = _outage_since()
    if since is not None:
        first = since.hour * 60 + since.minute if clock.iso(since)[:10] == name else 0
        for missed in range(first, minute):
            for component in ("storage", "api"):
                add_minute(day, component, missed, "down")
    for component, state in states.items():
        add_minute(day, component, minute, state)
    day.ttl = _KEPT
    Unit().put(day).commit()
    if since is not None:
        clients.client("s3").delete_object(Bucket=settings().bucket, Key=_DOWN_SINCE)


def add_minute(day: UptimeDay, component: str, minute: int, state: str) -> None:
    """Count a minute of a component once; one that was counted, or lies before the last, changes nothing."""
    told = day.components.setdefault(component, {"checked": 0, "down": 0, "degraded": 0, "minute": -1, "spans": []})
    if minute <= told["minute"]:
        return
    told["checked"] += 1
    if state in {"down", "degraded"}:
        told[state] += 1
        spans = told["spans"]
        if spans and spans[-1][1] == minute - 1 and spans[-1][2] == state:
            spans[-1][1] = minute
        elif len(spans) < _MOST_SPANS:
            spans.append([minute, minute, state])
    told["minute"], told["state"] = minute, state


def _outage_since() -> datetime | None:
    """Return since when the table could not be written, None where it could (1 request to the bucket)."""
    try:
        stored = clients.client("s3").get_object(Bucket=settings().bucket, Key=_DOWN_SINCE)
    except Exception:
        return None
    return clock.parse(json.loads(stored["Body"].read())["since"])


def _remember_outage(now: datetime) -> None:
    if _outage_since() is None:
        body = json.dumps({"since": clock.iso(now)}).encode()
        with suppress(Exception):  # without table and bucket there is nobody to tell
            clients.client("s3").put_object(Bucket=settings().bucket, Key=_DOWN_SINCE, Body=body)


def _tell(now: datetime) -> None:
    """Bring the copy of the status page up to date: when it says something else, and every ten minutes."""
    page = status_page.compose()
    try:
        before: dict[str, Any] | None = status_page.copy()
    except Exception:
        before = None
    if before is None or _gist(before) != _gist(page) or now.minute % _COPY_EVERY_MINUTES == 0:
        status_page.store(page)


def _gist(page: dict[str, Any]) -> Any:
    states = {component["name"]: component["state"] for component in page["components"]}
    return page["status"], states, page["incidents"]


def _poll_regions() -> None:
    regions = find(Region).items
    if not regions:
        return
    with ThreadPoolExecutor(min(8, len(regions))) as pool:
        answers = list(pool.map(lambda region: ask(region.url), regions))
    for region, (milliseconds, state) in zip(regions, answers, strict=True):
        region.state, region.checked_at = state, clock.now()
        region.results = [[milliseconds, state], *region.results][:_MOST_RESULTS]
        Unit().amend(region, "state", "checked_at", "results").commit()
