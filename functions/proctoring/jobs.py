"""Each night: pictures of the camera go whose time is over."""

from datetime import datetime, timedelta

from lyceum.kit.jobs.jobs import Jobs

from functions.proctoring import snapshots

jobs = Jobs("proctoring")
handler = jobs.handler


@jobs.in_every_span("cron(30 2 * * ? *)", timedelta(days=1))
def let_snapshots_go(day: datetime) -> None:
    """Remove the pictures whose day it is."""
    snapshots.let_go(day)
