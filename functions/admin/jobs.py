"""Each minute: checks of every component, and the status page's copy."""

from lyceum.kit.jobs.jobs import Jobs

from functions.admin.status import checks

jobs = Jobs("admin")
handler = jobs.handler


@jobs.once("rate(1 minute)")
def check_components() -> None:
    """Check every component and other regions, for the whole deployment."""
    checks.check()
