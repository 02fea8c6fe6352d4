"""What people see of a watched exam session, and what they decide: the only ones who do."""

from lyceum.kit import clock
from lyceum.kit.errors import NotFound
from lyceum.kit.http import Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, fetch_many, find
from lyceum.model.audit import audit
from lyceum.model.proctoring import ProctorEvent, ProctorSession, ProctorViolation

from functions.proctoring import access, event_chain, violations
from functions.proctoring.schemas import (
    DecideViolation,
    EventLog,
    EventView,
    SetAccommodations,
    ViolationQuery,
    ViolationView,
    WatchedView,
)

_MOST_EVENTS = 1000


def listed(caller: Principal, session_id: str, query: ViolationQuery) -> Page[ViolationView]:
    """Return a page of violations, by their place in the chain (2 storage requests, 3 for an exam of a course)."""
    session = access.invigilated(caller, ProctorSession.fetch(session_id=session_id))
    where = ProctorViolation.severity == query.severity if query.severity else None
    found = find(ProctorViolation, session_id=session_id, limit=query.limit, after=query.start_key(), where=where)
    return query.page(found, lambda each: view(session, each))


def view(session: ProctorSession, violation: ProctorViolation) -> ViolationView:
    """Show a violation."""
    shown = {name: getattr(violation, name) for name in ViolationView.model_fields if name != "accommodated"}
    return ViolationView(accommodated=violation.rule in violations.left_out(session), **shown)


def decide(caller: Principal, session_id: str, violation_id: str, wanted: DecideViolation) -> ViolationView:
    """Note what a person makes of a violation; a later decision takes the place of an earlier, and both are audited.

    Raises NotFound (2 storage requests and 1 transaction).
    """
    found, violation = fetch_many(
        ProctorSession.at(session_id=session_id),
        ProctorViolation.at(session_id=session_id, violation_id=violation_id),
        consistent=True,
    )
    session = access.invigilated(caller, found)
    if violation is None:
        raise NotFound("There is no such violation.")
    before = {"decision": violation.decision, "note": violation.note}
    violation.decision, violation.note = wanted.decision, wanted.note
    violation.decided_by, violation.decided_at = caller.user_id, clock.now()
    after = {"decision": wanted.decision, "note": wanted.note, "violation": violation_id}
    unit = Unit().replace(violation)
    unit.create(audit("proctoring.decide", session.user_id, before=before, after=after)).commit()
    return view(session, violation)


def accommodate(caller: Principal, session_id: str, wanted: SetAccommodations) -> WatchedView:
    """State what a student needs; it holds for what was seen before, too (2 storage requests and 1 transaction)."""
    session = access.invigilated(caller, ProctorSession.fetch(session_id=session_id, consistent=True))
    before = {"accommodations": list(session.accommodations)}
    session.accommodations = sorted(set(wanted.accommodations))
    after = {"accommodations": session.accommodations}
    unit = Unit().replace(session)
    act = audit("proctoring.accommodate", session.user_id, before=before, after=after, reason=wanted.reason)
    unit.create(act).commit()
    return watched(session)


def log(caller: Principal, session_id: str) -> EventLog:
    """Return the first thousand events of a session, and whether all of them are whole (2 to 3 storage requests)."""
    session = access.invigilated(caller, ProctorSession.fetch(session_id=session_id, consistent=True))
    found = find(ProctorEvent, session_id=session_id, limit=_MOST_EVENTS, consistent=True)
    is_all = found.last_key is None
    return EventLog(
        intact=is_all and event_chain.is_intact(session, found.items),
        complete=is_all and not session.missing,
        session=watched(session),
        events=[EventView.model_validate(each) for each in found.items],
    )


def watched(session: ProctorSession) -> WatchedView:
    """Show a session to those whose exam it is."""
    silent = clock.now() - (session.received_at or session.started_at)
    return WatchedView(
        session_id=session.session_id,
        user_id=session.user_id,
        provider=session.provider,
        length=int(session.length),
        missing=session.missing,
        severities={name: int(count) for name, count in session.severities.items()},
        accommodations=list(session.accommodations),
        silent_seconds=max(0, int(silent.total_seconds())),
    )
