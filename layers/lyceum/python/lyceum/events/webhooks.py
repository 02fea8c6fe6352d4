"""`webhook.failing`, `webhook.disabled`."""

from typing import ClassVar, Literal

from lyceum.kit.event import Event


class WebhookFailing(Event):
    """A webhook has failed for an hour, or for a day, without one success."""

    name: ClassVar[str] = "webhook.failing"
    webhook_id: str
    maker_id: str
    host: str
    since: Literal["hour", "day"]


class WebhookDisabled(Event):
    """A webhook was switched off: its address said that it is gone, or failed for five days."""

    name: ClassVar[str] = "webhook.disabled"
    webhook_id: str
    maker_id: str
    host: str
    reason: Literal["gone", "failing"]
