"""One running attempt in a scope at a time, and one device for an attempt."""

from datetime import datetime, timedelta

from lyceum.kit.errors import Conflict, Detail
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.model.exams.sessions import ActiveSession, AnswerSheet, ExamSession

_GUARD_KEPT = timedelta(days=1)


def require_device(caller: Principal, sheet: AnswerSheet) -> None:
    """Raise Conflict LEASED_ELSEWHERE when another sign-in holds the session (EXAM V1)."""
    if sheet.device and sheet.device != caller.session_id:
        where = [Detail("examId", sheet.exam_id)]
        raise Conflict(
            "This exam is open on another device. Resume it here to go on.", code="LEASED_ELSEWHERE", details=where
        )


def hold_guard(unit: Unit, session: ExamSession, until: datetime, now: datetime) -> Unit:
    """Let a session be its user's running one in its scope until a moment; fails where another one is."""
    guard = ActiveSession.at(user_id=session.user_id, scope=session.scope)
    held = [
        ActiveSession.user_id.set(session.user_id),
        ActiveSession.scope.set(session.scope),
        ActiveSession.exam_id.set(session.exam_id),
        ActiveSession.closes_at.set(until),
        ActiveSession.ttl.set(int((until + _GUARD_KEPT).timestamp())),
    ]
    is_free = (
        ActiveSession.pk.does_not_exist() | (ActiveSession.closes_at < now) | (ActiveSession.exam_id == session.exam_id)
    )
    return unit.change(guard, *held, when=is_free, or_create=True)
