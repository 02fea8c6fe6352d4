"""Health: whether storage answers, and how fast."""

import time
from dataclasses import replace
from typing import Literal

from lyceum.kit import context
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.errors import Unavailable
from lyceum.kit.settings import settings
from lyceum.kit.table import Entity, batch_fetch
from lyceum.model.ai.asking import ModelCircuit
from lyceum.model.payments.books import ProviderCircuit
from lyceum.rules.operating import circuits

from functions.system.schemas import ChannelState, CircuitState, Dependency, Health, ProviderState

_CHANNELS: tuple[Literal["email", "sms", "push", "fcm", "apns"], ...] = ("email", "sms", "push", "fcm", "apns")

_PROVIDERS = ("paystack", "flutterwave", "stripe")


def health() -> Health:
    """Read a few items that are mostly not there: the cheapest proof that table, rights and network are in order."""
    started = time.perf_counter()
    try:
        found = _read()
        state: str = "up"
    except Unavailable:
        found, state = [], "down"
    spent = round((time.perf_counter() - started) * 1000, 1)
    table = Dependency.model_validate({"name": "table", "state": state, "milliseconds": spent})
    return Health(
        status="ok" if state == "up" else "degraded",
        stage=settings().stage,
        dependencies=[table],
        channels=_channels(),
        providers=[_provider(each) for each in found if isinstance(each, ProviderCircuit)],
        models=_models(found),
    )


def _read() -> list[Entity]:
    """Read the probe and, along with it, which providers, models and trainings fail (1 request)."""
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        names: list[Entity] = [ProviderCircuit.at(provider=name) for name in _PROVIDERS]
        probe = ProcessedEvent.at(consumer="health", event_id="probe")
    found = batch_fetch([probe, *names, *(each.named() for each in _circuits())])
    return [each for each in found if each is not None]


def _provider(each: ProviderCircuit) -> ProviderState:
    return ProviderState(name=each.provider, state="down" if each.opened_until else "up")


def _circuits() -> list[circuits.Circuit]:
    return [circuits.language_model(settings().language_model or "none"), *circuits.TRAININGS]


def _models(found: list[Entity]) -> list[CircuitState]:
    """Say of the language model and of each training whether it is left alone, and what happens meanwhile."""
    known = {str(each.model): each for each in found if isinstance(each, ModelCircuit)}
    model, *trainings = _circuits()
    is_off = not settings().language_model
    shown = [_circuit(model, "language_model", None if is_off else known.get(model.name), is_off=is_off)]
    return [*shown, *(_circuit(each, "training", known.get(each.name)) for each in trainings)]


def _circuit(
    circuit: circuits.Circuit,
    kind: Literal["language_model", "training"],
    stored: ModelCircuit | None,
    *,
    is_off: bool = False,
) -> CircuitState:
    opened_until = stored.opened_until if stored else None
    return CircuitState(
        name=kind if kind == "language_model" else circuit.name,
        kind=kind,
        state="off" if is_off else "down" if opened_until else "up",
        failures=int(stored.failures) if stored else 0,
        opens_at=opened_until,
        fallback=circuit.fallback,
    )


def _channels() -> list[ChannelState]:
    """Say which channels are set up; one that is not is skipped and makes nothing worse."""
    on = settings().channels.split(",")
    return [ChannelState(name=name, state="on" if name in on else "off") for name in _CHANNELS]
