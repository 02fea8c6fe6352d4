"""Brings an incident to every attempt at an assessment: pages of the list, then batches of sessions.

Several pauses of an exam and their ends may reach a session late, twice or in any order. An end that comes before its
pause credits the time by itself and voids the pause; a pause that comes after a later one, or its end, is void too. So
whatever the order the session ends in the last one's state, with the same time (EXAM W9).
"""

from collections.abc import Callable
from typing import Any, Literal

from aws_lambda_powertools import Logger

from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, DomainError, RuleViolation, Unavailable
from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.model.exams.assessments import Assessment, AssessmentAttempt, Incident
from lyceum.model.exams.sessions import ExamSession
from lyceum.tasks.exams import ApplyIncident, FanOutIncident

from functions.exams.attempts import attempt_list
from functions.exams.marking import regrading
from functions.exams.marking.marks import read_marks
from functions.exams.marking.schemas.regrading import Ruling
from functions.exams.papers import spreading
from functions.exams.proctoring import actions
from functions.exams.proctoring.actions import Cause

_BATCH = 25
_BATCHES = 40
_NOTHING_TO_DO = frozenset({"SESSION_FINISHED", "EXAM_PAUSED", "NOT_PAUSED", "OTHER_SESSION_RUNS", "KEYS_SHOWN"})
Outcome = Literal["done", "left_out", "failed"]
logger = Logger()


def fan_out(task: FanOutIncident, unit: Unit) -> str | None:
    """Hand a page of an assessment's sessions on in batches; returns where the next begins while there are more."""
    about = {"assessment_id": task.assessment_id, "incident_id": task.incident_id}
    assessment, incident = fetch_many(Assessment.at(assessment_id=task.assessment_id), Incident.at(**about))
    parts = int(assessment.parts) if assessment else 1
    after = key_after(task.assessment_id, task.after) if task.after else None
    found = attempt_list.read_page(task.assessment_id, parts, _BATCH * _BATCHES, after, consistent=True)
    exam_ids = [entry.exam_id for entry in found.items]
    batches = [exam_ids[start : start + _BATCH] for start in range(0, len(exam_ids), _BATCH)]
    send(unit, *(ApplyIncident(**about, exam_ids=batch) for batch in batches))
    if incident:
        unit.change(incident, Incident.listed.add(len(exam_ids)), Incident.is_listed.set(found.last_key is None))
    return place_after(found.last_key) if found.last_key else None


def place_after(key: dict[str, Any]) -> str:
    """Write down where a page ended: the last session, and behind a `#` the part of the list unless it is the first."""
    name = str(key["PK"]["S"]).partition("#")[2]
    _, dot, part = name.partition(".")
    return f"{key['SK']['S']}#{part}" if dot else str(key["SK"]["S"])


def key_after(assessment_id: str, after: Any) -> dict[str, Any]:
    """Read where a page ended, as `place_after` wrote it down."""
    exam_id, separator, part = str(after).partition("#")
    name = spreading.name_of(assessment_id, int(part)) if separator else assessment_id
    partition, sort = AssessmentAttempt.key_of(assessment_id=name, exam_id=exam_id)
    return {"PK": {"S": partition}, "SK": {"S": sort}}


def apply(task: ApplyIncident, unit: Unit) -> None:
    """Do to each session of a batch what an incident asks, and count what became of it.

    One that it does not concern any more stays as it is, and one that fails stops no other. Raises Unavailable after
    all, when storage could not be reached for some: the batch comes again then.
    """
    incident = Incident.fetch(assessment_id=task.assessment_id, incident_id=task.incident_id, consistent=True)
    if incident is None:  # removed with its exam: there is nobody left to tell
        return
    outcomes = [_try(exam_id, incident) for exam_id in task.exam_ids]
    if None in outcomes:
        raise Unavailable
    if task.is_late:
        _count_late(unit, task, incident, outcomes)
        return
    counts = {name: outcomes.count(name) for name in ("done", "left_out", "failed")}
    unit.change(incident, *(getattr(Incident, name).add(count) for name, count in counts.items() if count))


