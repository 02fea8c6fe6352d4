"""Which providers are set up, and each of them behind its circuit.

A provider that gives no answer five times in a row is not called for a minute: its circuit is open. Then one call tries
whether it is back; the others wait for what that one finds. Circuits are the deployment's, not a tenant's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit import clock, context
from lyceum.kit.errors import rule_violation
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.payments.books import ProviderCircuit
from lyceum.rules.providers.flutterwave import Flutterwave
from lyceum.rules.providers.keys import provider_keys
from lyceum.rules.providers.paystack import Paystack
from lyceum.rules.providers.port import Provider, ProviderDown
from lyceum.rules.providers.stripe import Stripe

_MOST_FAILURES = 5
_OPEN = timedelta(minutes=1)


def provider(name: str) -> Provider:
    """Return a provider; raises RuleViolation PROVIDER_NOT_SET_UP."""
    keys = provider_keys()
    if name == "paystack" and keys.paystack:
        return Paystack(keys.paystack)
    if name == "flutterwave" and keys.flutterwave:
        return Flutterwave(keys.flutterwave)
    if name == "stripe" and keys.stripe:
        return Stripe(keys.stripe)
    raise rule_violation("PROVIDER_NOT_SET_UP", "This provider is not set up here.", field="provider")


def has_thousandths(name: str) -> bool:
    """Say whether a provider takes amounts such as 1.235 KWD, be it set up or not."""
    return name not in {Paystack.name, Stripe.name}


def circuit_name(name: str) -> ProviderCircuit:
    """Name a provider's circuit, to read it along with other things."""
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        return ProviderCircuit.at(provider=name)


def circuit_of(name: str) -> ProviderCircuit | None:
    """Read a provider's circuit (1 request)."""
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        return ProviderCircuit.fetch(provider=name)


@contextmanager
def reached(name: str, circuit: ProviderCircuit | None) -> Iterator[Provider]:
    """Open a provider for the calls of the block, and note whether it answered.

    Raises ProviderDown at once while its circuit is open and this is not the call that tries.
    """
    _admit(name, circuit)
    found = provider(name)
    try:
        yield found
    except ProviderDown:
        _note_failure(name)
        raise
    if circuit is not None and circuit.failures:
        _change(circuit, [ProviderCircuit.failures.set(0), ProviderCircuit.opened_until.remove()])


def _admit(name: str, circuit: ProviderCircuit | None) -> None:
    if circuit is None or circuit.opened_until is None:
        return
    now = clock.now()
    if circuit.opened_until > now:
        raise ProviderDown(name, retry_after_seconds=int((circuit.opened_until - now).total_seconds()) + 1)
    mine = ProviderCircuit.opened_until == circuit.opened_until
    try:
        _change(circuit_name(name), [ProviderCircuit.opened_until.set(now + _OPEN)], when=mine)
    except ConditionFailed:
        raise ProviderDown(name) from None


def _note_failure(name: str) -> None:
    now = clock.now()
    circuit = circuit_name(name)
    _change(circuit, [ProviderCircuit.failures.add(1)], or_create=True)
    if circuit.failures >= _MOST_FAILURES:
        opened = [ProviderCircuit.opened_until.set(now + _OPEN)]
        if circuit.failures == _MOST_FAILURES:
            opened.append(ProviderCircuit.opened_at.set(now))
        _change(circuit_name(name), opened)


def _change(
    circuit: ProviderCircuit, actions: list[Any], when: Condition | None = None, *, or_create: bool = False
) -> None:
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        Unit().change(circuit, *actions, when=when, or_create=or_create).commit()
