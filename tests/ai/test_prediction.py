"""Chances of success: training on a cohort whose chances are known, scoring with reasons, and who may see them."""

import json
import zlib
from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit.configuration import known
from lyceum.kit.configuration.records import SettingValues
from lyceum.kit.table import find, write_many
from lyceum.model.ai.prediction import LearnerSnapshot, ModelState, ModelVersion
from lyceum.model.analytics.classes import CourseReport
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.users.account import User
from tests.ai.conftest import School
from tests.ai.simulated_cohorts import cohort
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run, run_twice_at_once
from tests.support.workers import deliver

from functions.ai import jobs
from functions.ai.prediction import metrics
from functions.ai.prediction.features import NAMES, features_of
from functions.ai.prediction.logistic import Calibration, Unsolvable, calibrated, train
from functions.ai.prediction.shipped import SHIPPED
from functions.ai.prediction.training import fit, outcome_of

ROW = {"lessons": 2, "completed": False, "grades": 2, "mean": 40.0}


def test_a_trained_model_is_as_good_as_what_made_the_cohort_and_honest() -> None:
    made = cohort(1)
    trained = fit(made.cases, SHIPPED["success"], Calibration())
    assert trained is not None
    assert trained.is_promoted
    unseen = cohort(2)
    outcomes = [case.outcome for case in unseen.cases]
    chances = [trained.calibration.of(trained.coefficients.chance(case.row)) for case in unseen.cases]
    assert metrics.auc(chances, outcomes) > metrics.auc(unseen.chances, outcomes) - 0.02
    assert metrics.calibration_error(chances, outcomes) <= 0.03


def test_a_worse_model_is_never_promoted_and_few_cases_make_none() -> None:
    made = cohort(1, 1200)
    good = fit(made.cases, SHIPPED["success"], Calibration())
    assert good is not None
    turned = [type(case)(case.user_id, case.row, hash(case.user_id) % 2 == 0) for case in made.cases]
    bad = fit(turned, good.coefficients, good.calibration)
    assert bad is not None
    again = fit(made.cases, good.coefficients, good.calibration)
    assert again is not None and again.is_promoted
    assert metrics.is_worse(bad.figures, good.figures)
    assert fit(made.cases[:150], SHIPPED["success"], Calibration()) is None
    with pytest.raises(Unsolvable):
        train(["x"], [[1.0], [2.0]], [True, True])


def test_calibration_never_falls_and_is_never_sure() -> None:
    steps = calibrated([each / 200 for each in range(200)], [each % 3 != 0 and each > 60 for each in range(200)])
    assert list(steps.shares) == sorted(steps.shares)
    assert 0 < steps.of(0.0) <= steps.of(1.0) < 1
    assert Calibration().of(0.4) == 0.4


def test_figures_of_the_textbook() -> None:
    found = metrics.figures([0.9, 0.8, 0.4, 0.3], [True, False, True, False])
    assert (found["accuracy"], found["precision"], found["recall"], found["f1_score"]) == (0.5, 0.5, 0.5, 0.5)
    assert found["auc"] == 0.75
    assert metrics.auc([0.5, 0.5], [True, False]) == 0.5


def test_outcomes_are_known_when_they_are(clock: Clock) -> None:
    day, now = time.now(), time.now()
    active = Enrolment(course_id="c", user_id="u", state="active", enrolled_at=day)
    assert outcome_of("success", day, active, now) is None
    assert outcome_of("success", day, active, now + timedelta(days=121)) is False
    assert outcome_of("success", day, None, now + timedelta(days=121)) is None
    assert outcome_of("dropout", day, active, now + timedelta(days=27)) is None
    assert outcome_of("dropout", day, active, now + timedelta(days=28)) is True
    active.last_activity_at = day + timedelta(days=5)
    assert outcome_of("dropout", day, active, now + timedelta(days=28)) is False
    active.completed_at = day + timedelta(days=9)
    assert outcome_of("success", day, active, now) is True


def report(school: School, *rows: dict[str, Any]) -> None:
    now = int(time.now().timestamp())
    whole = [
        {"since": now - 40 * 86_400, "active": now - 20 * 86_400, "open": [now - 5, now + 5], **ROW, **row}
        for row in rows
    ]
    packed = zlib.compress(json.dumps(whole).encode())
    write_many([CourseReport(course_id=school.course_id, as_of=time.now(), students=packed)])


def allow_minors(value: int) -> None:
    write_many([SettingValues(values={"predictions_of_minors": value})])
    known.forget()


def predicted(school: School, who: Client) -> Any:
    return school.teacher.get(f"/api/ai/predict-success/{who.user_id}", {"courseId": school.course_id})


def test_a_chance_comes_with_three_reasons_and_what_would_change_them(school: School) -> None:
    report(school, {"id": school.student.user_id}, {"id": "other", "lessons": 9}, {"id": "third", "lessons": 8})
    allow_minors(1)
    reply = predicted(school, school.student)
    assert len(reply.cost.operations) <= 2
    success = reply.data["success"]
    assert (success["basis"], success["modelVersion"], success["band"]) == ("shipped", 0, "low")
    assert len(success["reasons"]) == 3
    first = success["reasons"][0]
    assert (first["feature"], first["value"]) == ("days_away", 20)
    assert first["text"] == "Speaks against it: the student was there 20 days ago."
    assert first["change"]
    assert reply.data["dropout"]["probability"] > 0.4


