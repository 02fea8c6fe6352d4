"""What callers of the system endpoints get."""

from typing import Literal

from lyceum.kit.http import Schema


class Dependency(Schema):
    """One thing that the product leans on."""

    name: str
    state: Literal["up", "down"]
    milliseconds: float


class ChannelState(Schema):
    """A channel of notifications, or a platform of apps: on, or not set up in this deployment."""

    name: Literal["email", "sms", "push", "fcm", "apns"]
    state: Literal["on", "off"]


class Health(Schema):
    """Whether the product can do its work."""

    status: Literal["ok", "degraded"]
    stage: str
    dependencies: list[Dependency]
    channels: list[ChannelState]
