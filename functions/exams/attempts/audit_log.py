"""The audit log of a session: every transition is an event, written once in the transaction of the change itself.

Each event's hash covers its content and the hash before it, and the session holds the number and hash of the last
one. So an event that is changed, taken away, added or moved is noticed (EXAM U1). The event of the end names the hash
of all answers as they were scored (EXAM U2).

Saves have a chain of their own. A save is one write, and the order to chain it follows from that write's record in the
table's stream (`lyceum.rules.stream.saved_answers`); so it is chained behind the answer to the student, at least once,
and none that was acknowledged is missing. Saves stand in the chain in the order in which they arrive; each one's hash
covers it and the hash before, and the chain counts them.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, Self

from lyceum.kit import base64url, clock, context
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find, find_all, retry_on_conflict
from lyceum.model.exams.sessions import ChainedSave, ExamSession, SaveChain, SealedSaves, SessionEvent
from lyceum.rules.courses import teaching
from lyceum.rules.exams import answer_sheets
from lyceum.rules.stream.saved_answers import digest
from lyceum.tasks.exams import ChainSaves

from functions.exams.attempts.schemas import AuditLog, AuditLogEntry, ChainedSaves

_MOST_EVENTS = 1000
_SEALED_TOGETHER = 5
"""So many saves fit a kilobyte with what else an item has: an append is paid by no more."""


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
    names = [ExamSession.at(exam_id=exam_id), SaveChain.at(exam_id=exam_id), *answer_sheets.names(exam_id)]
    session, trail, *blocks = batch_fetch(names, consistent=True)
    sheet = answer_sheets.joined(blocks)
    if not isinstance(session, ExamSession):
        raise NotFound("There is no such exam.")
    teaching.require(caller, session.owner_id, session.course_id)
    found = find(SessionEvent, exam_id=exam_id, limit=_MOST_EVENTS, consistent=True)
    chain = trail if isinstance(trail, SaveChain) else SaveChain(exam_id=exam_id)
    saves = check_saves(chain, sheet.answers.as_dict() if sheet else {})
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


class _Save(NamedTuple):
    """A save in the chain, as it is stored in a row of `SealedSaves`."""

    question_id: str
    seq: int
    operation: str
    answer: str
    saved_at: str

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """Read a row as it is stored; a hash that was tampered with is none."""
        question_id, seq, operation, answer, saved_at = row
        try:
            return cls(question_id, seq, operation, base64url.decode(answer).hex(), saved_at)
        except ValueError:
            return cls(question_id, seq, operation, "", saved_at)

    def row(self) -> list[Any]:
        """Write the row: a hash takes a third less in base 64."""
        answer = base64url.encode(bytes.fromhex(self.answer))
        return [self.question_id, self.seq, self.operation, answer, self.saved_at]

    @property
    def name(self) -> tuple[str, int, str]:
        """What tells it from all other saves of its session."""
        return self.question_id, self.seq, self.operation

    def hash_after(self, exam_id: str, number: int, previous: str) -> str:
        """Return the hash that it has in its place of the chain."""
        return digest([exam_id, number, *self.name, self.answer, self.saved_at, previous])


def chain_saves(wanted: Iterable[ChainSaves]) -> None:
    """Append saves to the chains of their sessions; those that stand in one already stay where they are."""
    by_session: dict[str, list[_Save]] = defaultdict(list)
    for order in wanted:
        by_session[order.exam_id] += [_Save(**{**each, "seq": int(each["seq"])}) for each in order.saves]
    for exam_id, saves in by_session.items():
        left = saves
        while left:
            left = retry_on_conflict(partial(_append, exam_id, left), tries=8, on=(Conflict,))


def _append(exam_id: str, saves: Sequence[_Save]) -> list[_Save]:
    """Append as many saves as fit behind those that are not sealed yet, which are sealed first where they are enough.

    Returns those that did not fit. One that was saved after all that are chained is none of them; only for others those
    that are sealed are read.
    """
    trail = SaveChain.fetch(exam_id=exam_id, consistent=True) or SaveChain(exam_id=exam_id)
    waiting = [_Save.of(row) for row in trail.open_saves]
    sealed = int(trail.length) - len(waiting)
    doubtful = [each for each in saves if not trail.latest_at or each.saved_at <= trail.latest_at]
    known = {each.name for each in waiting} | (_names_of(exam_id, sealed, doubtful) if sealed and doubtful else set())
    new = list({each.name: each for each in saves if each.name not in known}.values())
    if not new:
        return []
    if len(waiting) >= _SEALED_TOGETHER:
        _seal(trail)
        waiting = []
    room = _SEALED_TOGETHER - len(waiting)
    trail.latest_at = max(trail.latest_at or "", *(each.saved_at for each in new[:room]))
    for each in new[:room]:
        trail.length = int(trail.length) + 1
        trail.last_hash = each.hash_after(exam_id, int(trail.length), trail.last_hash or "")
    trail.open_saves = [each.row() for each in (*waiting, *new[:room])]
    Unit().save(trail).commit()
    return new[room:]


def _seal(trail: SaveChain) -> None:
    """Write the open saves of a chain once and for all, which still stand in it until the next one is appended.

    Whoever does so at once, or again after a death in between, writes the very same.
    """
    first = int(trail.length) - len(trail.open_saves) + 1
    block = SealedSaves(exam_id=trail.exam_id, first=first, saves=trail.open_saves, last_hash=trail.last_hash)
    with suppress(Conflict):
        Unit().create(block).commit()


def _names_of(exam_id: str, sealed: int, saves: Sequence[_Save]) -> set[tuple[str, int, str]]:
    """Name the saves that were sealed, and those of these that were chained one by one before."""
    found = [_Save.of(row) for block in find_all(SealedSaves, exam_id=exam_id, consistent=True) for row in block.saves]
    names = {each.name for each in found}
    if len(found) < sealed:
        keys = ("question_id", "seq", "operation")
        single = [ChainedSave.at(exam_id=exam_id, **dict(zip(keys, each.name, strict=True))) for each in saves]
        old = [each for each in batch_fetch(single, consistent=True) if isinstance(each, ChainedSave)]
        names |= {(each.question_id, int(each.seq), each.operation) for each in old}
    return names


def check_saves(trail: SaveChain, answers: Mapping[str, Mapping[str, Any]]) -> Saves:
    """Hold a session's chain of saves against itself and against its sheet.

    Costs a query a page, and another where some were chained one by one before. Of those that are about to be sealed
    the chain itself tells.
    """
    exam_id, sealed = trail.exam_id, int(trail.length) - len(trail.open_saves)
    found = [each for each in find_all(SealedSaves, exam_id=exam_id, consistent=True) if each.first <= sealed]
    blocks = sorted(found, key=lambda block: int(block.first))
    is_whole = sum(len(block.saves) for block in blocks) + len(trail.open_saves) == trail.length
    old = [] if is_whole else find_all(ChainedSave, exam_id=exam_id, consistent=True)
    single = sorted(old, key=lambda entry: int(entry.number))
    saves = [_Save(each.question_id, int(each.seq), each.operation, each.answer, each.saved_at) for each in single]
    told = {int(each.number): each.hash for each in single}
    is_intact = [int(each.number) for each in single] == list(range(1, len(single) + 1))
    for block in blocks:
        is_intact &= int(block.first) == len(saves) + 1
        saves += [_Save.of(row) for row in block.saves]
        told[len(saves)] = block.last_hash
    saves += [_Save.of(row) for row in trail.open_saves]
    told[len(saves)] = trail.last_hash or ""
    previous = ""
    for number, each in enumerate(saves, 1):
        previous = each.hash_after(exam_id, number, previous)
        is_intact &= told.get(number, previous) == previous
    is_intact &= len(saves) == trail.length and previous == (trail.last_hash or "")
    chained = {(each.question_id, each.seq, each.answer, each.saved_at) for each in saves}
    standing = {
        (name, int(row["seq"]), digest(row["chosen"]), row["at"]) for name, row in answers.items() if row["seq"]
    }
    return Saves(len(saves), is_intact, standing <= chained)
