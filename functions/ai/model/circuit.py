"""A model that gives no answer five times in a row is not asked for a minute; then one call tries.

Circuits are the deployment's, not a tenant's.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta

from pynamodb.expressions.update import Action

from lyceum.kit import clock, context
from lyceum.kit.settings import settings
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.ai.asking import ModelCircuit

from functions.ai.model.port import ModelDown

MOST_FAILURES = 5
_OPEN = timedelta(minutes=1)


def named() -> ModelCircuit:
    """Name the circuit of the stage's model, to read it along with other things; raises ModelDown where none is set."""
    if not settings().language_model:
        raise ModelDown
    with _in_main():
        return ModelCircuit.at(model=settings().language_model)


def _in_main() -> AbstractContextManager[context.RequestContext]:
    return context.working(replace(context.current(), tenant=context.MAIN_TENANT))


def admit(circuit: ModelCircuit | None) -> None:
    """Let a call through; raises ModelDown while the circuit is open and this is not the call that tries."""
    if circuit is None or circuit.opened_until is None:
        return
    now = clock.now()
    if circuit.opened_until > now:
        raise ModelDown(retry_after_seconds=int((circuit.opened_until - now).total_seconds()) + 1)
    mine = ModelCircuit.opened_until == circuit.opened_until
    try:
        with _in_main():
            Unit().change(named(), ModelCircuit.opened_until.set(now + _OPEN), when=mine).commit()
    except ConditionFailed:
        raise ModelDown from None


@contextmanager
def noted(circuit: ModelCircuit | None) -> Iterator[None]:
    """Note whether the call of the block was answered."""
    try:
        yield
    except ModelDown:
        failures = int(circuit.failures if circuit else 0) + 1
        changes: list[Action] = [ModelCircuit.failures.add(1)]
        if failures >= MOST_FAILURES:
            changes.append(ModelCircuit.opened_until.set(clock.now() + _OPEN))
        with _in_main():
            Unit().change(named(), *changes, or_create=True).commit()
        raise
    if circuit is not None and circuit.failures:
        with _in_main():
            Unit().change(named(), ModelCircuit.failures.set(0), ModelCircuit.opened_until.remove()).commit()
