"""What is due in the store: orders that nobody paid in time, and each night when to order more of what."""

from datetime import datetime, timedelta

from lyceum.kit.jobs import schedules
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.table import find_all
from lyceum.model.store.orders import StoreOrder

from functions.store.orders import settling
from functions.store.planning import reordering

jobs = Jobs("store")
handler = jobs.handler


@jobs.in_every_span("rate(5 minutes)", timedelta(minutes=1))
def unpaid_orders(minute: datetime) -> None:
    """End the orders whose minute has come, so that their stock is free again."""
    for order in list(find_all(StoreOrder, index="gsi2", due_minute=schedules.bucket(minute))):
        settling.attend(order)


@jobs.in_every_span("cron(50 2 * * ? *)", timedelta(days=1))
def reorder_points(day: datetime) -> None:
    """Work out when to order more of what, from the demand up to a day."""
    reordering.work_out(day)
