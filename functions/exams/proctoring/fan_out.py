"""Brings an incident to every attempt."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, RuleViolation
from lyceum.kit.table import Unit, find
from lyceum.model.exams.assessments import AssessmentAttempt, Incident
from lyceum.model.exams.sessions import ExamSession
from lyceum.tasks.exams import ApplyIncident, FanOutIncident

from functions.exams.marking import marks, regrading
from functions.exams.marking.schemas import Ruling
from functions.exams.proctoring import actions

_BATCH = 25
_BATCHES = 40
_TRIES = 5
_NOTHING_TO_DO = frozenset({"SESSION_FINISHED", "EXAM_PAUSED", "NOT_PAUSED", "OTHER_SESSION_RUNS"})


def spread(event: FanOutIncident, unit: Unit) -> None:
    """Hand the sessions of an assessment on in batches, a thousand at a time; what is left follows by another event."""
    after = None
    if event.after_exam_id:
        pk, sk = AssessmentAttempt.key_of(assessment_id=event.assessment_id, exam_id=event.after_exam_id)
        after = {"PK": {"S": pk}, "SK": {"S": sk}}
    found = find(
        AssessmentAttempt, assessment_id=event.assessment_id, limit=_BATCH * _BATCHES, after=after, consistent=True
    )
    names = [sitting.exam_id for sitting in found.items]
    work = {"assessment_id": event.assessment_id, "incident_id": event.incident_id}
    send(
        unit, *(ApplyIncident(**work, exam_ids=names[start : start + _BATCH]) for start in range(0, len(names), _BATCH))
    )
    if found.last_key:
        send(unit, FanOutIncident(**work, after_exam_id=names[-1]))


def carry_out(event: ApplyIncident) -> None:
    """Do to each session of a batch what an incident asks; those that it does not concern any more stay as they are."""
    incident = Incident.require(assessment_id=event.assessment_id, incident_id=event.incident_id, consistent=True)
    for exam_id in event.exam_ids:
        _reach(exam_id, incident)


def _reach(exam_id: str, incident: Incident) -> None:
    for attempt in range(_TRIES):
        session = ExamSession.fetch(exam_id=exam_id, consistent=True)
        if (
            session is None
            or incident.incident_id in session.interventions
            or session.started_at > incident.declared_at
        ):
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
        actions.withhold(session, incident.until, incident.reason, incident.incident_id)
    elif session.state == "finished":
        if session.closed_from is not None and more:
            actions.withhold(
                session, session.closed_from + timedelta(seconds=more), incident.reason, incident.incident_id
            )
    else:
        act: dict[str, Callable[..., Any]] = {
            "extend": lambda **named: actions.extend(session, more, incident.reason, **named),
            "pause": lambda **named: actions.pause(session, incident.reason, **named),
            "resume": lambda **named: actions.resume(session, incident.reason, **named),
        }
        act[incident.action](incident_id=incident.incident_id)


def _regrade(session: ExamSession, incident: Incident) -> None:
    """Apply a ruling to a session that is finished; a score that it would lower stays, unless it shall."""
    if session.state != "finished":
        return
    desk, earlier = marks.read(session.exam_id)
    ruling = Ruling.model_validate({name: value for name, value in incident.ruling.items() if name != "lower"})
    with suppress(RuleViolation):
        regrading.apply(
            desk, earlier, ruling, incident.reason, lower=incident.ruling["lower"], incident_id=incident.incident_id
        )
