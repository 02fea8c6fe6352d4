"""Models as administrators look at them: cards, versions, figures, and training anew."""

from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.table import Unit, batch_fetch, fetch_partition
from lyceum.model.ai.prediction import ModelState, ModelVersion
from lyceum.rules import audits
from lyceum.tasks.ai import RetrainModel

from functions.ai.prediction.training import TRAINED
from functions.ai.registry.catalogue import CATALOGUE, Model
from functions.ai.registry.schemas import FigureView, HeldOut, ModelList, ModelMetrics, ModelView, VersionView

_SHOWN = ("accuracy", "precision", "recall", "f1_score")


def listed() -> ModelList:
    """Return every model with its card (1 request)."""
    read = batch_fetch([ModelState.at(model_id=each) for each in TRAINED])
    states = {each.model_id: each for each in read if isinstance(each, ModelState)}
    return ModelList(models=[_view(each, states.get(each.model_id)) for each in CATALOGUE.values()])


def _view(model: Model, state: ModelState | None) -> ModelView:
    is_trained = model.kind == "trained"
    return ModelView(
        model_id=model.model_id,
        name=model.name,
        kind=model.kind,
        version=model.version,
        model_version=(int(state.current) if state else 0) if is_trained else None,
        latest_version=(int(state.latest) if state else 0) if is_trained else None,
        trained_at=state.trained_at if state else None,
        purpose=model.purpose,
        data=model.data,
        features=list(model.features),
        limits=model.limits,
        fallback=model.fallback,
        figures=_published(model),
    )


def _published(model: Model) -> list[FigureView]:
    return [FigureView(name=each.name, value=each.value, data=each.data) for each in model.figures]


def _known(model_id: str) -> Model:
    if model_id not in CATALOGUE:
        raise NotFound("There is no such model.")
    return CATALOGUE[model_id]


def retrain(caller: Principal, model_id: str) -> LongJob:
    """Begin to train a model anew; raises NotFound, and RuleViolation NOT_TRAINED of one that is not trained."""
    model = _known(model_id)
    if model.kind != "trained":
        raise rule_violation("NOT_TRAINED", "This model is not trained from data.", field="modelId")
    unit = Unit()
    job = control.start(unit, RetrainModel(owner_id=caller.user_id, model_id=model_id))
    audits.note(unit, caller.user_id, None, "model.retrained", model_id)
    unit.commit()
    return job


def metrics(model_id: str) -> ModelMetrics:
    """Return the figures of a model (1 request); raises NotFound."""
    model = _known(model_id)
    read = fetch_partition(ModelState, model_id=model_id) if model.kind == "trained" else []
    state = next((each for each in read if isinstance(each, ModelState)), None)
    versions = sorted((each for each in read if isinstance(each, ModelVersion)), key=lambda each: -int(each.number))
    used = next((each for each in versions if state and each.number == state.current), None)
    figures = used.figures if used else {each.name: each.value for each in model.figures}
    shown = {name: figures[name] for name in _SHOWN if name in figures}
    return ModelMetrics(
        model_id=model_id,
        model_version=int(state.current) if state else (0 if model.kind == "trained" else None),
        basis=("trained" if used else "shipped") if shown else None,
        **shown,
        training_date=used.trained_at if used else None,
        features=list(model.features),
        published=_published(model),
        versions=[_version(each) for each in versions],
    )


def _version(version: ModelVersion) -> VersionView:
    return VersionView(
        model_version=int(version.number),
        state=version.state,
        training_date=version.trained_at,
        training_count=int(version.training_count),
        held_out=HeldOut(**version.figures),
        compared=HeldOut(**version.compared),
    )
