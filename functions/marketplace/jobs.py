"""What is due on time: payouts whose end is not known yet are asked for."""

from contextlib import suppress
from datetime import datetime, timedelta

from lyceum.kit import clock, ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import Conflict
from lyceum.kit.jobs import schedules
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.table import Unit, find_all
from lyceum.model.payouts import Payout
from lyceum.tasks.marketplace import SendPayout

jobs = Jobs("marketplace")
handler = jobs.handler
_DAY = timedelta(days=1)
_LOOKED_BACK = 4


@jobs.in_every_span("cron(37 * * * ? *)", _DAY)
def open_payouts(day: datetime) -> None:
    """Have providers asked for payouts on their way, again in each hour until their end is known."""
    hour = schedules.start_of(clock.now(), timedelta(hours=1))
    for back in range(_LOOKED_BACK):
        for payout in find_all(Payout, index="gsi1", due_day=f"{day - back * _DAY:%Y-%m-%d}"):
            named = ids.derived_id(hour, "payout.send", payout.payout_id)
            task = SendPayout(event_id=named, payee_id=payout.payee_id, payout_id=payout.payout_id)
            with suppress(Conflict):  # a run before ordered it
                Unit().create(OutboxItem.of(task), task).commit()
