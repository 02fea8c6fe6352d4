"""Experiments as they are begun and looked at."""

from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Detail, ValidationFailed
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, find
from lyceum.model.insights.experiments import Experiment, ExperimentArm
from lyceum.rules import audits

from functions.insights.experiments import comparing, counting
from functions.insights.experiments.comparing import Group
from functions.insights.experiments.schemas import (
    ArmView,
    CreateExperiment,
    ExperimentResults,
    ExperimentView,
    GuardrailView,
)

ALPHA = 0.05
_TRUSTED = 0.0005
"""Numbers of users that are less likely than this are no chance."""


def create(caller: Principal, wanted: CreateExperiment) -> Experiment:
    """Begin an experiment; raises ValidationFailed, and Conflict where enough run already."""
    names = [each.name for each in wanted.variants]
    if len(set(names)) < len(names):
        refusal = "Each variant has a name of its own."
        raise ValidationFailed(refusal, details=[Detail("variants", refusal)])
    now = clock.now()
    present = counting.running(now)
    if len(present) >= counting.MOST_RUNNING:
        raise Conflict("Enough experiments run already.", code="TOO_MANY_EXPERIMENTS")
    if any(each.flag == wanted.flag for each in present):
        raise Conflict("An experiment of this flag runs already.", code="EXPERIMENT_RUNS")
    experiment = Experiment(
        experiment_id=ids.new_id(),
        name=wanted.name,
        hypothesis=wanted.hypothesis,
        flag=wanted.flag,
        variants=[each.model_dump() for each in wanted.variants],
        goal=wanted.goal,
        guardrails=sorted(set(wanted.guardrails)),
        effect=str(wanted.effect),
        starts_at=now,
        ends_at=now + timedelta(days=wanted.days),
    )
    unit = Unit().create(experiment)
    told = {"flag": wanted.flag, "goal": wanted.goal, "days": wanted.days}
    audits.note(unit, caller.user_id, None, "experiment.create", experiment.experiment_id, after=told)
    unit.commit()
    return experiment


def view(experiment: Experiment) -> ExperimentView:
    """Show an experiment."""
    return ExperimentView(
        test_id=experiment.experiment_id,
        name=experiment.name,
        hypothesis=experiment.hypothesis,
        flag=experiment.flag,
        variants=experiment.variants,
        goal=experiment.goal,
        guardrails=experiment.guardrails,
        effect=float(experiment.effect),
        starts_at=experiment.starts_at,
        ends_at=experiment.ends_at,
        is_running=experiment.starts_at <= clock.now() < experiment.ends_at,
    )


def results(experiment_id: str) -> ExperimentResults:
    """Return what came of an experiment so far (2 requests); raises NotFound."""
    experiment = Experiment.require(experiment_id=experiment_id)
    found = {str(arm.variant): arm for arm in find(ExperimentArm, experiment_id=experiment_id).items}
    names = [str(each["name"]) for each in experiment.variants]
    arms = [found.get(name) or ExperimentArm(experiment_id=experiment_id, variant=name) for name in names]
    sample = comparing.mismatch(
        [int(arm.exposed) for arm in arms], [int(each["weight"]) for each in experiment.variants]
    )
    return ExperimentResults(
        as_of=clock.now(),
        definition=(
            "Users with a session during the experiment, each in one variant, and how many of them reached the goal"
            " after that. P-values and bounds hold whenever one looks (mixture sequential test)."
        ),
        experiment=view(experiment),
        arms=[_arm(experiment, arms, number) for number in range(len(arms))],
        guardrails=[_guardrail(experiment, arms[0], arm, name) for name in experiment.guardrails for arm in arms[1:]],
        sample_p_value=round(sample, 6),
        is_trusted=sample >= _TRUSTED,
    )


def _group(arm: ExperimentArm, counter: str) -> Group:
    users = int(arm.exposed)
    return Group(users, min(users, int(getattr(arm, counter))))


def _arm(experiment: Experiment, arms: list[ExperimentArm], number: int) -> ArmView:
    group = _group(arms[number], str(experiment.goal))
    shown = {
        "variant": arms[number].variant, "users": group.users, "reached": group.reached, "share": round(group.share, 6)
    }  # fmt: skip
    if number == 0:
        return ArmView.model_validate({**shown, "verdict": "baseline"})
    others = len(arms) - 1
    base = _group(arms[0], str(experiment.goal))
    told = comparing.compare(base, group, spread=float(experiment.effect), alpha=ALPHA / others)
    p_value = min(1.0, told.p_value * others)
    verdict = "open" if p_value > ALPHA else "better" if told.effect > 0 else "worse"
    bounds = {"effect": told.effect, "low": told.low, "high": told.high, "p_value": p_value}
    return ArmView.model_validate(
        {**shown, **{name: round(value, 6) for name, value in bounds.items()}, "verdict": verdict}
    )


def _guardrail(experiment: Experiment, base: ExperimentArm, arm: ExperimentArm, name: str) -> GuardrailView:
    group = _group(arm, name)
    told = comparing.compare(_group(base, name), group, spread=float(experiment.effect), alpha=ALPHA)
    return GuardrailView(
        guardrail=name,
        variant=arm.variant,
        share=round(group.share, 6),
        effect=round(told.effect, 6),
        p_value=round(told.p_value, 6),
        is_broken=told.effect > 0 and told.p_value <= ALPHA,
    )
