"""Who is in an experiment and what they reach there, each once, folded from events."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from lyceum.kit import clock
from lyceum.kit.configuration import flags
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.insights.experiments import Experiment, ExperimentArm, Exposure

EXPOSED = "exposed"
MOST_RUNNING = 8
"""Experiments that run at once in a tenant, so that a batch of events is one transaction."""
_MOST_KEPT = 200
_PARTS = 10_000


def running(moment: datetime) -> list[Experiment]:
    """Return the experiments that run at a moment, of the newest two hundred (1 request)."""
    found = find(Experiment, limit=_MOST_KEPT, descending=True).items
    return [each for each in found if each.starts_at <= moment < each.ends_at][:MOST_RUNNING]


def variant_of(flag: str, variants: Sequence[dict[str, Any]], user_id: str) -> str:
    """Return the variant of a user, the same for ever; a feature flag of that name and variants gives the same."""
    total = sum(int(each["weight"]) for each in variants)
    left = flags.place(f"{flag}\0variant", user_id) * total // _PARTS
    for each in variants:
        left -= int(each["weight"])
        if left < 0:
            return str(each["name"])
    return str(variants[-1]["name"])


def enter(happened: Iterable[tuple[str, datetime]], what: str, unit: Unit) -> None:
    """Count that users were there (`exposed`) or reached something, in every experiment that runs (2 requests).

    What is reached counts for those who were there before; in each experiment once.
    """
    firsts: dict[str, datetime] = {}
    for user_id, at in happened:
        firsts[user_id] = min(at, firsts.get(user_id, at))
    experiments = running(clock.now())
    if not experiments or not firsts:
        return
    pairs = [(experiment, user_id) for experiment in experiments for user_id in firsts]
    names = [Exposure.at(user_id=user_id, experiment_id=experiment.experiment_id) for experiment, user_id in pairs]
    grown: Counter[tuple[str, str]] = Counter()
    for (experiment, user_id), stored in zip(pairs, batch_fetch(names, consistent=True), strict=True):
        at = firsts[user_id]
        if experiment.starts_at <= at < experiment.ends_at:
            known = stored if isinstance(stored, Exposure) else None
            entered = _entered(experiment, user_id, at, what, known)
            if entered is not None:
                unit.save(entered)
                grown[str(experiment.experiment_id), str(entered.variant)] += 1
    counter = getattr(ExperimentArm, what)
    for (experiment_id, variant), users in grown.items():
        arm = ExperimentArm.at(experiment_id=experiment_id, variant=variant)
        unit.change(arm, counter.add(users), or_create=True)


def _entered(experiment: Experiment, user_id: str, at: datetime, what: str, known: Exposure | None) -> Exposure | None:
    """Return the exposure as it is after this, None where it changes nothing."""
    if what == EXPOSED:
        if known is not None:
            return None
        variant = variant_of(str(experiment.flag), experiment.variants, user_id)
        return Exposure(user_id=user_id, experiment_id=experiment.experiment_id, variant=variant, exposed_at=at)
    if known is None or what in known.reached or at < known.exposed_at:
        return None
    known.reached = [*known.reached, what]
    return known
