"""What becomes of sessions by themselves: reminders, their end, and those that waited in vain.

Each step looks at the session as it stands and is written on that version, so late, doubled and missing runs of the
schedule end in the same: every reminder once, every session ended once, by what is known of who came.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lyceum.events.tutoring import TutoringChanged, TutoringReminderDue
from lyceum.kit import clock
from lyceum.kit.jobs import schedules
from lyceum.kit.table import Unit, find_all, retry_on_conflict
from lyceum.model.tutoring import TutoringSession
from lyceum.rules.ledger.booking import BookedAlready
from lyceum.tasks.content import DiscardUpload

from functions.tutoring.sessions import changing, due, facts, money


def due_in(span: datetime) -> Iterator[TutoringSession]:
    """Yield the sessions that are due in a span."""
    yield from find_all(TutoringSession, index="gsi1", due_slot=schedules.bucket(span))


def step(session_id: str) -> None:
    """Do what is due for a session now, if anything still is."""
    retry_on_conflict(lambda: _step(session_id), on=(BookedAlready,))


def _step(session_id: str) -> None:
    session = TutoringSession.fetch(session_id=session_id, consistent=True)
    now = clock.now()
    if session is None or session.due_at is None or session.due_at > now:
        return
    unit = Unit()
    events = _act(session, now, unit)
    due.place(session)
    unit.replace(session, *events).commit()


def _act(session: TutoringSession, now: datetime, unit: Unit) -> list[Any]:
    """Do the one thing that is due, and return the news of it; what is behind it is due in a later step."""
    if session.state == "waiting":
        return changing.call_off(session, None, None, unit, percent_back=money.WHOLE)
    if session.state in due.OPEN:
        return _end(session, unit) if session.ends_at + due.GRACE <= now else _remind(session, now)
    if session.recording_until is not None and session.recording_until <= now:
        return _let_recording_go(session)
    return []


def _remind(session: TutoringSession, now: datetime) -> list[Any]:
    """Tell of a session that is near; where several reminders are due at once, the nearest alone."""
    overdue = [each for each in due.REMINDERS if session.starts_at - each[1] <= now and each[0] not in session.told]
    session.told = [*session.told, *(name for name, _, _ in overdue)]
    if not overdue or now >= session.starts_at:
        return []
    return [TutoringReminderDue(**facts.of(session), hours_left=overdue[-1][2])]


def _end(session: TutoringSession, unit: Unit) -> list[Any]:
    """End a session by who came: both, or else it is a no-show of who did not.

    A student who did not come pays; where the mentor did not, all goes back.
    """
    has_come = {name: user_id in session.joined for name, user_id in
                (("mentor", session.mentor_id), ("student", session.student_id))}  # fmt: skip
    if all(has_come.values()):
        return changing.complete(session, unit)
    missing = [name for name, came in has_come.items() if not came]
    session.state, session.absent = "no_show", missing[0] if len(missing) == 1 else "both"
    money.settle(unit, session, 0 if session.absent == "student" else money.WHOLE)
    return [TutoringChanged(**facts.of(session), change="no_show")]


def _let_recording_go(session: TutoringSession) -> list[Any]:
    """Order that a recording is removed whose time is over."""
    upload_id = str(session.recording_id)
    session.recording_id = session.recording_until = None
    session.recording_state = "removed"
    return [DiscardUpload(upload_id=upload_id)]
