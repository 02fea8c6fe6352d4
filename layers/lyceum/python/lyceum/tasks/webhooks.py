"""`webhook.deliver`."""

from typing import ClassVar

from lyceum.kit.event import Task


class DeliverWebhook(Task):
    """Begin the attempt after `tries` others to send a delivery; one that was begun already is not begun again."""

    name: ClassVar[str] = "webhook.deliver"
    worker: ClassVar[str] = "webhooks-delivery"
    webhook_id: str
    delivery_id: str
    tries: int = 0
