"""Incidents: what is done to one session at once, or to all sessions of an assessment.

For all of them, the request writes the incident and changes the assessment, so that starts go by it from now on.
Workers then reach the sessions: one lists them and hands them on in small batches, others do what is to be done. Each
session notes the incidents that reached it, so a batch that comes twice does nothing twice.
"""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, fetch_many, retry_on_conflict
from lyceum.model.audit import audit
from lyceum.model.exams.assessments import Assessment, Incident
from lyceum.model.exams.sessions import ExamSession
from lyceum.rules.courses import teaching

from functions.exams.attempts import timing
from functions.exams.papers import embargo, policies
from functions.exams.papers.incidents import incident
from functions.exams.proctoring import actions
from functions.exams.proctoring.actions import Cause
from functions.exams.proctoring.schemas import ActionOutcome, ActionResult, Extend, Pause


def extend(caller: Principal, exam_id: str, wanted: Extend) -> ActionResult:
    """Give one session or all of its exam more time; raises NotFound or Conflict."""
    return retry_on_conflict(lambda: _extend(caller, exam_id, wanted))


def _extend(caller: Principal, exam_id: str, wanted: Extend) -> ActionResult:
    session, assessment = require_target(caller, exam_id, everybody=wanted.scope == "exam")
    if assessment:
        assessment.extended_seconds = int(assessment.extended_seconds) + wanted.seconds
        return declare(assessment, "extend", wanted.reason, seconds=wanted.seconds)
    cause = Cause(wanted.reason, beside=_postpone_release_for_others)
    actions.extend(session, wanted.seconds, cause, reopen=wanted.reopen, after_keys=wanted.after_keys)
    return _done(session)


def pause(caller: Principal, exam_id: str, wanted: Pause) -> ActionResult:
    """Pause or resume one session or all of its exam.

    Raises NotFound or Conflict (EXAM_PAUSED, NOT_PAUSED, SESSION_FINISHED).
    """
    return retry_on_conflict(lambda: _pause(caller, exam_id, wanted))


def _pause(caller: Principal, exam_id: str, wanted: Pause) -> ActionResult:
    session, assessment = require_target(caller, exam_id, everybody=wanted.scope == "exam")
    if assessment:
        return _pause_all(assessment, wanted)
    act = actions.pause if wanted.action == "pause" else actions.resume
    act(session, Cause(wanted.reason, beside=_postpone_release_for_others))
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
    stood = int(min(now - assessment.paused_at, policies.LONGEST_PAUSE).total_seconds())
    assessment.paused_at = None
    assessment.extended_seconds = int(assessment.extended_seconds) + stood
    return declare(assessment, "resume", wanted.reason, seconds=stood)


def require_target(caller: Principal, exam_id: str, *, everybody: bool) -> tuple[ExamSession, Assessment | None]:
    """Find a session or, for everybody, its assessment; either may be named. Raises NotFound for what is another's."""
    session, assessment = batch_fetch(
        [ExamSession.at(exam_id=exam_id), Assessment.at(assessment_id=exam_id)], consistent=True
    )
    if isinstance(session, ExamSession):
        teaching.require(caller, session.owner_id, session.course_id)
        if not everybody:
            return session, None
        assessment = (
            Assessment.fetch(assessment_id=session.assessment_id, consistent=True) if session.assessment_id else None
        )
    if not isinstance(assessment, Assessment):
        raise NotFound("There is no such exam.")
    if not isinstance(session, ExamSession):
        teaching.require(caller, assessment.owner_id, assessment.course_id)
    return session if isinstance(session, ExamSession) else ExamSession(exam_id=exam_id), assessment


def declare(
    assessment: Assessment, action: str, reason: str, *, seconds: int = 0, ruling: dict[str, Any] | None = None
) -> ActionResult:
    """Write an incident with the change of its assessment and its audit, and let the workers know."""
    unit = Unit()
    described = _declare_in(unit, assessment, action, reason, seconds=seconds, ruling=ruling)
    after = {"seconds": seconds, "ruling": ruling, "incidentId": described.incident_id}
    unit.create(audit(f"exam.{action}", assessment.assessment_id, before={}, after=after, reason=reason))
    unit.commit()
    return ActionResult(scope="exam", assessment_id=assessment.assessment_id, incident_id=described.incident_id)


def _declare_in(unit: Unit, assessment: Assessment, action: str, reason: str, **values: Any) -> Incident:
    ends = assessment.pause_id if action == "resume" else None
    described, fan_out = incident(assessment, action, reason, pause_id=ends, **values)
    if action in {"pause", "resume"}:
        assessment.pause_id = described.incident_id if action == "pause" else None
    unit.replace(assessment).create(described, fan_out, *embargo.embargoed(assessment))
    return described


def outcome(caller: Principal, assessment_id: str, incident_id: str) -> ActionOutcome:
    """Show what became of an action on all sessions of an exam (1 storage request); raises NotFound."""
    assessment, found = fetch_many(
        Assessment.at(assessment_id=assessment_id),
        Incident.at(assessment_id=assessment_id, incident_id=incident_id),
        consistent=True,
    )
    if not assessment or not found:
        raise NotFound("There is no such action.")
    teaching.require(caller, assessment.owner_id, assessment.course_id, "action")
    reached = int(found.done) + int(found.left_out) + int(found.failed)
    return ActionOutcome(
        action_id=incident_id,
        assessment_id=assessment_id,
        action=found.action,
        reason=found.reason,
        declared_at=found.declared_at,
        state="complete" if found.is_listed and reached >= found.listed else "running",
        sessions=int(found.listed),
        done=int(found.done),
        left_out=int(found.left_out),
        failed=int(found.failed),
    )


def _done(session: ExamSession) -> ActionResult:
    return ActionResult(scope="session", exam_id=session.exam_id, state=session.state, deadline_at=session.deadline_at)


def _postpone_release_for_others(session: ExamSession, unit: Unit) -> None:
    """Where one session may go on after the end of the window, keep from others for as long what is asked in it.

    It is part of the transaction that lets the session go on, so nothing is told in between; and no longer than it
    takes: what a pause might have taken is given back at its end.
    """
    if session.closed_from is None or session.assessment_id is None:
        return
    assessment = Assessment.fetch(assessment_id=session.assessment_id, consistent=True)
    own = embargo.own_closing(assessment) if assessment else None
    if assessment is None or own is None:
        return
    until, known = timing.last_moment(session), dict(assessment.postponements or {})
    if assessment.release_postponed_until and not known:  # from before each was told apart
        known[""] = clock.iso(assessment.release_postponed_until)
    kept = {name: at for name, at in known.items() if clock.parse(at) > own and name != session.exam_id}
    if until > own:
        kept[session.exam_id] = clock.iso(until)
    if kept != known:
        assessment.postponements = kept
        assessment.release_postponed_until = max((clock.parse(at) for at in kept.values()), default=None)
        _declare_in(unit, assessment, "move_release", "Somebody sits it for another time.")
