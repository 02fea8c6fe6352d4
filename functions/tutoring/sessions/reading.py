"""Sessions as their people see them."""

from datetime import UTC, datetime, time

from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, batch_fetch, find
from lyceum.model.tutoring import TutoringEntry, TutoringSession

from functions.tutoring.sessions import people
from functions.tutoring.sessions.schemas import PersonView, SessionsQuery, SessionView


def own(caller: Principal, query: SessionsQuery) -> Slice[TutoringSession]:
    """Return a page of one's sessions by their beginnings (2 storage requests).

    A filter by state leaves rows of the page out, so a page may be shorter than asked for and have one behind it.
    """
    first = datetime.combine(query.from_day, time.min, UTC) if query.from_day else None
    found = find(
        TutoringEntry,
        user_id=caller.user_id,
        limit=query.limit,
        after=query.start_key(),
        from_sort=first.isoformat(timespec="milliseconds").replace("+00:00", "Z") if first else None,
        descending=query.order == "desc",
    )
    names = [TutoringSession.at(session_id=entry.session_id) for entry in found.items]
    sessions = [each for each in batch_fetch(names) if isinstance(each, TutoringSession)] if names else []
    return Slice([each for each in sessions if query.state in (None, each.state)], found.last_key)


def show(caller: Principal, session_id: str) -> TutoringSession:
    """Return one session to those who may see it (1 storage request); raises NotFound."""
    return people.seen_by(caller, TutoringSession.fetch(session_id=session_id))


def view(session: TutoringSession) -> SessionView:
    """Show a session."""
    has_recording = session.recording_state == "ready"
    return SessionView(
        mentor=PersonView(user_id=session.mentor_id, name=session.mentor_name),
        student=PersonView(user_id=session.student_id, name=session.student_name),
        duration=int((session.ends_at - session.starts_at).total_seconds()) // 60,
        must_record=session.is_recorded,
        consents=sorted(session.consents),
        recording_url=f"/api/tutoring/sessions/{session.session_id}/recording" if has_recording else None,
        **{name: getattr(session, name) for name in _SHOWN},
    )


_SHOWN = (
    "session_id", "state", "subject", "note", "starts_at", "ends_at", "absent", "paid_by", "package_id", "amount",
    "currency", "refunded", "free_until", "cancelled_by", "reason", "recording_state", "stars", "comment", "feedback",
)  # fmt: skip
