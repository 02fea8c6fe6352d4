"""What the two of a session do with it: move it, call it off, end it, rate it, write about it, agree to a recording.

Every change is written on the version that was read, with its time, money and news in one transaction; so of two at
once the second sees what the first made of it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from lyceum.events.tutoring import TutoringChanged, TutoringCompleted, TutoringRated
from lyceum.kit import clock
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.tutoring import TutoringSession
from lyceum.rules.ledger.booking import BookedAlready

from functions.tutoring.sessions import booking, due, facts, money, people, reserving
from functions.tutoring.sessions.schemas import (
    Cancel,
    ChangeSession,
    Complete,
    Consent,
    GiveFeedback,
    RateSession,
    Reschedule,
)

MOST_MOVES = 3
"""How often a session is moved."""
Wanted = Reschedule | Cancel | RateSession | GiveFeedback | Complete | Consent


def change(caller: Principal, session_id: str, wanted: ChangeSession, expect: int | None) -> TutoringSession:
    """Do one of these things to a session (1 to 4 storage requests and a transaction).

    Raises NotFound for somebody else's, Forbidden for what is the other one's to do, Conflict NOT_NOW for a state that
    does not admit it, PreconditionFailed for an old version; and what booking raises for a time.
    """
    return retry_on_conflict(lambda: _change(caller, session_id, wanted, expect), on=(BookedAlready,))


def _change(caller: Principal, session_id: str, wanted: Wanted, expect: int | None) -> TutoringSession:
    session = _required(caller, session_id, wanted)
    unit = Unit()
    acts: dict[type[Any], Callable[..., list[Any]]] = {
        Reschedule: _reschedule,
        Cancel: _cancel,
        RateSession: _rate,
        GiveFeedback: _write_feedback,
        Complete: _complete,
        Consent: _agree,
    }
    events = acts[type(wanted)](caller, session, wanted, unit)
    unit.replace(session, *events, expect=expect).commit()
    return session


def _required(caller: Principal, session_id: str, wanted: Wanted) -> TutoringSession:
    """Read a session for one of the two; a guardian agrees for a minor, and calls off, and does nothing else."""
    session = TutoringSession.fetch(session_id=session_id, consistent=True)
    is_for_guardians = isinstance(wanted, Consent | Cancel)
    if session is not None and is_for_guardians and people.is_guardian(caller, session):
        return session
    return people.required(caller, session)


def not_now(message: str) -> Conflict:
    """Return the refusal of what a session's state does not admit."""
    return Conflict(message, code="NOT_NOW")


def _require(session: TutoringSession, *states: str) -> None:
    if session.state not in states:
        raise not_now(f"This session is {session.state.replace('_', ' ')}.")


def _reschedule(caller: Principal, session: TutoringSession, wanted: Reschedule, unit: Unit) -> list[Any]:
    """Move a session; until it is free to be called off, by either, and three times at most."""
    _require(session, "scheduled")
    now = clock.now()
    if session.free_until is None or now > session.free_until:
        raise rule_violation("TOO_LATE_TO_MOVE", "It is too late to move this session: call it off instead.")
    if int(session.moves) >= MOST_MOVES:
        raise rule_violation("MOVED_TOO_OFTEN", f"A session is moved {MOST_MOVES} times at most.")
    length = session.ends_at - session.starts_at
    inputs = booking.read(session.student_id, session.mentor_id, wanted.starts_at, wanted.starts_at + length)
    freed = _held(session)
    booking.require_offered(inputs, wanted.starts_at, wanted.starts_at + length)
    if wanted.starts_at == session.starts_at:
        raise rule_violation("SAME_TIME", "The session is at this time already.", field="startsAt")
    booking.leave(unit, session, session.starts_at)
    session.starts_at, session.ends_at = wanted.starts_at, wanted.starts_at + length
    session.moves, session.sequence = int(session.moves) + 1, int(session.sequence) + 1
    session.reason, session.told, session.consents = wanted.reason, [], {}
    session.free_until = _free_until(session, caller, now)
    session.buffer_minutes = inputs.offer.buffer_minutes
    reserving.move(unit, session, inputs.sides)
    booking.enter(unit, session)
    due.place(session)
    return [TutoringChanged(**facts.of(session), change="moved", by=caller.user_id, **freed)]


