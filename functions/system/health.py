"""Health: whether storage answers, and how fast."""

import time
from typing import Literal

from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.errors import Unavailable
from lyceum.kit.settings import settings

from functions.system.schemas import ChannelState, Dependency, Health

_CHANNELS: tuple[Literal["email", "sms", "push", "fcm", "apns"], ...] = ("email", "sms", "push", "fcm", "apns")


def health() -> Health:
    """Read one item that is not there: the cheapest proof that table, permissions and network are in order."""
    started = time.perf_counter()
    try:
        ProcessedEvent.fetch(consumer="health", event_id="probe")
        state: str = "up"
    except Unavailable:
        state = "down"
    spent = round((time.perf_counter() - started) * 1000, 1)
    table = Dependency.model_validate({"name": "table", "state": state, "milliseconds": spent})
    return Health(
        status="ok" if state == "up" else "degraded", stage=settings().stage, dependencies=[table], channels=_channels()
    )


def _channels() -> list[ChannelState]:
    """Say which channels are set up; one that is not is skipped and makes nothing worse."""
    on = settings().channels.split(",")
    return [ChannelState(name=name, state="on" if name in on else "off") for name in _CHANNELS]
