"""More attempts for everybody after somebody was shown what is right: they are said to be so, and audited (EXAM L7)."""

from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, find_all
from lyceum.model.audit import audit
from lyceum.model.exams.assessments import Assessment, AssessmentAttempt

from functions.exams.authoring.schemas.assessments import ChangeAssessment
from functions.exams.papers import embargo

_ENDED = AssessmentAttempt.state == "finished"


def check(unit: Unit, assessment: Assessment, allowed: int | None, wanted: ChangeAssessment) -> None:
    """Refuse more attempts than the `allowed` ones of before, unless the change says that what is right is known.

    A change that says so, and one that makes another paper by choosing questions, lets those try again to whom what was
    right until now was shown. Costs 1 storage request where attempts become more. Raises Conflict KEYS_SHOWN.
    """
    now_allowed = assessment.policy["attempts"]
    is_more = allowed is not None and (now_allowed is None or now_allowed > allowed)
    is_other_paper = wanted.question_ids is not None or wanted.blueprint is not None
    if is_other_paper or wanted.after_keys:
        assessment.after_keys_at = clock.now()
    if is_more and not is_other_paper and _may_know_keys(assessment):
        if not wanted.after_keys:
            raise Conflict(
                "What is right was shown to some: say afterKeys and why more attempts follow.", code="KEYS_SHOWN"
            )
        before, after = {"attempts": allowed}, {"attempts": now_allowed}
        unit.create(
            audit("assessment.attempts", assessment.assessment_id, before=before, after=after, reason=wanted.reason)
        )
    elif wanted.after_keys:
        unit.create(audit("assessment.after_keys", assessment.assessment_id, before={}, after={}, reason=wanted.reason))


def _may_know_keys(assessment: Assessment) -> bool:
    """Say whether results of an assessment were told to somebody: a session of it ended, and nothing withholds them."""
    closing = embargo.last_closing(assessment)
    if assessment.policy["feedback"] == "after_window" and closing is not None and closing >= clock.now():
        return False
    listed = find_all(AssessmentAttempt, assessment_id=assessment.assessment_id, where=_ENDED)
    return next(iter(listed), None) is not None
