"""Each night: anchors the certificates of the day before, and tells whose certificates end soon."""

from datetime import datetime, timedelta

from lyceum.kit.jobs.jobs import Jobs

from functions.certificates.checking import anchors, reminding

jobs = Jobs("certificates")
handler = jobs.handler


@jobs.in_every_span("cron(20 0 * * ? *)", timedelta(days=1))
def anchor(day: datetime) -> None:
    """Anchor the certificates of the day that is over."""
    anchors.anchor_day(day - timedelta(days=1))


@jobs.in_every_span("cron(0 6 * * ? *)", timedelta(days=1))
def remind(day: datetime) -> None:
    """Tell the holders of certificates that end in a month or in a week."""
    reminding.remind(day)
