"""What proctors do to a session: more time, pauses with the time credited, reopening. All is in the audit log.

Deadlines stand on the session and on its sheet, and both are written in one transaction, so the next call of the
student goes by the new one (EXAM T5). What was done to a whole exam counts from the moment at which it was declared,
whenever it reaches the session; so actions that come late or in another order lead to the same (EXAM W9).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from lyceum.events.exams import ExamExtended, ExamPaused, ExamResumed
from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Event
from lyceum.kit.frozen import frozen
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.assessments import Incident
from lyceum.model.exams.sessions import AnswerSheet, ExamSession
from lyceum.rules.exams import answer_sheets

from functions.exams.attempts import active_session, attempt_list, audit_log, timing
from functions.exams.papers import policies


@frozen
class Cause:
    """Why something is done to a session.

    - `incident`: what is done to the whole exam, if it is that.
    - `beside`: adds to the transaction what has to change with the session.
    """

    reason: str
    incident: Incident | None = None
    beside: Callable[[ExamSession, Unit], None] | None = None

    def moment(self) -> datetime:
        """Return when it was decided."""
        return self.incident.declared_at if self.incident else clock.now()


def extend(session: ExamSession, seconds: int, cause: Cause, *, reopen: bool = False, after_keys: bool = False) -> None:
    """Give a session more time.

    One that ended by itself goes on only with `reopen`, its answers as they were, and only with `after_keys` when its
    result was released, since what is right may be known by then (EXAM L7); one that was submitted stays ended. Raises
    Conflict SESSION_FINISHED, KEYS_SHOWN, or OTHER_SESSION_RUNS when another one stands in the way of a reopened one.
    """
    now, before = clock.now(), session.state
    was_closed = _was_closed(session, cause)
    if was_closed and not (reopen and session.cause in (None, "expired")):
        raise _over()
    if session.released_at is not None and not after_keys:
        raise _keys_shown()
    late = max(0.0, (now - session.deadline_at).total_seconds()) if was_closed else 0
    if was_closed or before == "finished":
        _reopen(session)
    timing.move_end(session, late + seconds)
    session.extended_seconds = int(session.extended_seconds) + seconds
    facts = {"seconds": seconds, "deadline": clock.iso(session.deadline_at), **_shown_keys(session)}
    told = ExamExtended(
        exam_id=session.exam_id, user_id=session.user_id, deadline_at=session.deadline_at, is_reopened=was_closed
    )
    name, at = "reopened" if was_closed else "extended", None if was_closed else session.paused_at
    _write(session, name, cause, before, told, more=late + seconds, at=at, **facts)


def _was_closed(session: ExamSession, cause: Cause) -> bool:
    """Say whether a session had ended when it was decided what to do to it."""
    return timing.was_closed(session, cause.moment()) if cause.incident else timing.is_closed(session, clock.now())


def _reopen(session: ExamSession) -> None:
    session.state, session.finished_at, session.cause, session.pending_count = "running", None, None, 0
    session.score = session.percent = session.is_passed = session.paused_at = None


def _shown_keys(session: ExamSession) -> dict[str, Any]:
    """Return for the audit log since when what is right was shown; nothing where it was not."""
    return {"keys_shown": clock.iso(session.released_at)} if session.released_at is not None else {}


def pause(session: ExamSession, cause: Cause) -> None:
    """Stop a session's clock: nothing is shown and nothing is taken until it is resumed, or the longest pause is over.

    Raises Conflict EXAM_PAUSED, SESSION_FINISHED or KEYS_SHOWN.
    """
    before, moment = session.state, cause.moment()
    if before == "paused":
        raise Conflict("This exam is paused already.", code="EXAM_PAUSED")
    if _was_closed(session, cause):
        raise _over()
    if before == "finished":  # by itself, while the news was on its way
        if session.released_at is not None:
            raise _keys_shown()
        _reopen(session)
    session.state, session.paused_at = "paused", moment
    session.due_minute = timing.due_minute(session, moment)
    end = timing.pause_end(session)
    told = ExamPaused(exam_id=session.exam_id, user_id=session.user_id, pause_ends_at=end)
    _write(session, "paused", cause, before, told, until=clock.iso(end))


def note(session: ExamSession, incident: Incident) -> None:
    """Note that an incident reached a session which is as it asks already."""
    session.incident_ids = [*session.incident_ids, incident.incident_id]
    Unit().replace(session).commit()


def resume(session: ExamSession, cause: Cause, *, stands_again_from: datetime | None = None) -> None:
    """Let a paused session go on, with the time that it stood credited in full.

    One that a later pause has reached already stands again from then on.
    Raises Conflict NOT_PAUSED, or SESSION_FINISHED when it has stood for too long.
    """
    if session.state != "paused" or session.paused_at > cause.moment():
        raise Conflict("This exam is not paused.", code="NOT_PAUSED")
    if timing.is_closed(session, cause.moment()):
        raise _over()
    stood_from, credited = session.paused_at, (cause.moment() - session.paused_at).total_seconds()
    session.state, session.paused_at = "paused" if stands_again_from else "running", stands_again_from
    _credit(session, credited, cause, "paused", at=stood_from)


def credit_pause(session: ExamSession, cause: Cause) -> None:
    """Credit the time of a pause of the whole exam that has not reached a session before its end did (EXAM W9).

    Raises Conflict SESSION_FINISHED or KEYS_SHOWN.
    """
    before, seconds = session.state, int(cause.incident.seconds) if cause.incident else 0
    if timing.was_closed(session, cause.moment() - timedelta(seconds=seconds)):
        raise _over()
    if before == "finished":
        if session.released_at is not None:
            raise _keys_shown()
        _reopen(session)
    _credit(session, seconds, cause, before, at=session.paused_at)


def _credit(session: ExamSession, seconds: float, cause: Cause, before: str, at: datetime | None = None) -> None:
    timing.move_end(session, seconds)
    deadline, names = session.deadline_at, {"exam_id": session.exam_id, "user_id": session.user_id}
    is_paused = session.state == "paused"
    told = ExamExtended(**names, deadline_at=deadline) if is_paused else ExamResumed(**names, deadline_at=deadline)
    facts = {"credited_seconds": round(seconds, 3), "deadline": clock.iso(deadline)}
    _write(session, "credited" if is_paused else "resumed", cause, before, told, more=seconds, at=at, **facts)


def _over() -> Conflict:
    return Conflict("This exam is over.", code="SESSION_FINISHED")


def _keys_shown() -> Conflict:
    return Conflict("What is right was shown: say `afterKeys` if it shall go on all the same.", code="KEYS_SHOWN")


def take_release(session: ExamSession, incident: Incident) -> bool:
    """Let a session tell what it asked when its exam says; says whether that is another time.

    Late news change nothing.
    """
    if session.release_sequence > incident.sequence:
        return False
    was, session.closed_from, session.release_sequence = session.closed_from, incident.until, incident.sequence
    return bool(was != session.closed_from)


def move_release(session: ExamSession, incident: Incident) -> bool:
    """Put off or bring forward what a session may tell, because the end of its exam moved; says whether it did (L7)."""
    if not take_release(session, incident):
        return False
    session.due_minute = timing.due_minute(session, clock.now())
    session.incident_ids = [*session.incident_ids, incident.incident_id]
    until = clock.iso(incident.until) if incident.until else None
    event = audit_log.append(session, "withheld", reason=incident.reason, until=until, incident=incident.incident_id)
    Unit().replace(session).create(event).commit()
    return True


def let_release(session: ExamSession, incident: Incident) -> bool:
    """Let the schedule release a result that was held for its exam's keys; says whether there was one (EXAM L8)."""
    if session.state != "finished" or session.released_at is not None:
        return False
    session.due_minute = timing.due_minute(session, clock.now())
    session.incident_ids = [*session.incident_ids, incident.incident_id]
    event = audit_log.append(session, "keys_reviewed", reason=incident.reason, incident=incident.incident_id)
    Unit().replace(session).create(event).commit()
    return True


