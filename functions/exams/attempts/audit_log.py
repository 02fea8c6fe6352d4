"""The audit log of a session: every transition is an event, written once in the transaction of the change itself.

Each event's hash covers its content and the hash before it, and the session holds the number and hash of the last
one. So an event that is changed, taken away, added or moved is noticed (EXAM U1). Saving an answer is no transition:
the event of the end names the hash of all answers as they were scored (EXAM U2).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import find
from lyceum.model.exams.sessions import ExamSession, SessionEvent
from lyceum.rules import course_access

from functions.exams.attempts.schemas import AuditLog, AuditLogEntry

_MOST_EVENTS = 1000


def append(session: ExamSession, name: str, *, reason: str | None = None, **facts: Any) -> SessionEvent:
    """Describe a transition of a session and count it there; the caller writes both in one transaction.

    The session's version makes the number unique: of two transitions at once, one is refused.
    """
    event = SessionEvent(
        exam_id=session.exam_id,
        number=int(session.audit_count) + 1,
        name=name,
        actor=context.current().actor,
        happened_at=clock.now(),
        reason=reason,
        facts=facts,
        previous_hash=session.audit_hash or "",
    )
    event.hash = _hash_of(event)
    session.audit_count, session.audit_hash = event.number, event.hash
    return event


def is_intact(session: ExamSession, events: Sequence[SessionEvent]) -> bool:
    """Say whether these are all events of a session, unchanged and in their order."""
    previous = ""
    for number, event in enumerate(events, 1):
        if event.number != number or event.previous_hash != previous or event.hash != _hash_of(event):
            return False
        previous = event.hash
    return len(events) == session.audit_count and previous == (session.audit_hash or "")


def _hash_of(event: SessionEvent) -> str:
    values = [
        event.exam_id,
        int(event.number),
        event.name,
        event.actor,
        clock.iso(event.happened_at),
        event.reason,
        event.facts,
        event.previous_hash,
    ]
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def hash_of_answers(answers: Mapping[str, Mapping[str, Any]]) -> str:
    """Name the answers of a sheet as they count: what was answered, in which version of it, when."""
    plain = {name: [row["chosen"], int(row["seq"]), row["at"]] for name, row in answers.items() if row["seq"]}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def show(caller: Principal, exam_id: str) -> AuditLog:
    """Return the audit log of a session, and whether it is whole and unchanged; raises NotFound for another's."""
    session = ExamSession.require(exam_id=exam_id, consistent=True)
    if not course_access.manages_exam(caller, session.owner_id, session.course_id):
        raise NotFound("There is no such exam.")
    found = find(SessionEvent, exam_id=exam_id, limit=_MOST_EVENTS, consistent=True)
    return AuditLog(
        intact=is_intact(session, found.items), events=[AuditLogEntry.model_validate(event) for event in found.items]
    )