def test_who_sees_nothing_and_of_whom(client: Client, school: School) -> None:
    new = int(time.now().timestamp()) - 86_400
    report(school, {"id": school.student.user_id}, {"id": client.as_("eve", "student").user_id, "since": new})
    assert predicted(school, school.student).error.code == "MINOR_NOT_SHOWN"
    allow_minors(1)
    assert predicted(school, school.student).status == 200
    assert predicted(school, client.as_("eve", "student")).error.fields == {"NOTHING_TO_TELL"}
    assert predicted(school, client.as_("ben", "student")).error.code == "NOT_FOUND"
    path = f"/api/ai/predict-success/{school.student.user_id}"
    colleague = client.as_("colleague", "instructor")
    assert colleague.get(path, {"courseId": school.course_id}).error.code == "FORBIDDEN"
    assert school.student.get(path, {"courseId": school.course_id}).error.code == "FORBIDDEN"


def test_features_without_a_grade_and_far_away() -> None:
    now = time.now()
    second = now.timestamp()
    row = {**ROW, "mean": None, "since": second - 7 * 86_400, "active": second - 400 * 86_400, "open": []}
    assert features_of(row, 4, now) == {
        "days_away": 60.0, "lessons_ahead": -0.5, "mean_grade": 0.55, "overdue": 0.0, "weeks_in": 1.0,
    }  # fmt: skip


def plant(school: School, count: int) -> None:
    """Store snapshots of students whose outcome is known by now."""
    enrolled = time.now() - timedelta(days=200)
    for case in cohort(5, count).cases:
        features = dict(zip(NAMES, case.row, strict=True))
        past = (time.now() - timedelta(days=130)).date().isoformat()
        write_many(
            [
                LearnerSnapshot(user_id=case.user_id, course_id=school.course_id, day=past, features=features),
                Enrolment(
                    course_id=school.course_id,
                    user_id=case.user_id,
                    state="active",
                    enrolled_at=enrolled,
                    completed_at=time.now() - timedelta(days=1) if case.outcome else None,
                ),
            ]
        )


def test_a_nights_training_takes_the_place_of_what_was_shipped(client: Client, school: School) -> None:
    assert deliver(client.cloud, client.tenant, only="courses") == 0 or school.course_id
    report(school, {"id": school.student.user_id})
    assert deliver(client.cloud, client.tenant, only="courses") == 0
    plant(school, 400)
    run_twice_at_once(jobs, "train_models")
    state = ModelState.require(model_id="success")
    assert (int(state.current), int(state.latest)) == (1, 1)
    allow_minors(1)
    success = predicted(school, school.student).data["success"]
    assert (success["basis"], success["modelVersion"]) == ("trained", 1)
    admin = client.as_("admin")
    shown = admin.get("/api/ai/models/success/metrics").data
    assert (shown["modelVersion"], shown["basis"]) == (1, "trained")
    assert {"accuracy", "precision", "recall", "f1Score", "trainingDate", "features"} <= set(shown)
    assert shown["versions"][0]["heldOut"]["auc"] > 0.7
    job = admin.post("/api/ai/models/success/retrain").data
    assert deliver(client.cloud, client.tenant, only="ai") == 0
    assert admin.get(f"/api/jobs/{job['jobId']}").data["result"] == "/api/ai/models/success/metrics"
    assert [each.state for each in find(ModelVersion, model_id="success").items] == ["promoted", "promoted"]


def test_snapshots_are_kept_once_and_go_with_the_account(client: Client, school: School, clock: Clock) -> None:
    from functions.users.erasure import REMOVED

    report(school, {"id": school.student.user_id}, {"id": "done", "completed": True})
    assert deliver(client.cloud, client.tenant, only="courses") == 0
    for _ in range(8):
        run(jobs, "keep_snapshots")
        run(jobs, "keep_snapshots")
        clock.advance(days=1)
    kept = find(LearnerSnapshot, index="gsi1", course_id=school.course_id).items
    assert {each.user_id for each in kept} == {school.student.user_id}
    assert 1 <= len(kept) <= 2
    assert LearnerSnapshot in REMOVED
    assert User.fetch(user_id=school.student.user_id) is not None


def test_models_have_cards_and_only_trained_ones_are_trained(client: Client) -> None:
    admin = client.as_("admin")
    models = {each["modelId"]: each for each in admin.get("/api/ai/models").data["models"]}
    assert models["success"]["modelVersion"] == 0
    assert all(each["limits"] and each["data"] and each["fallback"] and each["features"] for each in models.values())
    assert admin.post("/api/ai/models/similarity/retrain").error.fields == {"NOT_TRAINED"}
    assert admin.post("/api/ai/models/none/retrain").error.code == "NOT_FOUND"
    assert admin.get("/api/ai/models/none/metrics").error.code == "NOT_FOUND"
    assert "accuracy" not in admin.get("/api/ai/models/dropout/metrics").data
    shipped = admin.get("/api/ai/models/success/metrics").data
    assert (shipped["basis"], shipped["modelVersion"], "trainingDate" in shipped) == ("shipped", 0, False)
    made = cohort(2).cases
    chances = [SHIPPED["success"].chance(each.row) for each in made]
    measured = metrics.figures(chances, [each.outcome for each in made])
    names = {"accuracy": "accuracy", "precision": "precision", "recall": "recall", "f1Score": "f1_score"}
    assert {name: shipped[name] for name in names} == {name: measured[own] for name, own in names.items()}  # type: ignore[literal-required]
    assert client.as_("moderator").get("/api/ai/models").error.code == "FORBIDDEN"
    job = admin.post("/api/ai/models/dropout/retrain").data
    assert deliver(client.cloud, client.tenant, only="ai") == 0
    assert admin.get(f"/api/jobs/{job['jobId']}").data["error"]["code"] == "RULE_VIOLATION"
