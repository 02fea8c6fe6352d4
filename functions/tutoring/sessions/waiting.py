"""The waiting list of a mentor: when a time is free again, who waited longest for it gets it."""

from contextlib import suppress
from datetime import datetime

from lyceum.kit.errors import DomainError, Unavailable
from lyceum.kit.table import find, retry_on_conflict
from lyceum.model.tutoring import TutoringSession

from functions.tutoring.sessions import booking

_MOST = 100
_GIVE_UP_AFTER = 20


def give_on(mentor_id: str, begins: datetime, ends: datetime) -> None:
    """Confirm sessions that wait for a time which is free again, in the order in which they were asked for.

    One that can not be confirmed (its student has too little credit, another session, or is too late) waits on, and
    the next has its turn. A confirmed one waits no more, so a second delivery confirms nothing twice.
    """
    waiting = find(TutoringSession, index="gsi2", waits_for=mentor_id, limit=_MOST).items
    fitting = [each.session_id for each in waiting if each.starts_at < ends and each.ends_at > begins]
    for session_id in fitting[:_GIVE_UP_AFTER]:
        with suppress(DomainError):
            _confirm(session_id)


def _confirm(session_id: str) -> None:
    try:
        retry_on_conflict(lambda: _try(session_id))
    except Unavailable as failure:
        raise _StorageDown from failure


class _StorageDown(Exception):
    """Storage is out of reach: the message has to come again."""


def _try(session_id: str) -> None:
    session = TutoringSession.fetch(session_id=session_id, consistent=True)
    if session is None or session.state != "waiting":
        return
    inputs = booking.read(session.student_id, session.mentor_id, session.starts_at, session.ends_at, session.package_id)
    booking.require_offered(inputs, session.starts_at, session.ends_at)
    minutes = int((session.ends_at - session.starts_at).total_seconds()) // 60
    price = booking.price_of(inputs, session.paid_by, minutes)
    booking.confirm(session, inputs, price)
