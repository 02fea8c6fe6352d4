"""Each hour: closes the boards of weeks and months that are over everywhere."""

from datetime import datetime, timedelta

from lyceum.kit.jobs.jobs import Jobs

from functions.gamification.boards import closing

jobs = Jobs("gamification")
handler = jobs.handler


@jobs.in_every_span("cron(20 * * * ? *)", timedelta(days=1))
def close_boards(day: datetime) -> None:
    """Close what is to be closed on a day."""
    for period in closing.periods_to_close(day):
        closing.close(period)
