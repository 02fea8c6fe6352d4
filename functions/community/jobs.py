"""Each quarter of an hour: questions that waited long enough go to more mentors. Each night: the pool of mentors."""

from datetime import datetime

from lyceum.kit import clock, ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.jobs import schedules
from lyceum.kit.jobs.jobs import Jobs, Run
from lyceum.kit.table import Unit, find
from lyceum.model.community.questions import HelpRouting
from lyceum.tasks.community import RouteQuestion

from functions.community.questions import pool
from functions.community.questions.routing import QUARTER

jobs = Jobs("community")
handler = jobs.handler


@jobs.in_every_span("rate(15 minutes)", QUARTER)
def widen_offers(quarter: datetime) -> None:
    """Order the next wave of every question whose present one is over; the order is the same however often it comes."""
    after = None
    while True:
        due = find(HelpRouting, index="gsi1", due_bucket=schedules.bucket(quarter), after=after)
        for routing in due.items:
            wave = int(routing.wave) + 1
            task = RouteQuestion(
                event_id=ids.derived_id(quarter, "help_question.route", str(routing.question_id), str(wave)),
                question_id=routing.question_id,
                wave=wave,
            )
            Unit().put(OutboxItem.of(task), task).commit()
        after = due.last_key
        if after is None:
            return


@jobs.in_every_tenant("cron(20 2 * * ? *)")
def refresh_pool(run: Run) -> None:
    """Bring every mentor into the pool as their account says now, should an event have been lost."""
    after = None
    while run.has_time:
        after = pool.sync_page(clock.now(), after)
        if after is None:
            return
