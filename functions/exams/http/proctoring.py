"""Proctoring over HTTP: more time, pauses and the audit log, for those whom an exam belongs to."""

from lyceum.kit.http import Api, Caller, may
from lyceum.kit.identity import Permission
from lyceum.model.exams.sessions import ExamSession
from lyceum.rules.sessions import recheck

from functions.exams.attempts import audit_log
from functions.exams.attempts.schemas import AuditLog
from functions.exams.proctoring import incidents
from functions.exams.proctoring.schemas import ActionOutcome, ActionResult, Extend, Pause

api = Api("exams", recheck=recheck)
handler = api.handler


@api.post("/api/exams/{examId}/extend", access=may(Permission.PROCTOR_EXAMS), owner_of=ExamSession)
def extend_exam(caller: Caller, exam_id: str, body: Extend) -> ActionResult:
    """Give a session more time, or all sessions of its exam; with a reason."""
    return incidents.extend(caller, exam_id, body)


@api.post("/api/exams/{examId}/pause", access=may(Permission.PROCTOR_EXAMS), owner_of=ExamSession)
def pause_exam(caller: Caller, exam_id: str, body: Pause) -> ActionResult:
    """Pause or resume a session, or all sessions of its exam; with a reason, the time credited."""
    return incidents.pause(caller, exam_id, body)


@api.get("/api/assessments/{assessmentId}/actions/{actionId}", access=may(Permission.PROCTOR_EXAMS))
def show_action(caller: Caller, assessment_id: str, action_id: str) -> ActionOutcome:
    """Show what became of an action on all sessions of an exam: how many are done, left out, failed."""
    return incidents.outcome(caller, assessment_id, action_id)


@api.get("/api/exams/{examId}/events", access=may(Permission.PROCTOR_EXAMS), owner_of=ExamSession)
def show_audit_log(caller: Caller, exam_id: str) -> AuditLog:
    """Show the audit log of a session."""
    return audit_log.show(caller, exam_id)
