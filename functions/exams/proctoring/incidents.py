"""Incidents: what is done to one session at once, or to all sessions of an assessment.

For all of them, the request writes the incident and changes the assessment, so that starts go by it from now on.
Workers then reach the sessions: one lists them and hands them on in small batches, others do what is to be done. Each
session notes the incidents that reached it, so a batch that comes twice does nothing twice.
"""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.sessions import ExamSession
from lyceum.rules import course_access

from functions.exams.papers import embargo
from functions.exams.papers.incidents import incident
from functions.exams.proctoring import actions
from functions.exams.proctoring.schemas import ActionResult, Extend, Pause


def extend(caller: Principal, exam_id: str, wanted: Extend) -> ActionResult:
    """Give one session or all of its exam more time; raises NotFound or Conflict."""
    session, assessment = require_target(caller, exam_id, everybody=wanted.scope == "exam")
    if assessment:
        assessment.extended_seconds = int(assessment.extended_seconds) + wanted.seconds
        return declare(assessment, "extend", wanted.reason, seconds=wanted.seconds)
    actions.extend(session, wanted.seconds, wanted.reason, reopen=wanted.reopen, after_keys=wanted.after_keys)
    _postpone_release_for_others(session, wanted.reason)
    return _done(session)


def pause(caller: Principal, exam_id: str, wanted: Pause) -> ActionResult:
    """Pause or resume one session or all of its exam.

    Raises NotFound or Conflict (EXAM_PAUSED, NOT_PAUSED, SESSION_FINISHED).
    """
    session, assessment = require_target(caller, exam_id, everybody=wanted.scope == "exam")
    if assessment:
        return _pause_all(assessment, wanted)
    act = actions.pause if wanted.action == "pause" else actions.resume
    act(session, wanted.reason)
    _postpone_release_for_others(session, wanted.reason)
    return _done(session)


def _pause_all(assessment: Assessment, wanted: Pause) -> ActionResult:
    now = clock.now()
    if wanted.action == "pause":
        if assessment.paused_at:
            raise Conflict("This exam is paused already.", code="EXAM_PAUSED")
        assessment.paused_at = now
        return declare(assessment, "pause", wanted.reason)
    if assessment.paused_at is None:
        raise Conflict("This exam is not paused.", code="NOT_PAUSED")
    stood = int((now - assessment.paused_at).total_seconds())
    assessment.paused_at = None
    assessment.extended_seconds = int(assessment.extended_seconds) + stood
    return declare(assessment, "resume", wanted.reason, seconds=stood)


def require_target(caller: Principal, exam_id: str, *, everybody: bool) -> tuple[ExamSession, Assessment | None]:
    """Find a session or, for everybody, its assessment; either may be named. Raises NotFound for what is another's."""
    session, assessment = batch_fetch(
        [ExamSession.at(exam_id=exam_id), Assessment.at(assessment_id=exam_id)], consistent=True
    )
    if isinstance(session, ExamSession):
        if not course_access.manages_exam(caller, session.owner_id, session.course_id):
            raise NotFound("There is no such exam.")
        if not everybody:
            return session, None
        assessment = (
            Assessment.fetch(assessment_id=session.assessment_id, consistent=True) if session.assessment_id else None
        )
    if not isinstance(assessment, Assessment) or not course_access.manages_exam(
        caller, assessment.owner_id, assessment.course_id
    ):
        raise NotFound("There is no such exam.")
    return session if isinstance(session, ExamSession) else ExamSession(exam_id=exam_id), assessment


def declare(
    assessment: Assessment, action: str, reason: str, *, seconds: int = 0, ruling: dict[str, Any] | None = None
) -> ActionResult:
    """Write an incident with the change of its assessment, and let the workers know."""
    described, fan_out = incident(assessment, action, reason, seconds=seconds, ruling=ruling)
    Unit().replace(assessment).create(described, fan_out, *embargo.embargoed(assessment)).commit()
    return ActionResult(scope="exam", assessment_id=assessment.assessment_id, incident_id=described.incident_id)


def _done(session: ExamSession) -> ActionResult:
    return ActionResult(scope="session", exam_id=session.exam_id, state=session.state, deadline_at=session.deadline_at)


def _postpone_release_for_others(session: ExamSession, reason: str) -> None:
    """Where one session goes on after the end of the window, keep from others for as long what is asked in it."""
    if session.closed_from is None or session.closes_at <= session.closed_from or session.assessment_id is None:
        return
    assessment = Assessment.fetch(assessment_id=session.assessment_id, consistent=True)
    if assessment and (
        assessment.release_postponed_until is None or assessment.release_postponed_until < session.closes_at
    ):
        assessment.release_postponed_until = session.closes_at
        declare(assessment, "move_release", reason)