def _count_late(unit: Unit, task: ApplyIncident, incident: Incident, outcomes: list[Outcome | None]) -> None:
    """Count sessions that a ruling has reached at their end: it left out those that ran, and knew no later ones.

    Ids sort by the time at which they were made.
    """
    reached = [name for name, outcome in zip(task.exam_ids, outcomes, strict=True) if outcome == "done"]
    ran = sum(name < incident.incident_id for name in reached)
    if reached:
        unit.change(
            incident,
            Incident.done.add(len(reached)),
            Incident.left_out.add(-ran),
            Incident.listed.add(len(reached) - ran),
        )


def _try(exam_id: str, incident: Incident) -> Outcome | None:
    """Bring an incident to a session and say what became of it; None when storage was too busy."""
    try:
        return _reach(exam_id, incident)
    except Unavailable:
        return None
    except Exception as error:
        if isinstance(error, DomainError) and getattr(error, "code", "") == "EDIT_CONFLICT":
            return None
        logger.exception("incident failed", extra={"exam_id": exam_id, "incident_id": incident.incident_id})
        return "failed"


def _reach(exam_id: str, incident: Incident) -> Outcome:
    return retry_on_conflict(lambda: _bring(exam_id, incident))


def _bring(exam_id: str, incident: Incident) -> Outcome:
    session = ExamSession.fetch(exam_id=exam_id, consistent=True)
    if session is None or (session.started_at > incident.declared_at and incident.action != "regrade"):
        return "left_out"
    if incident.incident_id in session.incident_ids:
        return "done"
    try:
        return _act(session, incident)
    except Conflict as refused:
        if refused.code not in _NOTHING_TO_DO:
            raise
    found = ExamSession.fetch(exam_id=exam_id, consistent=True)
    if found:
        actions.move_release(found, incident)
    return "left_out"


def _act(session: ExamSession, incident: Incident) -> Outcome:
    if incident.action == "regrade":
        return _regrade(session, incident)
    if incident.action == "release_results":
        return "done" if actions.let_release(session, incident) else "left_out"
    if incident.action == "move_release":
        return "done" if actions.move_release(session, incident) else "left_out"
    actions.take_release(session, incident)
    act: dict[str, Callable[[ExamSession, Incident], None]] = {"extend": _extend, "pause": _pause, "resume": _resume}
    act[incident.action](session, incident)
    return "done"


def _extend(session: ExamSession, incident: Incident) -> None:
    actions.extend(session, int(incident.seconds), Cause(incident.reason, incident))


def _pause(session: ExamSession, incident: Incident) -> None:
    if session.pause_sequence > incident.sequence:
        raise Conflict("A later pause, or its end, came before.", code="EXAM_PAUSED")
    session.pause_sequence = incident.sequence
    if session.state == "paused":  # by itself, or for an earlier pause whose end is on its way
        session.later_pauses = [*session.later_pauses, clock.iso(incident.declared_at)]
        actions.note(session, incident)
    else:
        actions.pause(session, Cause(incident.reason, incident))


def _resume(session: ExamSession, incident: Incident) -> None:
    is_reached = incident.pause_id is None or incident.pause_id in session.incident_ids
    is_last = session.pause_sequence < incident.sequence
    session.pause_sequence = max(int(session.pause_sequence), int(incident.sequence))
    if session.state == "paused" and is_reached and session.paused_at <= incident.declared_at:
        later = [each for each in session.later_pauses if each > clock.iso(incident.declared_at)]
        session.later_pauses = later
        stands_again_from = None if is_last or not later else clock.parse(min(later))
        actions.resume(session, Cause(incident.reason, incident), stands_again_from=stands_again_from)
    elif not is_reached:
        session.incident_ids = [*session.incident_ids, incident.pause_id]
        actions.credit_pause(session, Cause(incident.reason, incident))
    else:
        raise Conflict("This exam is not paused.", code="NOT_PAUSED")


def _regrade(session: ExamSession, incident: Incident) -> Outcome:
    """Apply a ruling to a session that is finished; a score that it would lower stays, unless it shall."""
    if session.state != "finished":
        return "left_out"
    attempt, earlier = read_marks(session.exam_id)
    ruling = Ruling.model_validate({name: value for name, value in incident.ruling.items() if name != "lower"})
    try:
        made = regrading.apply(
            attempt, earlier, ruling, incident.reason, lower=incident.ruling["lower"], incident=incident
        )
    except RuleViolation:
        return "left_out"
    return "done" if made.applied else "left_out"
