"""What proctors do to a session: more time, pauses with the time credited, reopening. All is in the audit log.

Deadlines stand on the session and on its sheet, and both are written in one transaction, so the next call of the
student goes by the new one (EXAM T5).
"""

from datetime import datetime, timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.assessments import Incident
from lyceum.model.exams.sessions import AnswerSheet, ExamSession

from functions.exams.attempts import active_session, attempt_list, audit_log, timing
from functions.exams.papers import policies

_PAUSED_GUARD = timedelta(days=365)


def extend(
    session: ExamSession,
    seconds: int,
    reason: str,
    *,
    reopen: bool = False,
    after_keys: bool = False,
    incident_id: str | None = None,
) -> None:
    """Give a session more time.

    One that ended by itself goes on only with `reopen`, its answers as they were, and only with `after_keys` when its
    result was released, since what is right may be known by then (EXAM L7); one that was submitted stays ended. Raises
    Conflict SESSION_FINISHED, KEYS_SHOWN, or OTHER_SESSION_RUNS when another one stands in the way of a reopened one.
    """
    now = clock.now()
    was_closed = timing.is_closed(session, now)
    if was_closed and not (reopen and session.cause in (None, "expired")):
        raise Conflict("This exam is over.", code="SESSION_FINISHED")
    if session.released_at is not None and not after_keys:
        raise Conflict("What is right was shown: say `afterKeys` if it shall go on all the same.", code="KEYS_SHOWN")
    before = session.state
    more = (now - session.deadline_at).total_seconds() + seconds if was_closed else seconds
    timing.move_end(session, more)
    session.extended_seconds = int(session.extended_seconds) + seconds
    if before == "finished":
        session.state, session.finished_at, session.cause, session.pending_count = "running", None, None, 0
        session.score = session.percent = session.is_passed = None
        session.due_minute = timing.due_minute(session, now)
    name = "reopened" if was_closed else "extended"
    facts = {"seconds": seconds, "deadline": clock.iso(session.deadline_at), **_shown_keys(session)}
    _write(session, name, reason, before, incident_id, more, **facts)


def _shown_keys(session: ExamSession) -> dict[str, Any]:
    """Return for the audit log since when what is right was shown; nothing where it was not."""
    return {"keys_shown": clock.iso(session.released_at)} if session.released_at is not None else {}


def pause(session: ExamSession, reason: str, *, incident_id: str | None = None) -> None:
    """Stop a running session's clock: nothing is shown and nothing is taken until it is resumed. Raises Conflict."""
    now = clock.now()
    if session.state == "paused":
        raise Conflict("This exam is paused already.", code="EXAM_PAUSED")
    if timing.is_closed(session, now):
        raise Conflict("This exam is over.", code="SESSION_FINISHED")
    session.state, session.paused_at, session.due_minute = "paused", now, None
    _write(session, "paused", reason, "running", incident_id)


def resume(session: ExamSession, reason: str, *, incident_id: str | None = None) -> None:
    """Let a paused session go on, with the time that it stood credited in full; raises Conflict NOT_PAUSED."""
    if session.state != "paused":
        raise Conflict("This exam is not paused.", code="NOT_PAUSED")
    credited = (clock.now() - session.paused_at).total_seconds()
    session.state, session.paused_at = "running", None
    timing.move_end(session, credited)
    _write(
        session,
        "resumed",
        reason,
        "paused",
        incident_id,
        credited,
        credited_seconds=round(credited, 3),
        deadline=clock.iso(session.deadline_at),
    )


def take_release(session: ExamSession, incident: Incident) -> bool:
    """Let a session tell what it asked when its exam says; says whether that is another time.

    Late news change nothing.
    """
    if session.release_sequence >= incident.sequence:
        return False
    was, session.closed_from, session.release_sequence = session.closed_from, incident.until, incident.sequence
    return bool(was != session.closed_from)


def move_release(session: ExamSession, incident: Incident) -> None:
    """Put off or bring forward what a session may tell, because the end of its exam moved (EXAM L7)."""
    if not take_release(session, incident):
        return
    session.due_minute = timing.due_minute(session, clock.now())
    session.incident_ids = [*session.incident_ids, incident.incident_id]
    until = clock.iso(incident.until) if incident.until else None
    event = audit_log.append(session, "withheld", reason=incident.reason, until=until, incident=incident.incident_id)
    Unit().replace(session).create(event).commit()


def _write(
    session: ExamSession, name: str, reason: str, before: str, incident_id: str | None, more: float = 0, **facts: Any
) -> None:
    """Write session, sheet, guard and event together; a sheet that ended meanwhile is a Conflict SESSION_FINISHED.

    `more` are the seconds by which the open section, where sections are timed, stays open longer.
    """
    if incident_id:
        session.incident_ids = [*session.incident_ids, incident_id]
        facts["incident"] = incident_id
    event = audit_log.append(session, name, reason=reason, **facts)
    sheet = AnswerSheet.at(exam_id=session.exam_id)
    changes = [
        AnswerSheet.state.set(session.state),
        AnswerSheet.deadline_at.set(session.deadline_at),
        AnswerSheet.closes_at.set(session.closes_at),
    ]
    if more and policies.limits(session.policy["sections"]):
        changes.append(AnswerSheet.section_until.set(AnswerSheet.section_until + round(more * 1000)))
    over = Conflict("This exam is over.", code="SESSION_FINISHED")
    unit = Unit().change(sheet, *changes, when=AnswerSheet.state == before, refuse=over).replace(session).create(event)
    now = clock.now()
    active_session.hold_guard(unit, session, _guarded_until(session, now), now)
    attempt_list.update_entry(unit, session)
    try:
        unit.commit()
    except ConditionFailed:
        raise Conflict("The student has started another session of this exam.", code="OTHER_SESSION_RUNS") from None


def _guarded_until(session: ExamSession, now: datetime) -> datetime:
    return now + _PAUSED_GUARD if session.state == "paused" else session.closes_at
