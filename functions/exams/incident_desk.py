"""The incident desk: what is done to one session at once, or to all sessions of an assessment.

For all of them, the request writes the incident and changes the assessment, so that starts go by it from now on. Workers
then reach the sessions: one lists them and hands them on in small batches, others do what is to be done. Each session
notes the incidents that reached it, so a batch that comes twice does nothing twice.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from lyceum.events import IncidentDeclared, IncidentSpread
from lyceum.identity import Permission, Principal, may_touch, require_owner
from lyceum.kit import clock, context, ids
from lyceum.kit.consumers.outbox import tell
from lyceum.kit.errors import Conflict, NotFound, RuleViolation
from lyceum.model import Assessment, ExamSession, Incident, SessionEvent, Sitting
from lyceum.table import Unit, batch_fetch, find

from functions.exams import grading, interventions, regrading, secrecy, trail
from functions.exams.invigilation_schemas import Extend, Intervention, Pause, Trail, TrailEntry
from functions.exams.regrading_schemas import Regrade, RegradeResult, Ruling

_BATCH = 25
_BATCHES = 40
_TRIES = 5
_MOST_EVENTS = 1000
_NOTHING_TO_DO = frozenset({"SESSION_FINISHED", "EXAM_PAUSED", "NOT_PAUSED", "OTHER_SESSION_RUNS"})


def extend(caller: Principal, exam_id: str, wanted: Extend) -> Intervention:
    """Give one session or all of its exam more time; raises NotFound or Conflict."""
    session, assessment = _target(caller, exam_id, everybody=wanted.scope == "exam")
    if assessment:
        assessment.extended_seconds = int(assessment.extended_seconds) + wanted.seconds
        return _declare(assessment, "extend", wanted.reason, seconds=wanted.seconds)
    interventions.extend(session, wanted.seconds, wanted.reason, reopen=wanted.reopen)
    _withhold_from_others(session, wanted.reason)
    return _done(session)


def pause(caller: Principal, exam_id: str, wanted: Pause) -> Intervention:
    """Pause or resume one session or all of its exam; raises NotFound or Conflict (EXAM_PAUSED, NOT_PAUSED, SESSION_FINISHED)."""
    session, assessment = _target(caller, exam_id, everybody=wanted.scope == "exam")
    if assessment:
        return _pause_all(assessment, wanted)
    act = interventions.pause if wanted.action == "pause" else interventions.resume
    act(session, wanted.reason)
    _withhold_from_others(session, wanted.reason)
    return _done(session)


def _pause_all(assessment: Assessment, wanted: Pause) -> Intervention:
    now = clock.now()
    if wanted.action == "pause":
        if assessment.paused_at:
            raise Conflict("This exam is paused already.", code="EXAM_PAUSED")
        assessment.paused_at = now
        return _declare(assessment, "pause", wanted.reason)
    if assessment.paused_at is None:
        raise Conflict("This exam is not paused.", code="NOT_PAUSED")
    stood = int((now - assessment.paused_at).total_seconds())
    assessment.paused_at = None
    assessment.extended_seconds = int(assessment.extended_seconds) + stood
    return _declare(assessment, "resume", wanted.reason, seconds=stood)


def regrade(caller: Principal, exam_id: str, wanted: Regrade) -> RegradeResult:
    """Rule on a question for one finished session or all of its exam; raises NotFound, Conflict or RuleViolation."""
    if wanted.scope == "session":
        return RegradeResult(scope="session", session=regrading.regrade(caller, exam_id, wanted))
    _, assessment = _target(caller, exam_id, everybody=True)
    if assessment is None:
        raise NotFound("There is no such exam.")
    ruling = wanted.model_dump(mode="json", include={"ruling", "question_id", "revision"}, exclude_none=True)
    done = _declare(assessment, "regrade", wanted.reason, ruling={**ruling, "lower": wanted.lower})
    return RegradeResult(scope="exam", incident_id=done.incident_id)


def _target(caller: Principal, exam_id: str, *, everybody: bool) -> tuple[ExamSession, Assessment | None]:
    """Find a session, or the assessment that all of it is about; both may be named. Raises NotFound for what is another's."""
    session, assessment = batch_fetch([ExamSession.at(exam_id=exam_id), Assessment.at(assessment_id=exam_id)], consistent=True)
    if isinstance(session, ExamSession):
        require_owner(caller, session.owner_id, "exam", Permission.MANAGE_EXAMS)
        if not everybody:
            return session, None
        assessment = Assessment.fetch(assessment_id=session.assessment_id, consistent=True) if session.assessment_id else None
    if not isinstance(assessment, Assessment) or not may_touch(caller, assessment.owner_id, Permission.MANAGE_EXAMS):
        raise NotFound("There is no such exam.")
    return session if isinstance(session, ExamSession) else ExamSession(exam_id=exam_id), assessment


