"""What the public is told of the platform's state: components, ninety days, incidents. A copy of it is in the bucket.

The copy is what is answered when the table can not be read, so the page says that the table is down while it is.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.errors import Unavailable
from lyceum.kit.settings import settings
from lyceum.kit.table import find
from lyceum.model.admin.platform import PlatformIncident, UptimeDay

COPY = "status/page.json"
"""The key of the copy."""
COMPONENTS = ("api", "storage", "files", "background")
DAYS = 90
FRESH = timedelta(seconds=30)
"""How old the page may be that a process answers with."""
_STALE = timedelta(minutes=5)
"""After so long without a check nobody knows."""
_MOST_INCIDENTS = 50
_WORST = ("down", "degraded", "unknown", "up")
_OF_IMPACT = {"critical": "down", "major": "degraded"}
_known: dict[str, dict[str, Any]] = {}
logger = Logger()


def page() -> dict[str, Any]:
    """Return the page of the current tenant, at most 30 seconds old; raises Unavailable without table and copy.

    At most 3 requests, or 1 to the bucket where the table does not answer.
    """
    now, tenant = clock.now(), context.tenant()
    known = _known.get(tenant)
    if known and clock.parse(known["asOf"]) <= now < clock.parse(known["asOf"]) + FRESH:
        return known
    try:
        _known[tenant] = compose()
    except Exception as error:  # whatever it is, the page is for when things fail
        logger.warning("status from the copy", extra={"reason": type(error).__name__})
        return _with_storage_down(_copy())
    return _known[tenant]


def forget() -> None:
    """Forget the page, as a new process does."""
    _known.clear()


def compose() -> dict[str, Any]:
    """Put the page of the current tenant together: the deployment's state, its incidents and the tenant's own."""
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        days = find(UptimeDay, limit=DAYS, descending=True).items
        incidents = _incidents()
    if context.tenant() != context.MAIN_TENANT:
        incidents = [*_incidents(), *incidents]
    components = [_component(name, days) for name in COMPONENTS]
    return {
        "status": _overall(components, incidents),
        "asOf": clock.iso(clock.now()),
        "isCopy": False,
        "components": components,
        "days": [{"day": day.day, "uptime": _shares(day)} for day in days],
        "incidents": incidents,
    }


def _copy() -> dict[str, Any]:
    try:
        return copy()
    except Exception as error:
        raise Unavailable from error


def copy() -> dict[str, Any]:
    """Read the copy of the page from the bucket; raises what the bucket fails with."""
    stored = clients.client("s3").get_object(Bucket=settings().bucket, Key=COPY)
    found: dict[str, Any] = json.loads(stored["Body"].read())
    return found


def store(told: Mapping[str, Any]) -> None:
    """Put the page into the bucket."""
    body = json.dumps({**told, "isCopy": True}, ensure_ascii=False).encode()
    clients.client("s3").put_object(Bucket=settings().bucket, Key=COPY, Body=body, ContentType="application/json")


def _with_storage_down(told: dict[str, Any]) -> dict[str, Any]:
    components = [
        {**component, "state": "down"} if component["name"] == "storage" else component
        for component in told["components"]
    ]
    return {**told, "isCopy": True, "status": "outage", "components": components}


def _incidents() -> list[dict[str, Any]]:
    since = clock.now() - timedelta(days=DAYS)
    found = find(PlatformIncident, limit=_MOST_INCIDENTS, descending=True).items
    return [show(each) for each in found if each.resolved_at is None or each.resolved_at >= since]


def show(incident: PlatformIncident) -> dict[str, Any]:
    """Write an incident as the page has it."""
    return {
        "incidentId": incident.incident_id,
        "title": incident.title,
        "impact": incident.impact,
        "state": incident.state,
        "components": incident.components,
        "startedAt": clock.iso(incident.started_at),
        "resolvedAt": clock.iso(incident.resolved_at) if incident.resolved_at else None,
        "updates": incident.updates,
    }


def _component(name: str, days: Sequence[UptimeDay]) -> dict[str, Any]:
    latest = days[0] if days else None
    told = latest.components.get(name) if latest else None
    state = "unknown"
    if latest and told:
        checked = clock.parse(f"{latest.day}T00:00:00+00:00") + timedelta(minutes=told["minute"])
        state = told["state"] if clock.now() - checked < _STALE else "unknown"
    return {"name": name, "state": state, "uptime": uptime([day.components.get(name, {}) for day in days])}


def _shares(day: UptimeDay) -> dict[str, float | None]:
    return {name: uptime([day.components.get(name, {})]) for name in COMPONENTS}


def uptime(told: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the share of the checked minutes in which something was not down, in percent; None where none was."""
    checked = sum(each.get("checked", 0) for each in told)
    down = sum(each.get("down", 0) for each in told)
    return round(100 * (checked - down) / checked, 3) if checked else None


def _overall(components: Sequence[Mapping[str, Any]], incidents: Sequence[Mapping[str, Any]]) -> str:
    states = {component["state"] for component in components}
    states |= {_OF_IMPACT.get(each["impact"], "up") for each in incidents if each["state"] != "resolved"}
    worst = next(state for state in _WORST if state in states)
    return {"down": "outage", "up": "operational"}.get(worst, worst)
