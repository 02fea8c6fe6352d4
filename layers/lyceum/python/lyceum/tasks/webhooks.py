"""`webhook.deliver`, `webhook.replay`."""

from datetime import datetime
from typing import ClassVar

from lyceum.kit.event import PagedTask, Task


class DeliverWebhook(Task):
    """Begin the attempt after `tries` others to send a delivery; one that was begun already is not begun again."""

    name: ClassVar[str] = "webhook.deliver"
    worker: ClassVar[str] = "webhooks-delivery"
    webhook_id: str
    delivery_id: str
    tries: int = 0


class ReplayWebhook(PagedTask):
    """Send anew what a webhook missed since a moment, a page of its deliveries a task."""

    name: ClassVar[str] = "webhook.replay"
    worker: ClassVar[str] = "webhooks-delivery"
    webhook_id: str
    since: datetime
