"""Ruling on suspected keys: each is kept or was corrected by a regrade, and the results that waited are released."""

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.model.audit import audit
from lyceum.model.exams.assessments import Assessment, KeyReview
from lyceum.rules.courses import teaching

from functions.exams.marking.schemas.key_review import KeyReviewView, RuleOnKeys, SuspectedKey
from functions.exams.papers import embargo
from functions.exams.papers.incidents import incident


def show(caller: Principal, assessment_id: str) -> KeyReviewView:
    """Show the review of an assessment's keys (1 storage request); raises NotFound."""
    assessment, review = _read(caller, assessment_id)
    return _view(assessment, review)


def _read(caller: Principal, assessment_id: str) -> tuple[Assessment, KeyReview | None]:
    at = {"assessment_id": assessment_id}
    assessment, review = fetch_many(Assessment.at(**at), KeyReview.at(**at), consistent=True)
    if assessment is None or assessment.state == "deleted":
        raise NotFound("There is no such assessment.")
    teaching.require(caller, assessment.owner_id, assessment.course_id, assessment.noun)
    return assessment, review


def _view(assessment: Assessment, review: KeyReview | None) -> KeyReviewView:
    if review is None:
        state = "awaited" if assessment.policy.get("review_keys") else "off"
        return KeyReviewView(assessment_id=assessment.assessment_id, state=state, takers=0, suspects=[])
    return KeyReviewView(
        assessment_id=assessment.assessment_id,
        state=review.state,
        takers=int(review.takers),
        suspects=[
            SuspectedKey.model_validate({**each, "ruling": review.rulings.get(each["question_id"])})
            for each in review.suspects
        ],
        ruled_at=review.ruled_at,
    )


def rule(caller: Principal, assessment_id: str, wanted: RuleOnKeys) -> KeyReviewView:
    """Rule on all suspected keys and let the results go; audited. The same ruling again changes nothing.

    Costs 1 read and one transaction. Raises NotFound, Conflict NOT_HELD, or RuleViolation UNRULED_KEYS.
    """
    return retry_on_conflict(lambda: _rule(caller, assessment_id, wanted))


def _rule(caller: Principal, assessment_id: str, wanted: RuleOnKeys) -> KeyReviewView:
    assessment, review = _read(caller, assessment_id)
    rulings = {each.question_id: each.ruling for each in wanted.rulings}
    if review is not None and review.state == "ruled" and review.rulings == rulings:
        return _view(assessment, review)
    if review is None or review.state != "held":
        raise Conflict("No results wait for a ruling on keys.", code="NOT_HELD")
    if set(rulings) != {each["question_id"] for each in review.suspects}:
        raise rule_violation("UNRULED_KEYS", "Rule on every suspected key, and on no other.")
    review.state, review.rulings = "ruled", rulings
    review.ruled_by, review.ruled_at = caller.user_id, clock.now()
    described, fan_out = incident(assessment, "release_results", wanted.reason)
    event = audit(
        "keys.rule", assessment_id, before={"state": "held"}, after={"rulings": rulings}, reason=wanted.reason
    )
    unit = Unit().replace(review).replace(assessment)
    unit.create(described, fan_out, *embargo.embargoed(assessment)).create(event).commit()
    return _view(assessment, review)
