"""A session of proctoring from its start: what the client sends, what is missing, and what rules make of it.

What comes is checked against the chain and written in one transaction with the session that counts it, so of two
batches at once the second is looked at anew. A batch that comes again changes nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lyceum.events.proctoring import ProctoringFlagged
from lyceum.kit import clock
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.proctoring import ProctorEvent, ProctorProvider, ProctorSession, ProctorViolation

from functions.proctoring import access, event_chain, external, violations
from functions.proctoring.schemas import EventsTaken, ProctoringView, SeenEvent, SendEvents, StartProctoring

BUILTIN = "builtin"
FIRST_HASH = "0" * 64
_TAKEN_AFTER_END = timedelta(minutes=5)
_LATEST_CLOCK = timedelta(minutes=5)


def start(caller: Principal, wanted: StartProctoring, address: str) -> ProctoringView:
    """Begin to watch an exam session of the caller, or go on with it (1 storage request and 1 transaction).

    Raises NotFound for another's exam and for a provider that the tenant has not, Conflict EXAM_NOT_RUNNING.
    """
    return retry_on_conflict(lambda: _start(caller, wanted, address))


def _start(caller: Principal, wanted: StartProctoring, address: str) -> ProctoringView:
    exam, session, provider = fetch_many(
        ExamSession.at(exam_id=wanted.exam_id),
        ProctorSession.at(session_id=wanted.exam_id),
        ProctorProvider.at(provider=wanted.provider),
        consistent=True,
    )
    if exam is None or exam.user_id != caller.user_id:
        raise NotFound("There is no such exam.")
    if exam.state not in {"running", "paused"} or exam.closes_at <= clock.now():
        raise Conflict("This exam is not running.", code="EXAM_NOT_RUNNING")
    if wanted.provider != BUILTIN and (provider is None or not provider.is_enabled):
        raise NotFound("There is no such provider.")
    if session is None:
        session = _new(exam, wanted, address)
        found = _seen_at_start(session, wanted, address)
        unit = Unit().create(session)
        for each in found:
            unit.create(each)
        unit.commit()
    else:
        _go_on(session, address)
    launch = external.launch_url(provider, session, exam.closes_at) if provider is not None else None
    return _view(session, launch)


def _new(exam: ExamSession, wanted: StartProctoring, address: str) -> ProctorSession:
    now = clock.now()
    agreed = {name: clock.iso(now) for name, given in wanted.consents.model_dump().items() if given}
    session = ProctorSession(
        session_id=exam.exam_id,
        user_id=exam.user_id,
        owner_id=exam.owner_id,
        course_id=exam.course_id,
        assessment_id=exam.assessment_id,
        provider=wanted.provider,
        consents=agreed,
        device=wanted.device.model_dump(exclude_none=True),
        address_mark=_mark(address),
        last_hash=FIRST_HASH,
        started_at=now,
        received_at=now,
    )
    session.ttl = timedelta(days=limits.value("proctoring_event_days"))
    return session


def _mark(address: str) -> str:
    return sealing.mark("proctoring address", address)


def _seen_at_start(session: ProctorSession, wanted: StartProctoring, address: str) -> list[ProctorViolation]:
    now, found = clock.now(), []
    if wanted.device.displays > 1:
        facts = {"displays": wanted.device.displays}
        found.append(violations.observed(session, "second_display", now, "start", facts))
    if violations.is_of_data_centre(address):
        found.append(violations.observed(session, "address_of_a_data_centre", now, "start"))
    return found


def _go_on(session: ProctorSession, address: str) -> None:
    """Note that a session was begun again, where it was from another address."""
    mark = _mark(address)
    if session.address_mark == mark:
        return
    now = clock.now()
    name = f"address-{int(session.version):06d}"
    changed = violations.observed(session, "address_changed", now, name)
    session.address_mark = mark
    Unit().replace(session).create(changed).commit()


def _view(session: ProctorSession, launch_url: str | None) -> ProctoringView:
    is_builtin = session.provider == BUILTIN
    return ProctoringView(
        session_id=session.session_id,
        provider=session.provider,
        signing_key=event_chain.key_of(session) if is_builtin else None,
        next_number=int(session.length) + 1,
        last_hash=session.last_hash,
        missing=session.missing,
        launch_url=launch_url,
        silence_seconds=int(violations.silence_after().total_seconds()),
        takes_snapshots="snapshots" in session.consents,
    )


@dataclass
class _Batch:
    """What became of a batch so far."""

    session: ProctorSession
    now: datetime
    events: list[ProctorEvent] = field(default_factory=list)
    found: list[ProctorViolation] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    known: int = 0

    def see(self, rule: str, name: str, facts: dict[str, Any] | None = None) -> None:
        """Note a violation that follows from no event."""
        self.found.append(violations.observed(self.session, rule, self.now, name, facts))


def take(caller: Principal, session_id: str, sent: SendEvents) -> EventsTaken:
    """Take events of one's own session (1 storage request and 1 transaction).

    Raises NotFound for another's, Conflict PROCTORING_ENDED a while after the end of the exam.
    """
    return retry_on_conflict(lambda: _take(caller, session_id, sent))


def _take(caller: Principal, session_id: str, sent: SendEvents) -> EventsTaken:
    session, exam = fetch_many(
        ProctorSession.at(session_id=session_id), ExamSession.at(exam_id=session_id), consistent=True
    )
    session, now = access.own(caller, session), clock.now()
    ended = exam.finished_at or exam.closes_at if exam is not None else now
    if session.provider != BUILTIN or (exam is not None and exam.state != "paused" and now > ended + _TAKEN_AFTER_END):
        raise Conflict("This session takes no events any more.", code="PROCTORING_ENDED")
    batch = _Batch(session, now)
    _note_silence(batch, is_paused=exam is not None and exam.state == "paused")
    key = event_chain.key_of(session)
    for each in sorted(sent.events, key=lambda event: event.number):
        _add(batch, each, key)
    _write(batch)
    return EventsTaken(
        taken=len(batch.events),
        known=batch.known,
        refused=batch.refused,
        next_number=int(session.length) + 1,
        last_hash=session.last_hash,
        missing=session.missing,
    )


def _note_silence(batch: _Batch, *, is_paused: bool) -> None:
    silent = batch.now - (batch.session.received_at or batch.session.started_at)
    if silent > violations.silence_after() and not is_paused:
        batch.see("silence", f"{int(batch.now.timestamp())}", {"seconds": int(silent.total_seconds())})


def _add(batch: _Batch, sent: SeenEvent, key: str) -> None:
    session = batch.session
    event = ProctorEvent(
        session_id=session.session_id,
        number=sent.number,
        type=sent.type,
        seen_at=sent.at,
        facts=sent.facts,
        previous_hash=sent.previous_hash,
        received_at=batch.now,
    )
    if event_chain.signature_of(event, key) != sent.signature:
        batch.refused.append(sent.number)
        batch.see("signature_wrong", f"{int(batch.now.timestamp() * 1000)}-{sent.number:09d}", {"number": sent.number})
        return
    event.hash, event.ttl = event_chain.hash_of(event), session.ttl
    if sent.number <= int(session.length):
        event.is_late = event_chain.fill(session, sent.number)
        if not event.is_late:
            batch.known += 1
            return
    else:
        _append(batch, event)
    batch.events.append(event)
    at = min(clock.parse(sent.at), batch.now + _LATEST_CLOCK)
    batch.found += violations.of_event(session, event, at)


def _append(batch: _Batch, event: ProctorEvent) -> None:
    """Bring the chain on to an event, and note what is missing before it or does not fit."""
    session, name = batch.session, f"{int(event.number):09d}"
    gap = event_chain.gap_before(session, int(event.number))
    if gap:
        batch.see("events_missing", name, {"first": gap[0], "last": gap[1]})
    elif event.previous_hash != session.last_hash:
        batch.see("chain_broken", name, {"number": int(event.number)})
    session.length, session.last_hash = event.number, event.hash


def _write(batch: _Batch) -> None:
    """Write what is new with the session; a batch of what is known already writes that the client is there."""
    session = batch.session
    session.received_at = batch.now
    grave = violations.is_due(session, batch.found, batch.now)
    told = []
    if grave is not None:
        whose = {"owner_id": session.owner_id, "course_id": session.course_id, "user_id": session.user_id}
        told = [ProctoringFlagged(session_id=session.session_id, rule=grave.rule, severity=grave.severity, **whose)]
    unit = Unit().replace(session, *told)
    for each in (*batch.events, *batch.found):
        unit.create(each)
    unit.commit()
