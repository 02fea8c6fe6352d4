"""Sends what is due; it can reach addresses outside, and of the table only what concerns webhooks."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.tasks.webhooks import DeliverWebhook

from functions.webhooks import sending

consumer = Consumer("webhooks-delivery")
handler = consumer.handler


@consumer.on(DeliverWebhook, outside=True)
def deliver(task: DeliverWebhook, _unit: Unit) -> None:
    """Begin one attempt."""
    sending.attempt(task.webhook_id, task.delivery_id, task.tries)
