"""Each night: works out which courses are taken together."""

from lyceum.kit.jobs.jobs import Jobs, Run

from functions.courses.recommending import neighbours

jobs = Jobs("courses")
handler = jobs.handler


@jobs.in_every_tenant("cron(40 2 * * ? *)")
def find_neighbours(run: Run) -> None:
    """Work the neighbours of every course out; what there is no time for is as it was."""
    neighbours.work_out(lambda: run.has_time)
