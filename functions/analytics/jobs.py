"""Each five minutes: works out the reports of courses and teachers to which something happened."""

from lyceum.kit.jobs.jobs import Jobs, Run

from functions.analytics.classes import stale

jobs = Jobs("analytics")
handler = jobs.handler


@jobs.in_every_tenant("rate(5 minutes)")
def follow_reports(run: Run) -> None:
    """Work out what is marked; what there is no time for stays marked."""
    stale.work_off(lambda: run.has_time)
