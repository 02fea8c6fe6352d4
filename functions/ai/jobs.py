"""Each night: keeps what is known of students, and trains models from what came of it."""

from contextlib import suppress
from datetime import datetime, timedelta

from lyceum.kit.errors import Conflict, RuleViolation
from lyceum.kit.jobs.jobs import Jobs, Run
from lyceum.kit.table import Unit
from lyceum.rules.operating import circuits

from functions.ai.prediction import training

jobs = Jobs("ai")
handler = jobs.handler


@jobs.in_every_span("cron(40 2 * * ? *)", timedelta(days=1))
def keep_snapshots(day: datetime) -> None:
    """Keep what is known on a day, for the outcomes that will be known later."""
    training.take_snapshots(day, lambda: True)


@jobs.in_every_tenant("cron(10 3 * * ? *)")
def train_models(run: Run) -> None:
    """Train each model; where outcomes are few, its circuit is open or another run trains it, what is in use stays."""
    for model_id in training.TRAINED:
        circuit = circuits.training(model_id)
        if circuits.is_left_out(circuit):
            continue
        unit = Unit()
        with suppress(RuleViolation, Conflict), circuits.noted(circuit, passing=(RuleViolation, Conflict)):
            training.retrain(model_id, unit, lambda: run.has_time)
            unit.commit()
