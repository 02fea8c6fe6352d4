"""Sends what is due; it can reach addresses outside, and of the table only what concerns webhooks."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.tasks.webhooks import DeliverWebhook, ReplayWebhook

from functions.webhooks import deliveries, sending

consumer = Consumer("webhooks-delivery")
handler = consumer.handler


@consumer.on(DeliverWebhook, outside=True)
def deliver(task: DeliverWebhook, _unit: Unit) -> None:
    """Begin one attempt."""
    sending.attempt(task.webhook_id, task.delivery_id, task.tries)


@consumer.paged(ReplayWebhook)
def replay(task: ReplayWebhook, unit: Unit) -> str | None:
    """Send a page of what was missed anew."""
    return deliveries.replay(task.webhook_id, task.since, task.after, unit)
