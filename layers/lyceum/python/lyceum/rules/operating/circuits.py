"""Circuits of what intelligence leans on: the language model, and each training.

What fails so often in a row that it will fail again is left alone for a while; then one try shows whether it is back.
Circuits are the deployment's, not a tenant's.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta

from pynamodb.expressions.update import Action

from lyceum.kit import clock, context
from lyceum.kit.frozen import frozen
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.ai.asking import ModelCircuit


@frozen
class Circuit:
    """What is left alone after how many failures in a row, for how long, and what happens meanwhile."""

    name: str
    most_failures: int
    pause: timedelta
    fallback: str

    def named(self) -> ModelCircuit:
        """Name where it stands, to read it along with other things."""
        with _in_main():
            return ModelCircuit.at(model=self.name)

    def lets_through(self, stored: ModelCircuit | None) -> bool:
        """Say whether a try may be made, of the circuit as it was read; behind a pause one caller alone may."""
        if stored is None or stored.opened_until is None:
            return True
        now = clock.now()
        if stored.opened_until > now:
            return False
        mine = ModelCircuit.opened_until == stored.opened_until
        opened = ModelCircuit.opened_until.set(now + self.pause)
        try:
            with _in_main():
                Unit().change(self.named(), opened, when=mine).commit()
        except ConditionFailed:
            return False
        return True

    def failed(self, stored: ModelCircuit | None) -> None:
        """Count a failure; the one that is too many opens the circuit (1 write)."""
        changes: list[Action] = [ModelCircuit.failures.add(1)]
        if int(stored.failures if stored else 0) + 1 >= self.most_failures:
            changes.append(ModelCircuit.opened_until.set(clock.now() + self.pause))
        with _in_main():
            Unit().change(self.named(), *changes, or_create=True).commit()

    def worked(self, stored: ModelCircuit | None) -> None:
        """Close the circuit, where there is anything to close."""
        if stored is not None and stored.failures:
            with _in_main():
                Unit().change(self.named(), ModelCircuit.failures.set(0), ModelCircuit.opened_until.remove()).commit()


TRAININGS = tuple(
    Circuit(f"training.{name}", 3, timedelta(days=2), "The version in use stays in use.")
    for name in ("success", "dropout", "insights")
)
"""Trainings of models. One that failed three times in a row is left out for a night; whoever asks for it tries it."""


def training(name: str) -> Circuit:
    """Return the circuit of a training."""
    return next(each for each in TRAININGS if each.name == f"training.{name}")


def language_model(model: str) -> Circuit:
    """Return the circuit of a language model: five failures in a row, one minute."""
    fallback = "Tutor, guides, drafts and written questions answer 503; everything else goes on."
    return Circuit(model, 5, timedelta(minutes=1), fallback)


@contextmanager
def noted(circuit: Circuit, *, passing: type[Exception] | tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Note whether the block failed (1 request, 2 where anything changes); a `passing` error is no failure."""
    with _in_main():
        stored = ModelCircuit.fetch(model=circuit.name)
    try:
        yield
    except passing:
        circuit.worked(stored)
        raise
    except Exception:
        circuit.failed(stored)
        raise
    circuit.worked(stored)


def is_left_out(circuit: Circuit) -> bool:
    """Say whether a try of its own accord is left out (1 request)."""
    with _in_main():
        stored = ModelCircuit.fetch(model=circuit.name)
    return not circuit.lets_through(stored)


def _in_main() -> AbstractContextManager[context.RequestContext]:
    return context.working(replace(context.current(), tenant=context.MAIN_TENANT))
