"""Incidents of unusual traffic: one a day and pattern opens by itself with the first ban, and ends with the last."""

from datetime import datetime, timedelta
from typing import get_args

from lyceum.kit import clock, context, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch, find
from lyceum.kit.traffic.records import WatchedAddress
from lyceum.model.admin.platform import PlatformIncident

from functions.insights.anomalies.scoring import BANNED_FOR, Pattern

_MOST_WATCHED = 500
_OPENED = "Addresses whose calls look like {pattern} are refused for a while. Nobody else is concerned."
_CLOSED = "No address is refused for it any more."


def open_for(pattern: str) -> None:
    """Open the incident of a pattern and day, unless it was opened before (1 transaction)."""
    now = clock.now()
    incident = PlatformIncident(
        incident_id=_name(now, pattern),
        title=f"Unusual traffic: {pattern}",
        impact="none",
        state="investigating",
        components=["api"],
        updates=[_update(now, "investigating", _OPENED.format(pattern=pattern))],
        started_at=now,
    )
    try:
        Unit().create(incident).commit()
    except (ConditionFailed, Conflict):
        return


def close() -> None:
    """Resolve what opened by itself since yesterday and has no ban left (2 requests, and a write each)."""
    now = clock.now()
    days = (now, now - timedelta(days=1), now - timedelta(days=2))
    names = {_name(day, pattern): pattern for day in days for pattern in get_args(Pattern) if pattern in BANNED_FOR}
    found = batch_fetch([PlatformIncident.at(incident_id=name) for name in names], consistent=True)
    left = [each for each in found if isinstance(each, PlatformIncident) and each.state != "resolved"]
    if not left:
        return
    watched = find(WatchedAddress, limit=_MOST_WATCHED).items
    refused = {str(each.pattern) for each in watched if each.state == "banned" and each.until > now}
    for incident in left:
        if names[str(incident.incident_id)] not in refused:
            _resolve(incident, now)


def _resolve(incident: PlatformIncident, now: datetime) -> None:
    incident.state, incident.resolved_at = "resolved", now
    incident.updates = [_update(now, "resolved", _CLOSED), *incident.updates]
    try:
        Unit().replace(incident).commit()
    except (ConditionFailed, Conflict):  # somebody wrote meanwhile; it is looked at again within the hour
        return


def _name(day: datetime, pattern: str) -> str:
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return ids.derived_id(midnight, "traffic", context.tenant(), pattern)


def _update(now: datetime, state: str, message: str) -> dict[str, str]:
    return {"at": clock.iso(now), "state": state, "message": message}
