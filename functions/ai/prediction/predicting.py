"""A student's chances in a course, for those who teach it."""

from collections.abc import Mapping
from typing import Any, Literal

from lyceum.kit.configuration import limits
from lyceum.kit.errors import Forbidden, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import fetch_many
from lyceum.messages.spoken import say
from lyceum.model.ai.prediction import ModelState
from lyceum.model.analytics.classes import CourseReport
from lyceum.model.courses.course import Course
from lyceum.model.users.account import User
from lyceum.rules.courses import course_access
from lyceum.rules.profiles import is_minor

from functions.ai.prediction.features import NAMES, change, features_of, is_told_of, middle_of, rows_of, told
from functions.ai.prediction.logistic import Calibration, Coefficients, logistic
from functions.ai.prediction.schemas import ChanceView, Prediction, PredictionQuery, ReasonView
from functions.ai.prediction.shipped import SHIPPED

LIMITS = (
    "A chance is about students like this one, not about this student. It knows five figures of the course and nothing"
    " of the person's life; it is to be talked about, and nothing follows from it by itself."
)
_REASONS = 3
_LOW, _HIGH = 1 / 3, 2 / 3


def predict(caller: Principal, user_id: str, query: PredictionQuery) -> Prediction:
    """Tell the chances of a student in a course that the caller teaches (1 storage request).

    Raises NotFound, Forbidden for another's course and, MINOR_NOT_SHOWN, for a minor where the tenant does not allow
    it, and RuleViolation NOTHING_TO_TELL of somebody who is new in the course or has completed it.
    """
    course, report, user, success, dropout = fetch_many(
        Course.at(course_id=query.course_id),
        CourseReport.at(course_id=query.course_id),
        User.at(user_id=user_id),
        ModelState.at(model_id="success"),
        ModelState.at(model_id="dropout"),
    )
    course_access.taught(caller, course)
    rows = rows_of(report.students) if report else []
    row = next((each for each in rows if each["id"] == user_id), None)
    if report is None or row is None or user is None or user.status == "deleted":
        raise NotFound("There is no such student in the report of this course; a new one is made within the hour.")
    if is_minor(user) and not limits.value("predictions_of_minors"):
        raise Forbidden("Nothing is predicted of minors here.", code="MINOR_NOT_SHOWN")
    if not is_told_of(row, report.as_of):
        raise rule_violation("NOTHING_TO_TELL", "The student is new in the course, or has completed it.")
    features = features_of(row, middle_of(rows), report.as_of)
    return Prediction(
        user_id=user_id,
        course_id=query.course_id,
        as_of=report.as_of,
        success=chance_of("success", success, features),
        dropout=chance_of("dropout", dropout, features),
        limits=LIMITS,
    )


def chance_of(model_id: str, state: ModelState | None, features: Mapping[str, float]) -> ChanceView:
    """Score a model; pure."""
    is_trained = state is not None and bool(state.current)
    model = in_use(model_id, state)
    row = [features[name] for name in model.names]
    parts = dict(zip(model.names, model.contributions(row), strict=True))
    raw = logistic(model.intercept + sum(parts.values()))
    chance = calibration_of(state.calibration).of(raw) if state and is_trained else raw
    return ChanceView(
        probability=round(chance, 4),
        band=_band(chance),
        reasons=[
            _reason(name, features[name], parts[name])
            for name in sorted(parts, key=lambda name: (-abs(parts[name]), name))[:_REASONS]
        ],
        basis="trained" if is_trained else "shipped",
        model_version=int(state.current) if state else 0,
        trained_at=state.trained_at if state and is_trained else None,
    )


def in_use(model_id: str, state: ModelState | None) -> Coefficients:
    """Return the coefficients that are in use; those of other features than today's are not."""
    if state is not None and state.current:
        found = Coefficients.from_json(state.coefficients)
        if found.names == NAMES:
            return found
    return SHIPPED[model_id]


def calibration_of(given: Mapping[str, Any]) -> Calibration:
    """Read a calibration as it is stored."""
    return Calibration(tuple(given.get("ends", ())), tuple(given.get("shares", ())))


def _band(chance: float) -> Literal["low", "middle", "high"]:
    return "low" if chance < _LOW else "high" if chance > _HIGH else "middle"


def _reason(name: str, value: float, part: float) -> ReasonView:
    text = say("prediction.for" if part >= 0 else "prediction.against", what=told(name, value))
    return ReasonView(feature=name, value=value, contribution=round(part, 3), text=text, change=change(name))
