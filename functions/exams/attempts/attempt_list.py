"""An assessment's list of attempts, and how many each student has started."""

from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit
from lyceum.model.exams.assessments import AssessmentAttempt
from lyceum.model.exams.sessions import AttemptCount, ExamSession


def update_entry(unit: Unit, session: ExamSession) -> None:
    """Bring the entry of a session in its assessment's list of attempts up to date; other sessions are in no list."""
    if session.assessment_id is None or session.is_preview:
        return
    values = {
        "state": "running" if session.state != "finished" else "finished",
        "finished_at": session.finished_at,
        "cause": session.cause,
        "score": session.score,
        "percent": session.percent,
        "is_passed": session.is_passed,
        "is_pending": bool(session.pending_count),
    }
    changes = [
        getattr(AssessmentAttempt, name).set(value) if value is not None else getattr(AssessmentAttempt, name).remove()
        for name, value in values.items()
    ]
    unit.change(AssessmentAttempt.at(assessment_id=session.assessment_id, exam_id=session.exam_id), *changes)


def count_attempt(unit: Unit, session: ExamSession, used: int) -> None:
    """Count a start of an assessment; one that began meanwhile refuses this one."""
    attempts = AttemptCount.at(user_id=session.user_id, assessment_id=session.assessment_id)
    values = [
        AttemptCount.user_id.set(session.user_id),
        AttemptCount.assessment_id.set(session.assessment_id),
        AttemptCount.used.set(used + 1),
        AttemptCount.last_exam_id.set(session.exam_id),
    ]
    is_next = (AttemptCount.used == used) if used else AttemptCount.pk.does_not_exist()
    again = Conflict("Another start of this exam is under way. Try again.", code="START_CONFLICT")
    unit.change(attempts, *values, when=is_next, refuse=again, or_create=True)
    facts = {
        name: getattr(session, name)
        for name in ("assessment_id", "exam_id", "user_id", "attempt", "state", "started_at")
    }
    unit.create(AssessmentAttempt(**facts))
