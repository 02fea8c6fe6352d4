"""The audit log of a session: every transition is an event, written once in the transaction of the change itself.

Each event's hash covers its content and the hash before it, and the session holds the number and hash of the last
one. So an event that is changed, taken away, added or moved is noticed (EXAM U1). The event of the end names the hash
of all answers as they were scored (EXAM U2).

Saves have a chain of their own. A save is one write, and the order to chain it travels in the outbox of that write; so
it is chained behind the answer to the student, at least once, and none that was acknowledged is missing. Saves stand in
the chain in the order in which they arrive; each one's hash covers it and the hash before, and the chain counts them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from lyceum.kit import clock, context
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, fetch_many, find, find_all, retry_on_conflict
from lyceum.model.exams.sessions import AnswerSheet, ChainedSave, ExamSession, SaveChain, SessionEvent
from lyceum.rules.courses import teaching
from lyceum.tasks.exams import ChainSaves

from functions.exams.attempts.schemas import AuditLog, AuditLogEntry, ChainedSaves

_MOST_EVENTS = 1000
_SAVES_A_PART = 40


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
    session, sheet, trail = fetch_many(
        ExamSession.at(exam_id=exam_id),
        AnswerSheet.at(exam_id=exam_id),
        SaveChain.at(exam_id=exam_id),
        consistent=True,
    )
    if session is None:
        raise NotFound("There is no such exam.")
    teaching.require(caller, session.owner_id, session.course_id)
    found = find(SessionEvent, exam_id=exam_id, limit=_MOST_EVENTS, consistent=True)
    saves = check_saves(trail or SaveChain(exam_id=exam_id), sheet.answers.as_dict() if sheet else {})
    return AuditLog(
        intact=is_intact(session, found.items) and saves.is_intact,
        events=[AuditLogEntry.model_validate(event) for event in found.items],
        saves=ChainedSaves(count=saves.length, intact=saves.is_intact, complete=saves.is_complete),
    )


class Saves(NamedTuple):
    """What a session's chain of saves says.

    - `length`: how many are chained.
    - `is_intact`: none was changed, taken away, added or moved.
    - `is_complete`: every answer as it stands on the sheet is among them; it may take moments.
    """

    length: int
    is_intact: bool
    is_complete: bool


def chain_order(exam_id: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> ChainSaves:
    """Return the order to chain rows of a sheet as they were saved, with the `operation` of those that have one."""
    return ChainSaves(exam_id=exam_id, saves=[_saved(question_id, row) for question_id, row in rows])


def _saved(question_id: str, row: Mapping[str, Any]) -> dict[str, Any]:
    facts = {"seq": int(row["seq"]), "operation": row.get("operation") or "-", "saved_at": row["at"]}
    return {"question_id": question_id, **facts, "answer": _digest(row["chosen"])}


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def chain_saves(wanted: ChainSaves) -> None:
    """Append saves to their session's chain; those that stand in it already stay where they are."""
    for start in range(0, len(wanted.saves), _SAVES_A_PART):
        part = wanted.saves[start : start + _SAVES_A_PART]
        retry_on_conflict(partial(_append, wanted.exam_id, part), tries=8, on=(Conflict,))


def _append(exam_id: str, saves: Sequence[Mapping[str, Any]]) -> None:
    names = [
        ChainedSave.at(exam_id=exam_id, question_id=each["question_id"], seq=each["seq"], operation=each["operation"])
        for each in saves
    ]
    found, *known = batch_fetch([SaveChain.at(exam_id=exam_id), *names], consistent=True)
    new = [each for each, item in zip(saves, known, strict=True) if item is None]
    if not new:
        return
    trail = found if isinstance(found, SaveChain) else SaveChain(exam_id=exam_id)
    unit = Unit()
    for each in new:
        entry = ChainedSave(exam_id=exam_id, number=int(trail.length) + 1, previous_hash=trail.last_hash or "", **each)
        entry.hash = _hash_of_save(entry)
        trail.length, trail.last_hash = entry.number, entry.hash
        unit.create(entry)
    unit.save(trail).commit()


def _hash_of_save(entry: ChainedSave) -> str:
    facts = [entry.question_id, int(entry.seq), entry.operation, entry.answer, entry.saved_at]
    return _digest([entry.exam_id, int(entry.number), *facts, entry.previous_hash])


def check_saves(trail: SaveChain, answers: Mapping[str, Mapping[str, Any]]) -> Saves:
    """Hold a session's chain of saves against itself and against its sheet (a query a page)."""
    entries = sorted(find_all(ChainedSave, exam_id=trail.exam_id), key=lambda entry: int(entry.number))
    previous, is_intact = "", len(entries) == trail.length
    for number, entry in enumerate(entries, 1):
        is_next = (int(entry.number), entry.previous_hash, entry.hash) == (number, previous, _hash_of_save(entry))
        is_intact, previous = is_intact and is_next, entry.hash
    chained = {(entry.question_id, int(entry.seq), entry.answer, entry.saved_at) for entry in entries}
    standing = {
        (name, int(row["seq"]), _digest(row["chosen"]), row["at"]) for name, row in answers.items() if row["seq"]
    }
    return Saves(len(entries), is_intact and previous == (trail.last_hash or ""), standing <= chained)
