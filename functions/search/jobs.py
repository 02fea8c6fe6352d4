"""Changes come into the stored index each minute, a tenant's first one is begun, and all is built anew each week."""

from lyceum.kit.jobs.jobs import Jobs, Run
from lyceum.kit.settings import settings
from lyceum.search.embedded import publishing
from lyceum.search.engine import engine

jobs = Jobs("search")
handler = jobs.handler


@jobs.in_every_tenant("rate(1 minute)")
def publish(run: Run) -> None:
    """Bring the log of changes into the stored index, where there are any."""
    if run.has_time and not settings().search_endpoint:
        publishing.publish_changes()


@jobs.in_every_tenant("rate(15 minutes)")
def begin(run: Run) -> None:
    """Build the index of a tenant that has none yet, such as one that was there before there was a search."""
    if run.has_time and not settings().search_endpoint:
        publishing.begin()


@jobs.in_every_tenant("cron(20 2 ? * SUN *)")
def rebuild(run: Run) -> None:
    """Build the index anew: popularity as it is now, and nothing that was ever missed; a collection is filled anew."""
    if not run.has_time:
        return
    if settings().search_endpoint:
        publishing.fill(engine())
    else:
        publishing.rebuild()
