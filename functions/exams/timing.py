"""When things are due in a session, by the server's clock alone (EXAM T1, T4)."""

from datetime import datetime, timedelta

from lyceum import clock
from lyceum.model import AnswerSheet, ExamSession

_WARNING = timedelta(minutes=5)
_SHORTEST_WARNED = timedelta(minutes=10)


def is_closed(session: ExamSession | AnswerSheet, now: datetime) -> bool:
    """Say whether no answer is taken any more: it was finished, or deadline and grace are over."""
    return session.state != "running" or now > session.closes_at


def seconds_left(deadline: datetime, now: datetime) -> int:
    """Return the whole seconds until the deadline, never less than 0."""
    return max(0, int((deadline - now).total_seconds()))


def ending(session: ExamSession, now: datetime) -> tuple[datetime, str]:
    """Return when and why a session that ends now has ended.

    Nobody gains time by ending late: the end is the deadline at the latest, whoever notices it and when (EXAM T3).
    """
    return min(now, session.deadline_at), "expired" if now > session.closes_at else "submitted"


def warning_at(session: ExamSession) -> datetime | None:
    """Return when the student is warned: 5 minutes before the deadline; never in a session of under 10 minutes."""
    is_short = session.deadline_at - session.started_at < _SHORTEST_WARNED
    return None if is_short else session.deadline_at - _WARNING


def is_warning_due(session: ExamSession, now: datetime) -> bool:
    """Say whether the warning has to go out now: its time has come, it was not given, and the deadline is ahead."""
    at = warning_at(session)
    return at is not None and session.warned_at is None and at <= now < session.deadline_at


def due_minute(session: ExamSession, now: datetime) -> str:
    """Name the minute after the next thing that is due: the warning while it is ahead, then the end."""
    warning = warning_at(session)
    is_ahead = warning is not None and session.warned_at is None and now < warning
    return minute_after(warning if warning is not None and is_ahead else session.closes_at)


def minute_after(moment: datetime) -> str:
    """Name the minute after the one that holds a moment."""
    return clock.minute_bucket(moment + timedelta(minutes=1))
