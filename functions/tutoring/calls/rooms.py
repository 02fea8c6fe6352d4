"""Coming into the call of a session: who, when, and what it takes.

Whoever opens the call counts as having come. The session is in progress once both have.
"""

from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.model.tutoring import CallQuality, TutoringSession
from lyceum.rules.call_tickets import CallTicket, room_of

from functions.tutoring.calls import turn
from functions.tutoring.calls.schemas import CallView, QualityTaken, ReportQuality
from functions.tutoring.recordings import consents
from functions.tutoring.sessions import due, people

_MOST_REPORTS = 60
_KEPT = timedelta(days=30)


def open_call(caller: Principal, session_id: str) -> CallView:
    """Let one of the two into the call (1 storage request; and 1 write for who comes first).

    Raises NotFound for anybody else, Conflict CALL_NOT_OPEN outside the session's time and once it is over.
    """
    session = retry_on_conflict(lambda: _come(caller, session_id))
    until = session.ends_at + due.GRACE
    ticket = CallTicket(session_id, caller.user_id, int(session.sequence), until)
    return CallView(
        session_id=session_id,
        room=room_of(session_id),
        ticket=ticket.seal(),
        expires_at=until,
        ice_servers=turn.servers(caller.user_id, until),
        participants=[session.mentor_id, session.student_id],
        may_record=consents.are_complete(session),
        must_record=session.is_recorded,
    )


def _come(caller: Principal, session_id: str) -> TutoringSession:
    session = people.required(caller, TutoringSession.fetch(session_id=session_id, consistent=True))
    require_open(session)
    if caller.user_id in session.joined:
        return session
    session.joined = {**session.joined, caller.user_id: clock.iso(clock.now())}
    if {session.mentor_id, session.student_id} <= set(session.joined):
        session.state = "in_progress"
    due.place(session)
    Unit().replace(session).commit()
    return session


def require_open(session: TutoringSession) -> None:
    """Demand that a session's call may be entered now; raises Conflict CALL_NOT_OPEN."""
    now, early = clock.now(), limits.value("tutoring_call_minutes")
    is_time = session.starts_at - timedelta(minutes=early) <= now < session.ends_at + due.GRACE
    if session.state not in due.OPEN or not is_time:
        opens = f"This call opens {early} minutes before the session and closes after it."
        raise Conflict(opens, code="CALL_NOT_OPEN")


def report(caller: Principal, session_id: str, seen: ReportQuality) -> QualityTaken:
    """Keep what one of the two sees of the call's quality, the latest sixty (1 storage request and 1 write)."""
    return retry_on_conflict(lambda: _report(caller, session_id, seen))


def _report(caller: Principal, session_id: str, seen: ReportQuality) -> QualityTaken:
    session, known = fetch_many(
        TutoringSession.at(session_id=session_id),
        CallQuality.at(session_id=session_id, user_id=caller.user_id),
        consistent=True,
    )
    require_open(people.required(caller, session))
    known = known or CallQuality(session_id=session_id, user_id=caller.user_id)
    known.reports = [{"at": clock.iso(clock.now()), **seen.model_dump()}, *known.reports][:_MOST_REPORTS]
    known.ttl = _KEPT
    Unit().save(known).commit()
    return QualityTaken(reports=len(known.reports))
