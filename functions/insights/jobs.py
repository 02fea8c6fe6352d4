"""Each night: how many users have a plan of which tier, counted anew, models learnt anew, and the lake put together."""

from collections import Counter
from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.table import Unit, find, find_all
from lyceum.model.insights.activity import TierCount
from lyceum.model.users.account import User

from functions.insights.anomalies import incidents
from functions.insights.exports import scheduling
from functions.insights.lake import compacting, metrics
from functions.insights.models import training

jobs = Jobs("insights")
handler = jobs.handler


@jobs.in_every_span("cron(30 2 * * ? *)", timedelta(days=1))
def count_tiers(_day: datetime) -> None:
    """Count accounts that are not deleted by tier; a tier that nobody has any more is told as empty."""
    now = clock.now()
    users = find_all(User, index="gsi1")
    counts = Counter(str(user.tier) for user in users if user.status != "deleted")
    for known in find(TierCount).items:
        counts.setdefault(str(known.tier), 0)
    for tier, total in counts.items():
        Unit().put(TierCount(tier=tier, total=total, counted_at=now)).commit()


@jobs.in_every_span("cron(0 3 * * ? *)", timedelta(days=1))
def train_models(day: datetime) -> None:
    """Start learning a tenant's models anew, once a night."""
    training.start_nightly(day)


@jobs.in_every_span("cron(0 4 * * ? *)", timedelta(days=1))
def put_lake_together(_day: datetime) -> None:
    """Put the small files of the lake together by day, and hold the days' figures against it."""
    for day, events in compacting.compact().items():
        metrics.verify(day, events)


@jobs.in_every_span("rate(1 hour)", timedelta(hours=1))
def close_incidents(_hour: datetime) -> None:
    """Resolve incidents that opened by themselves and whose addresses are refused no longer."""
    incidents.close()


@jobs.in_every_span("cron(5 6 * * ? *)", timedelta(days=1))
def write_due_reports(_day: datetime) -> None:
    """Write the reports that come again and are due."""
    scheduling.write_due()
