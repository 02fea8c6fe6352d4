"""Training: from snapshots whose outcome is known to a version, which comes into use only where it is no worse.

Cases are divided by their student, so nobody is in two parts: weights are fitted to one, chances calibrated on another,
and figures measured on the third. The version in use is measured on the same cases.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit, find_all, write_many
from lyceum.model.ai.prediction import LearnerSnapshot, ModelState, ModelVersion
from lyceum.model.analytics.classes import CourseReport
from lyceum.model.courses.course import CourseRanking
from lyceum.model.courses.enrolments import Enrolment

from functions.ai.prediction.features import NAMES, features_of, is_told_of, middle_of, rows_of
from functions.ai.prediction.logistic import Calibration, Coefficients, Unsolvable, calibrated, train
from functions.ai.prediction.metrics import Figures, calibration_error, figures, is_worse
from functions.ai.prediction.predicting import calibration_of, in_use

TRAINED = ("success", "dropout")
FEWEST_CASES, FEWEST_OF_EACH = 200, 20
MOST_CASES = 20_000
_SNAPSHOT_KEPT = timedelta(days=730)
_VERSION_KEPT = timedelta(days=730)
_DECIDED_AFTER = timedelta(days=120)
_AWAY = timedelta(days=28)
_WEEKDAYS = 7
_FITTED, _CALIBRATED = 60, 75
_FEWEST_TO_CALIBRATE, _MISFIT = 400, 0.08


@frozen
class Case:
    """What was known of somebody at a time, and what came of it."""

    user_id: str
    row: tuple[float, ...]
    outcome: bool


def take_snapshots(day: datetime, may_go_on: Callable[[], bool]) -> None:
    """Keep what is known on a day of the students of a seventh of the courses; done again, it writes the same."""
    for course in find_all(CourseRanking):
        if not may_go_on():
            return
        if _number(course.course_id) % _WEEKDAYS == day.toordinal() % _WEEKDAYS:
            report = CourseReport.fetch(course_id=course.course_id)
            if report is not None:
                write_many(_snapshots(report, day))


def _snapshots(report: CourseReport, day: datetime) -> Iterator[LearnerSnapshot]:
    rows = rows_of(report.students)
    middle = middle_of(rows)
    for row in rows:
        if is_told_of(row, report.as_of):
            yield LearnerSnapshot(
                user_id=row["id"],
                course_id=report.course_id,
                day=day.date().isoformat(),
                features=features_of(row, middle, report.as_of),
                ttl=_SNAPSHOT_KEPT,
            )


def outcome_of(model_id: str, day: datetime, enrolment: Enrolment | None, now: datetime) -> bool | None:
    """Return what came of somebody of whom a snapshot was taken on a day; None while it is not known."""
    if enrolment is None:
        return None
    if model_id == "success":
        if enrolment.completed_at is not None:
            return True
        return False if enrolment.state == "left" or now - day >= _DECIDED_AFTER else None
    if now - day < _AWAY:
        return None
    was_back = enrolment.last_activity_at is not None and enrolment.last_activity_at >= day + timedelta(days=1)
    return not was_back and enrolment.completed_at is None


def cases_of(model_id: str, may_go_on: Callable[[], bool] = lambda: True) -> list[Case]:
    """Read every snapshot whose outcome is known, the courses in their order."""
    now, found = clock.now(), list[Case]()
    for course in find_all(CourseRanking):
        if not may_go_on() or len(found) >= MOST_CASES:
            break
        snapshots = list(find_all(LearnerSnapshot, index="gsi1", course_id=course.course_id))
        people = {each.user_id: each for each in find_all(Enrolment, course_id=course.course_id)} if snapshots else {}
        for each in snapshots:
            day = datetime.fromisoformat(each.day).replace(tzinfo=UTC)
            outcome = outcome_of(model_id, day, people.get(each.user_id), now)
            if outcome is not None and set(NAMES) <= set(each.features):
                found.append(Case(each.user_id, tuple(float(each.features[name]) for name in NAMES), outcome))
    return found[:MOST_CASES]


@frozen
class Trained:
    """A model that was trained, its figures, and those of the one in use on the same cases."""

    coefficients: Coefficients
    calibration: Calibration
    count: int
    figures: Figures
    compared: Figures

    @property
    def is_promoted(self) -> bool:
        """Whether it takes the place of the one in use."""
        return not is_worse(self.figures, self.compared)


def fit(cases: Sequence[Case], current: Coefficients, calibration: Calibration) -> Trained | None:
    """Train from cases; None where they are too few to tell. Pure."""
    outcomes = [case.outcome for case in cases]
    if len(cases) < FEWEST_CASES or min(sum(outcomes), len(outcomes) - sum(outcomes)) < FEWEST_OF_EACH:
        return None
    parts: dict[str, list[Case]] = {"fit": [], "calibrate": [], "hold": []}
    for case in cases:
        place = _number(case.user_id) % 100
        parts["fit" if place < _FITTED else "calibrate" if place < _CALIBRATED else "hold"].append(case)
    try:
        model = train(NAMES, [case.row for case in parts["fit"]], [case.outcome for case in parts["fit"]])
    except Unsolvable:
        return None
    steps = _calibration(model, parts["calibrate"])
    held = [case.outcome for case in parts["hold"]]
    return Trained(
        model,
        steps,
        len(parts["fit"]),
        figures([steps.of(model.chance(case.row)) for case in parts["hold"]], held),
        figures([calibration.of(current.chance(case.row)) for case in parts["hold"]], held),
    )


def _calibration(model: Coefficients, cases: Sequence[Case]) -> Calibration:
    """Calibrate a model where there are cases enough to see that its own chances are off."""
    chances, outcomes = [model.chance(case.row) for case in cases], [case.outcome for case in cases]
    is_off = len(cases) >= _FEWEST_TO_CALIBRATE and calibration_error(chances, outcomes) > _MISFIT
    return calibrated(chances, outcomes) if is_off else Calibration()


def retrain(model_id: str, unit: Unit, may_go_on: Callable[[], bool] = lambda: True) -> ModelVersion:
    """Train a model and add its version to a unit; raises RuleViolation TOO_FEW_OUTCOMES."""
    state = ModelState.fetch(model_id=model_id, consistent=True) or ModelState(model_id=model_id)
    trained = fit(cases_of(model_id, may_go_on), in_use(model_id, state), calibration_of(state.calibration))
    if trained is None:
        raise rule_violation(
            "TOO_FEW_OUTCOMES",
            f"It takes {FEWEST_CASES} outcomes, {FEWEST_OF_EACH} of each kind; the model in use stays.",
        )
    now, number = clock.now(), int(state.latest) + 1
    version = ModelVersion(
        model_id=model_id,
        number=number,
        state="promoted" if trained.is_promoted else "rejected",
        trained_at=now,
        training_count=trained.count,
        coefficients=trained.coefficients.to_json(),
        calibration=_steps(trained.calibration),
        figures=trained.figures,
        compared=trained.compared,
        ttl=_VERSION_KEPT,
    )
    state.latest = number
    if trained.is_promoted:
        state.current, state.trained_at = number, now
        state.coefficients, state.calibration = version.coefficients, version.calibration
    unit.save(state).create(version)
    return version


def _steps(calibration: Calibration) -> dict[str, Any]:
    return {"ends": list(calibration.ends), "shares": list(calibration.shares)}


def _number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
