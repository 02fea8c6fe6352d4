"""What is done on time: deliveries that are due are ordered, minute by minute."""

from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.table import Unit

from functions.webhooks import deliveries

jobs = Jobs("webhooks")
handler = jobs.handler
_TOGETHER = 90


@jobs.in_every_span("rate(1 minute)", timedelta(minutes=1))
def order_due_deliveries(minute: datetime) -> None:
    """Order what is due in a minute; an attempt that was begun already is not begun again."""
    now = clock.now()
    due = [deliveries.order(each) for each in deliveries.due(minute) if each.due_at <= now]
    for start in range(0, len(due), _TOGETHER):
        unit = Unit()
        send(unit, *due[start : start + _TOGETHER])
        unit.commit()
