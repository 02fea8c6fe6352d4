"""A model that gives no answer five times in a row is not asked for a minute; then one call tries."""

from collections.abc import Iterator
from contextlib import contextmanager

from lyceum.kit import clock
from lyceum.kit.settings import settings
from lyceum.model.ai.asking import ModelCircuit
from lyceum.rules.operating import circuits

from functions.ai.model.port import ModelDown


def named() -> ModelCircuit:
    """Name the circuit of the stage's model, to read it along with other things; raises ModelDown where none is set."""
    if not settings().language_model:
        raise ModelDown
    return _mine().named()


def _mine() -> circuits.Circuit:
    return circuits.language_model(settings().language_model)


def admit(circuit: ModelCircuit | None) -> None:
    """Let a call through; raises ModelDown while the circuit is open and this is not the call that tries."""
    if _mine().lets_through(circuit):
        return
    opened_until = circuit.opened_until if circuit else None
    left = (opened_until - clock.now()).total_seconds() if opened_until else 0
    raise ModelDown(retry_after_seconds=int(left) + 1) if left > 0 else ModelDown


@contextmanager
def noted(circuit: ModelCircuit | None) -> Iterator[None]:
    """Note whether the call of the block was answered."""
    try:
        yield
    except ModelDown:
        _mine().failed(circuit)
        raise
    _mine().worked(circuit)