def _held(session: TutoringSession) -> dict[str, datetime]:
    """Return the mentor's time that a session has, with the buffer behind it, as it is told once it is free."""
    ends = session.ends_at + timedelta(minutes=int(session.buffer_minutes))
    return {"freed_from": session.starts_at, "freed_to": ends}


def _free_until(session: TutoringSession, caller: Principal, now: datetime) -> datetime:
    """Return until when a moved session is called off without cost; one that its mentor moved, until its beginning."""
    if caller.user_id == session.mentor_id:
        return session.starts_at
    return max(now, session.starts_at - timedelta(hours=limits.value("tutoring_cancel_hours")))


def _cancel(caller: Principal, session: TutoringSession, wanted: Cancel, unit: Unit) -> list[Any]:
    """Call a session off before its beginning, or wait no more.

    A student who does so late gets back what the tenant says; where the mentor does, all of it.
    """
    _require(session, "scheduled", "waiting")
    if session.state == "scheduled" and clock.now() >= session.starts_at:
        raise not_now("This session has begun.")
    return call_off(session, caller.user_id, wanted.reason, unit, percent_back=_percent_back(caller, session))


def _percent_back(caller: Principal, session: TutoringSession) -> int:
    is_free = session.free_until is not None and clock.now() <= session.free_until
    if caller.user_id == session.mentor_id or is_free:
        return money.WHOLE
    return limits.value("tutoring_late_refund_percent")


def call_off(
    session: TutoringSession, by: str | None, reason: str | None, unit: Unit, *, percent_back: int
) -> list[Any]:
    """Make a session cancelled: its time is free, its money goes where it belongs; returns the news of it."""
    was_waiting, freed = session.state == "waiting", _held(session)
    session.state, session.cancelled_by, session.reason = "cancelled", by, reason
    session.waits_for, session.sequence = None, int(session.sequence) + 1
    if was_waiting:
        due.place(session)
        return []
    reserving.give_back(unit, session)
    money.settle(unit, session, percent_back)
    due.place(session)
    return [TutoringChanged(**facts.of(session), change="cancelled", by=by, **freed)]


def _complete(caller: Principal, session: TutoringSession, _wanted: Complete, unit: Unit) -> list[Any]:
    people.only(caller, session.mentor_id, "mentor")
    _require(session, "in_progress")
    return complete(session, unit)


def complete(session: TutoringSession, unit: Unit) -> list[Any]:
    """Make a session completed, and pay the mentor; returns the news of it."""
    session.state = "completed"
    money.settle(unit, session, 0)
    due.place(session)
    return [TutoringCompleted(**facts.of(session))]


def _rate(caller: Principal, session: TutoringSession, wanted: RateSession, _unit: Unit) -> list[Any]:
    people.only(caller, session.student_id, "student")
    _require(session, "completed")
    if session.stars is not None:
        raise Conflict("You have rated this session.", code="RATED_ALREADY")
    session.stars, session.comment = wanted.stars, wanted.comment
    return [TutoringRated(session_id=session.session_id, mentor_id=session.mentor_id, stars=wanted.stars)]


def _write_feedback(caller: Principal, session: TutoringSession, wanted: GiveFeedback, _unit: Unit) -> list[Any]:
    people.only(caller, session.mentor_id, "mentor")
    _require(session, "in_progress", "completed")
    session.feedback = wanted.feedback
    return []


def _agree(caller: Principal, session: TutoringSession, wanted: Consent, _unit: Unit) -> list[Any]:
    """Note a consent, or that there is none any more; what is recorded already stays until it is over."""
    _require(session, "scheduled", "in_progress")
    consents = {name: at for name, at in session.consents.items() if name != caller.user_id}
    if wanted.recording:
        consents[caller.user_id] = clock.iso(clock.now())
    session.consents = consents
    return []
