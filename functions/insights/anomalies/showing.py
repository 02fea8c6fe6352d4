"""Anomalies as they are shown."""

from collections import Counter

from lyceum.kit import clock
from lyceum.kit.table import find
from lyceum.kit.traffic.records import WatchedAddress
from lyceum.model.insights.traffic import CallerHour

from functions.insights.anomalies import scoring, watching
from functions.insights.anomalies.schemas import Anomalies, AnomaliesQuery, BanView, CallerView

_MOST_BANS = 500


def show(query: AnomaliesQuery) -> Anomalies:
    """Return busy addresses of an hour with their scores, and what is watched (2 requests)."""
    hour = query.hour or watching.hour_of(clock.now())
    rows = {str(each.address): each for each in find(CallerHour, hour=hour, limit=watching.MOST_CALLERS).items}
    counts = {name: {key: int(getattr(row, key)) for key in watching.COUNTERS} for name, row in rows.items()}
    scored = [each for each in scoring.score(counts) if query.only == "all" or each.is_anomalous]
    return Anomalies(
        as_of=clock.now(),
        definition=(
            "Addresses with many calls or refusals within seconds, added up by the hour (UTC). The score is the"
            " distance to the median of all of them by their median distance, of the logarithms of counts."
        ),
        hour=hour,
        callers=[_caller(each, rows[each.address]) for each in scored],
        patterns=dict(Counter(each.pattern for each in scored if each.pattern and each.is_anomalous)),
        bans=[ban(each) for each in find(WatchedAddress, limit=_MOST_BANS).items],
    )


def _caller(each: scoring.Scored, row: CallerHour) -> CallerView:
    counts = {name: int(getattr(row, name)) for name in ("calls", "refused", "denied", "limited", "failed")}
    told = {"address": each.address, "score": each.score, "pattern": each.pattern}
    return CallerView.model_validate({**told, **counts, "is_anomalous": each.is_anomalous})


def ban(watched: WatchedAddress) -> BanView:
    """Show an address that is watched."""
    return BanView.model_validate(
        {
            "address": watched.address, "state": watched.state, "strikes": int(watched.strikes),
            "pattern": watched.pattern, "until": watched.until, "is_active": clock.now() < watched.until,
        }
    )  # fmt: skip