def _declare(
    assessment: Assessment, action: str, reason: str, *, seconds: int = 0, until: datetime | None = None, ruling: dict[str, Any] | None = None
) -> Intervention:
    """Write an incident with the change of its assessment, and let the workers know."""
    assessment_id, incident_id = assessment.assessment_id, ids.new_id()
    incident = Incident(
        assessment_id=assessment_id,
        incident_id=incident_id,
        action=action,
        seconds=seconds,
        until=until,
        ruling=ruling,
        reason=reason,
        actor_id=context.current().actor,
        declared_at=clock.now(),
    )
    declared = IncidentDeclared(assessment_id=assessment_id, incident_id=incident_id)
    Unit().replace(assessment).create(incident, declared, *secrecy.reserved(assessment)).commit()
    return Intervention(scope="exam", assessment_id=assessment_id, incident_id=incident_id)


def _done(session: ExamSession) -> Intervention:
    return Intervention(scope="session", exam_id=session.exam_id, state=session.state, deadline_at=session.deadline_at)


def _withhold_from_others(session: ExamSession, reason: str) -> None:
    """Where one session goes on after the end of the window, keep from the others what is asked in it for as long."""
    if session.closed_from is None or session.closes_at <= session.closed_from or session.assessment_id is None:
        return
    assessment = Assessment.fetch(assessment_id=session.assessment_id, consistent=True)
    if assessment and (assessment.withheld_until is None or assessment.withheld_until < session.closes_at):
        assessment.withheld_until = session.closes_at
        _declare(assessment, "withhold", reason, until=session.closes_at)


def spread(event: IncidentDeclared, unit: Unit) -> None:
    """Hand the sessions of an assessment on in batches, a thousand at a time; what is left follows by another event."""
    after = None
    if event.after_exam_id:
        pk, sk = Sitting.key_of(assessment_id=event.assessment_id, exam_id=event.after_exam_id)
        after = {"PK": {"S": pk}, "SK": {"S": sk}}
    found = find(Sitting, assessment_id=event.assessment_id, limit=_BATCH * _BATCHES, after=after, consistent=True)
    names = [sitting.exam_id for sitting in found.items]
    work = {"assessment_id": event.assessment_id, "incident_id": event.incident_id}
    tell(unit, *(IncidentSpread(**work, exam_ids=names[start : start + _BATCH]) for start in range(0, len(names), _BATCH)))
    if found.last_key:
        tell(unit, IncidentDeclared(**work, after_exam_id=names[-1]))


def carry_out(event: IncidentSpread) -> None:
    """Do to each session of a batch what an incident asks; those that it does not concern any more stay as they are."""
    incident = Incident.require(assessment_id=event.assessment_id, incident_id=event.incident_id, consistent=True)
    for exam_id in event.exam_ids:
        _reach(exam_id, incident)


def _reach(exam_id: str, incident: Incident) -> None:
    for attempt in range(_TRIES):
        session = ExamSession.fetch(exam_id=exam_id, consistent=True)
        if session is None or incident.incident_id in session.interventions or session.started_at > incident.declared_at:
            return
        try:
            _act(session, incident)
        except Conflict as refused:
            if refused.code in _NOTHING_TO_DO:
                return
            if attempt == _TRIES - 1:
                raise
        else:
            return


def _act(session: ExamSession, incident: Incident) -> None:
    more = int(incident.seconds)
    if incident.action == "regrade":
        _regrade(session, incident)
    elif incident.action == "withhold":
        interventions.withhold(session, incident.until, incident.reason, incident.incident_id)
    elif session.state == "finished":
        if session.closed_from is not None and more:
            interventions.withhold(session, session.closed_from + timedelta(seconds=more), incident.reason, incident.incident_id)
    else:
        act: dict[str, Callable[..., Any]] = {
            "extend": lambda **named: interventions.extend(session, more, incident.reason, **named),
            "pause": lambda **named: interventions.pause(session, incident.reason, **named),
            "resume": lambda **named: interventions.resume(session, incident.reason, **named),
        }
        act[incident.action](incident_id=incident.incident_id)


def _regrade(session: ExamSession, incident: Incident) -> None:
    """Apply a ruling to a session that is finished; a score that it would lower stays, unless it shall."""
    if session.state != "finished":
        return
    desk, earlier = grading.read(session.exam_id)
    ruling = Ruling.model_validate({name: value for name, value in incident.ruling.items() if name != "lower"})
    with suppress(RuleViolation):
        regrading.apply(desk, earlier, ruling, incident.reason, lower=incident.ruling["lower"], incident_id=incident.incident_id)


def read_trail(caller: Principal, exam_id: str) -> Trail:
    """Return the audit trail of a session, and whether it is whole and unchanged; raises NotFound for another's."""
    session = ExamSession.require(exam_id=exam_id, consistent=True)
    require_owner(caller, session.owner_id, "exam", Permission.MANAGE_EXAMS)
    found = find(SessionEvent, exam_id=exam_id, limit=_MOST_EVENTS, consistent=True)
    return Trail(intact=trail.is_intact(session, found.items), events=[TrailEntry.model_validate(event) for event in found.items])
