"""Tasks of what is shown to people the moment that it happens."""

from typing import ClassVar

from lyceum.kit.event import Task


class ShowNotification(Task):
    """Show a reader a message of their inbox; an order and no fact, since a crowd's would fill the event bus."""

    name: ClassVar[str] = "notification.show"
    worker: ClassVar[str] = "realtime-events"
    notification_id: str
    user_id: str
