"""A ruling on a question, for one session or for all of an exam."""

from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal

from functions.exams.marking import regrading
from functions.exams.marking.schemas.regrading import Regrade, RegradeResult
from functions.exams.proctoring import incidents


def regrade(caller: Principal, exam_id: str, wanted: Regrade) -> RegradeResult:
    """Rule on a question for one finished session or all of its exam; raises NotFound, Conflict or RuleViolation."""
    if wanted.scope == "session":
        return RegradeResult(scope="session", session=regrading.regrade(caller, exam_id, wanted))
    _, assessment = incidents.require_target(caller, exam_id, everybody=True)
    if assessment is None:
        raise NotFound("There is no such exam.")
    if wanted.question_id not in assessment.draw.get("question_ids", []):
        raise rule_violation("UNKNOWN_QUESTION", "This question is not in the exam: there is nothing to rule on.")
    ruling = wanted.model_dump(mode="json", include={"ruling", "question_id", "revision"}, exclude_none=True)
    done = incidents.declare(assessment, "regrade", wanted.reason, ruling={**ruling, "lower": wanted.lower})
    return RegradeResult(scope="exam", incident_id=done.incident_id)
