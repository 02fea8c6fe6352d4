"""Brings an incident to every attempt at an assessment: pages of the list, then batches of sessions."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, RuleViolation
from lyceum.kit.table import Unit, find
from lyceum.model.exams.assessments import AssessmentAttempt, Incident
from lyceum.model.exams.sessions import ExamSession
from lyceum.tasks.exams import ApplyIncident, FanOutIncident

from functions.exams.marking import regrading
from functions.exams.marking.marks import read_marks
from functions.exams.marking.schemas import Ruling
from functions.exams.proctoring import actions

_BATCH = 25
_BATCHES = 40
_TRIES = 5
_NOTHING_TO_DO = frozenset({"SESSION_FINISHED", "EXAM_PAUSED", "NOT_PAUSED", "OTHER_SESSION_RUNS"})


def fan_out(task: FanOutIncident, unit: Unit) -> str | None:
    """Hand a page of an assessment's sessions on in batches; returns the last of them while there are more."""
    found = find(
        AssessmentAttempt,
        assessment_id=task.assessment_id,
        limit=_BATCH * _BATCHES,
        after=_key_after(task) if task.after else None,
        consistent=True,
    )
    exam_ids = [entry.exam_id for entry in found.items]
    batches = [exam_ids[start : start + _BATCH] for start in range(0, len(exam_ids), _BATCH)]
    about = {"assessment_id": task.assessment_id, "incident_id": task.incident_id}
    send(unit, *(ApplyIncident(**about, exam_ids=batch) for batch in batches))
    return exam_ids[-1] if found.last_key else None


def _key_after(task: FanOutIncident) -> dict[str, Any]:
    partition, sort = AssessmentAttempt.key_of(assessment_id=task.assessment_id, exam_id=task.after)
    return {"PK": {"S": partition}, "SK": {"S": sort}}


def apply(task: ApplyIncident) -> None:
    """Do to each session of a batch what an incident asks; those that it does not concern any more stay as they are."""
    incident = Incident.require(assessment_id=task.assessment_id, incident_id=task.incident_id, consistent=True)
    for exam_id in task.exam_ids:
        _reach(exam_id, incident)


def _reach(exam_id: str, incident: Incident) -> None:
    for tries_left in reversed(range(_TRIES)):
        session = ExamSession.fetch(exam_id=exam_id, consistent=True)
        if session is None or incident.incident_id in session.incident_ids or session.started_at > incident.declared_at:
            return
        try:
            _act(session, incident)
        except Conflict as refused:
            if refused.code in _NOTHING_TO_DO:
                actions.move_release(ExamSession.require(exam_id=exam_id, consistent=True), incident)
                return
            if not tries_left:
                raise
        else:
            return


def _act(session: ExamSession, incident: Incident) -> None:
    more = int(incident.seconds)
    if incident.action == "regrade":
        _regrade(session, incident)
    elif incident.action == "move_release" or session.state == "finished":
        actions.move_release(session, incident)
    else:
        actions.take_release(session, incident)
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
    attempt, earlier = read_marks(session.exam_id)
    ruling = Ruling.model_validate({name: value for name, value in incident.ruling.items() if name != "lower"})
    with suppress(RuleViolation):
        regrading.apply(
            attempt, earlier, ruling, incident.reason, lower=incident.ruling["lower"], incident_id=incident.incident_id
        )
