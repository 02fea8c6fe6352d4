"""What becomes of the sessions of somebody who leaves: those ahead are called off, those held lose name and words."""

from lyceum.kit import clock
from lyceum.kit.table import Unit, find_all, remove_many, retry_on_conflict
from lyceum.model.tutoring import BookedDay, BookedTime, TutoringEntry, TutoringFeed, TutoringSession
from lyceum.rules.ledger.booking import BookedAlready

from functions.tutoring.sessions import changing, money


def call_off_all(user_id: str) -> None:
    """Call off every session of somebody that has not begun; all money goes back. Done again it changes nothing."""
    for entry in find_all(TutoringEntry, user_id=user_id):
        if entry.starts_at > clock.now():
            _call_off(entry.session_id)


def _call_off(session_id: str) -> None:
    def work() -> None:
        session = TutoringSession.fetch(session_id=session_id, consistent=True)
        if session is None or session.state not in {"scheduled", "waiting"}:
            return
        unit = Unit()
        events = changing.call_off(session, None, None, unit, percent_back=money.WHOLE)
        unit.replace(session, *events).commit()

    retry_on_conflict(work, on=(BookedAlready,))


def forget(user_id: str, unit: Unit) -> None:
    """Take a person out of what stays for others, and remove lists, taken time and calendar."""
    for entry in find_all(TutoringEntry, user_id=user_id):
        retry_on_conflict(lambda name=entry.session_id: _forget(user_id, name))  # type: ignore[misc]
        remove_many([entry])
    remove_many([*find_all(BookedTime, user_id=user_id), *find_all(BookedDay, user_id=user_id)])
    unit.remove(TutoringFeed.at(user_id=user_id))


def _forget(user_id: str, session_id: str) -> None:
    session = TutoringSession.fetch(session_id=session_id, consistent=True)
    if session is None:
        return
    if user_id == session.student_id:
        session.student_name, session.note, session.comment, session.guardian_ids = None, None, None, []
    if user_id == session.mentor_id:
        session.mentor_name, session.feedback = None, None
    session.reason = None if session.cancelled_by == user_id else session.reason
    Unit().replace(session).commit()
