"""What is done on time: audit events are linked each minute, and the root of each day is signed when it is over."""

from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.jobs.jobs import Jobs

from functions.compliance.audit import chain

jobs = Jobs("compliance")
handler = jobs.handler


@jobs.in_every_span("rate(1 minute)", timedelta(hours=1))
def link_audit_events(hour: datetime) -> None:
    """Link the audit events of an hour into the chain of their day, those that its last run was too early for too."""
    chain.link_span(hour - chain.LOOKS_BACK, min(hour + timedelta(hours=1), clock.now() - chain.SETTLES))


@jobs.in_every_span("rate(1 hour)", timedelta(days=1))
def seal_audit_days(day: datetime) -> None:
    """Sign the root of each day that is over; the day that goes on is left to a later run."""
    for each in (day - timedelta(days=1), day):
        chain.seal(each)
