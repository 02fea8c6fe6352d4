"""What is reckoned here, without a language model: next questions, paths, chances, similarities, and models."""

from typing import Annotated

from lyceum.kit.http import USER, Api, Caller, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.rules.sessions import recheck

from functions.ai.adaptive import pathing, recommending
from functions.ai.adaptive.schemas import LearningPath, NextQuestions, PathWish, Recommendation
from functions.ai.integrity import flags, reports
from functions.ai.integrity.schemas import (
    Appeal,
    Detect,
    FlagQuery,
    FlagView,
    FocusLossView,
    IntegrityReportView,
    OwnFlags,
    OwnFlagView,
    ReportFocusLoss,
    Review,
)
from functions.ai.originality import checking
from functions.ai.originality.schemas import CheckOriginality, OriginalityReport
from functions.ai.prediction import predicting
from functions.ai.prediction.schemas import Prediction, PredictionQuery
from functions.ai.registry import models
from functions.ai.registry.schemas import ModelList, ModelMetrics

api = Api("ai", recheck=recheck)
handler = api.handler


@api.post("/api/ai/recommend-questions", access=may(Permission.LEARN), limit="120/hour")
def choose_next_questions(caller: Caller, body: NextQuestions) -> Recommendation:
    """Choose the next questions by the estimate of one's ability, coverage and spacing, with reasons."""
    return recommending.recommend(caller, body)


@api.post("/api/ai/optimize-path", access=may(Permission.LEARN), limit="60/hour")
def make_learning_path(caller: Caller, body: PathWish) -> LearningPath:
    """Find the order in which to learn the topics of a course, by mastery and the time that is left."""
    return pathing.find_way(caller, body)


@api.post("/api/ai/check-plagiarism", access=may(Permission.GRADE_WORK), limit="60/hour")
def check_plagiarism(caller: Caller, body: CheckOriginality) -> OriginalityReport:
    """Compare a text with others' work for its assignment and with its course, passages side by side."""
    return checking.check(caller, body)


@api.get("/api/ai/predict-success/{userId}", access=may(Permission.GRADE_WORK), refuses=(422,))
def show_success_prediction(caller: Caller, user_id: str, query: Annotated[PredictionQuery, Query()]) -> Prediction:
    """Show a student's chances in a course that one teaches, each with three reasons."""
    return predicting.predict(caller, user_id, query)


@api.post("/api/ai/detect-cheating", access=may(Permission.PROCTOR_EXAMS), status=202, limit="20/hour", idempotent=True)
def start_cheating_detection(caller: Caller, body: Detect) -> JobView:
    """Have an assessment looked through for signs of copying; what is found waits for people."""
    return view(reports.start(caller, body.assessment_id))


@api.get("/api/ai/detect-cheating/{assessmentId}", access=may(Permission.PROCTOR_EXAMS))
def show_integrity_report(caller: Caller, assessment_id: str) -> IntegrityReportView:
    """Show what was found in an assessment: timing, similarity of answers and focus loss, with scores."""
    return reports.show(caller, assessment_id)


@api.post("/api/ai/focus-loss", access=may(Permission.TAKE_EXAMS), limit="600/hour", refuses=(409,))
def report_focus_loss(caller: Caller, body: ReportFocusLoss) -> FocusLossView:
    """Report that the window of one's running exam was left for a while."""
    return flags.report_focus_loss(caller, body)


@api.get("/api/admin/cheating-detection", access=may(Permission.MODERATE))
def list_cheating_flags(query: Annotated[FlagQuery, Query()]) -> Page[FlagView]:
    """List signs of cheating, those that wait for a review unless another state is asked for."""
    return query.page(flags.listed(query), flags.view)


@api.post("/api/admin/cheating-detection/review/{flagId}", access=may(Permission.MODERATE), limit="300/hour")
def confirm_cheating_flag(caller: Caller, flag_id: str, body: Review) -> FlagView:
    """Uphold or dismiss a sign of cheating, with the reason."""
    return flags.review(caller, flag_id, body)


@api.get("/api/ai/cheating-flags", access=USER)
def list_own_flags(caller: Caller) -> OwnFlags:
    """List the signs of cheating about oneself that were upheld."""
    return OwnFlags(flags=[OwnFlagView.model_validate(each) for each in flags.own(caller)])


@api.post("/api/ai/cheating-flags/{flagId}/appeal", access=USER, limit="10/hour")
def submit_flag_appeal(caller: Caller, flag_id: str, body: Appeal) -> OwnFlagView:
    """Appeal against a sign of cheating that was upheld; somebody else decides on it anew."""
    return OwnFlagView.model_validate(flags.appeal(caller, flag_id, body))


@api.get("/api/ai/models", access=may(Permission.SEE_OPERATIONS))
def list_models() -> ModelList:
    """List the models with their versions and cards."""
    return models.listed()


@api.post("/api/ai/models/{modelId}/retrain", access=may(Permission.RUN_OPERATIONS), status=202, limit="10/hour")
def start_retraining(caller: Caller, model_id: str) -> JobView:
    """Train a model anew; it comes into use only where it is no worse on the same held-out cases."""
    return view(models.retrain(caller, model_id))


@api.get("/api/ai/models/{modelId}/metrics", access=may(Permission.SEE_OPERATIONS))
def show_model_metrics(model_id: str) -> ModelMetrics:
    """Show how well a model does on held-out cases, version by version."""
    return models.metrics(model_id)