def _write(
    session: ExamSession,
    name: str,
    cause: Cause,
    before: str,
    told: Event,
    *,
    more: float = 0,
    at: datetime | None = None,
    **facts: Any,
) -> None:
    """Write session, sheet, guard and event together; a sheet that changed meanwhile is a Conflict EDIT_CONFLICT.

    `more` are the seconds by which the section that is open at a moment (now, unless it is said), where sections are
    timed, stays open longer.
    """
    now = clock.now()
    if cause.incident:
        session.incident_ids = [*session.incident_ids, cause.incident.incident_id]
        facts["incident"] = cause.incident.incident_id
    event = audit_log.append(session, name, reason=cause.reason, **facts)
    is_same = AnswerSheet.state == before
    changes = [
        AnswerSheet.state.set(session.state),
        AnswerSheet.deadline_at.set(session.deadline_at),
        AnswerSheet.closes_at.set(session.closes_at),
    ]
    if policies.limits(session.policy["sections"]):
        sheet = AnswerSheet.require(exam_id=session.exam_id, consistent=True)
        is_same &= (AnswerSheet.section == sheet.section) & (AnswerSheet.section_until == sheet.section_until)
        changes += _moved_section(sheet, more, at or now)
    changed = Conflict("This exam was changed meanwhile.", code="EDIT_CONFLICT")
    unit = Unit()
    answer_sheets.change(unit, session.exam_id, *changes, when=is_same, refuse=changed)
    unit.replace(session, told).create(event)
    active_session.hold_guard(unit, session, _guarded_until(session), now)
    attempt_list.update_entry(unit, session)
    if cause.beside:
        cause.beside(session, unit)
    try:
        unit.commit()
    except ConditionFailed:
        raise Conflict("The student has started another session of this exam.", code="OTHER_SESSION_RUNS") from None


def _moved_section(sheet: AnswerSheet, more: float, at: datetime) -> list[Any]:
    """Return the changes that bring a sheet to the section that is open at a moment, and give that one more time.

    So a section whose time was over stays closed, whether or not anybody has noticed it (EXAM N2).
    """
    sheet.state = "running"
    timing.move_to(sheet, at)
    return [
        AnswerSheet.section.set(sheet.section),
        AnswerSheet.section_until.set(int(sheet.section_until) + round(more * 1000)),
        AnswerSheet.position.set(sheet.position),
    ]


def _guarded_until(session: ExamSession) -> datetime:
    return timing.pause_end(session) if session.state == "paused" else session.closes_at
