"""Health: whether storage answers, and how fast."""

import time
from dataclasses import replace
from typing import Literal

from lyceum.kit import context
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.errors import Unavailable
from lyceum.kit.settings import settings
from lyceum.kit.table import Entity, batch_fetch
from lyceum.model.payments.books import ProviderCircuit

from functions.system.schemas import ChannelState, Dependency, Health, ProviderState

_CHANNELS: tuple[Literal["email", "sms", "push", "fcm", "apns"], ...] = ("email", "sms", "push", "fcm", "apns")

_PROVIDERS = ("paystack", "flutterwave", "stripe")


def health() -> Health:
    """Read a few items that are mostly not there: the cheapest proof that table, rights and network are in order."""
    started = time.perf_counter()
    try:
        providers = _read()
        state: str = "up"
    except Unavailable:
        providers, state = [], "down"
    spent = round((time.perf_counter() - started) * 1000, 1)
    table = Dependency.model_validate({"name": "table", "state": state, "milliseconds": spent})
    return Health(
        status="ok" if state == "up" else "degraded",
        stage=settings().stage,
        dependencies=[table],
        channels=_channels(),
        providers=providers,
    )


def _read() -> list[ProviderState]:
    """Read the probe and, along with it, which payment providers do not answer (1 request)."""
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        names: list[Entity] = [ProviderCircuit.at(provider=name) for name in _PROVIDERS]
    found = batch_fetch([ProcessedEvent.at(consumer="health", event_id="probe"), *names])
    circuits = [each for each in found if isinstance(each, ProviderCircuit)]
    return [ProviderState(name=each.provider, state="down" if each.opened_until else "up") for each in circuits]


def _channels() -> list[ChannelState]:
    """Say which channels are set up; one that is not is skipped and makes nothing worse."""
    on = settings().channels.split(",")
    return [ChannelState(name=name, state="on" if name in on else "off") for name in _CHANNELS]
