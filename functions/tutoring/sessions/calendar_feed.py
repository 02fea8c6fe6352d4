"""One's sessions as a calendar that programs follow (RFC 5545), by a private link that its owner can end.

The link is sealed with the deployment's secret and names tenant, user and the number of the link; so the address needs
no sign-in, nobody can make one, and none is stored.
"""

from dataclasses import replace
from datetime import timedelta

from lyceum.kit import clock, context
from lyceum.kit.errors import Gone, NotFound
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, batch_fetch, fetch_many, find
from lyceum.messages.calendar_files import TimedEntry, feed
from lyceum.messages.catalogue import language_of, words
from lyceum.model.tutoring import TutoringEntry, TutoringFeed, TutoringSession
from lyceum.model.users.account import User

from functions.tutoring.sessions.schemas import CalendarLink

_PURPOSE = "tutoring calendar"
_DAYS_BACK = timedelta(days=30)
_MOST = 100
_SHOWN = frozenset({"scheduled", "in_progress", "completed", "cancelled"})


def _address(user_id: str, number: int) -> CalendarLink:
    token = sealing.seal(_PURPOSE, context.tenant(), user_id, str(number))
    return CalendarLink(calendar_url=f"{settings().api_url}/api/tutoring/calendar.ics?token={token}")


def link(caller: Principal) -> CalendarLink:
    """Return the address of the caller's calendar (1 storage request)."""
    stored = TutoringFeed.fetch(user_id=caller.user_id)
    return _address(caller.user_id, int(stored.number) if stored else 0)


def renew(caller: Principal) -> CalendarLink:
    """End the address of the caller's calendar and return another (1 write)."""
    stored = TutoringFeed.at(user_id=caller.user_id)
    Unit().change(stored, TutoringFeed.number.add(1), or_create=True).commit()
    return _address(caller.user_id, int(stored.number))


def show(token: str) -> str:
    """Return the calendar that a link is for: a month back, and what is to come (3 storage requests).

    Raises NotFound for a link that was not made here or whose owner is gone, Gone for one that was ended.
    """
    try:
        tenant, user_id, number = sealing.unseal(_PURPOSE, token, 3)
    except sealing.BrokenSeal:
        raise NotFound("There is no such calendar.") from None
    with context.working(replace(context.current(), tenant=tenant)):
        user, stored = fetch_many(User.at(user_id=user_id), TutoringFeed.at(user_id=user_id))
        if user is None or user.status == "deleted":
            raise NotFound("There is no such calendar.")
        if number != str(int(stored.number) if stored else 0):
            raise Gone("This link was ended by its owner.")
        first = clock.iso(clock.now() - _DAYS_BACK)
        entries = find(TutoringEntry, user_id=user_id, from_sort=first, limit=_MOST).items
        names = [TutoringSession.at(session_id=each.session_id) for each in entries]
        found = batch_fetch(names) if names else []
    return _write(user, [each for each in found if isinstance(each, TutoringSession) and each.state in _SHOWN])


def _write(user: User, sessions: list[TutoringSession]) -> str:
    language = language_of(user.language)
    title = words(language, "tutoring.calendar.title", {})
    entries = [_entry(user, session, language) for session in sessions]
    written = max((each.updated_at for each in sessions), default=user.created_at or clock.now())
    return feed(title, entries, written_at=written, refresh_hours=1).decode()


def _entry(user: User, session: TutoringSession, language: str) -> TimedEntry:
    is_mentor = user.user_id == session.mentor_id
    other = session.student_name if is_mentor else session.mentor_name
    values = {"subject": session.subject, "name": other or ""}
    title = words(language, "tutoring.calendar.entry", values)
    return TimedEntry(
        f"{session.session_id}@{settings().domain}",
        session.starts_at,
        session.ends_at,
        title,
        "",
        int(session.sequence),
        is_cancelled=session.state == "cancelled",
    )
