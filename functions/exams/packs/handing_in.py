"""Handing a pack in, once: scored when its chain holds, kept for a person when it does not (EXAM O1)."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import DomainError
from lyceum.kit.event import Message
from lyceum.kit.identity import Principal, require_owner
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.exams.sessions import ActiveSession, AnswerSheet, ExamPack, ExamSession
from lyceum.rules.exams import answer_sheets
from lyceum.rules.stream import saved_answers
from lyceum.tasks.notifications import DeliverNotice

from functions.exams.attempts import answer_batch, audit_log, timing
from functions.exams.attempts.schemas import Malformed, SaveAnswer, read_answer
from functions.exams.attempts.state import AttemptState, require_attempt
from functions.exams.marking import finish
from functions.exams.packs import chains, sealing
from functions.exams.packs.chains import Pinned
from functions.exams.packs.schemas import HandIn, HandInReceipt, PackOutcome

_MOST_OTHERS = 20


def hand_in(caller: Principal, pack_id: str, given: HandIn) -> HandInReceipt:
    """Take what was answered without a line, and return a receipt; the same hand-in again gets the same one.

    Costs two reads, two writes and a transaction, beside what scoring reads. What comes after its time is kept for a
    person too. Raises NotFound for anybody else's, and Conflict EXAM_PAUSED while the session stands; what came stays.
    """
    return retry_on_conflict(lambda: _hand_in(caller, pack_id, given))


def _hand_in(caller: Principal, pack_id: str, given: HandIn) -> HandInReceipt:
    pack = ExamPack.require(pack_id=pack_id, consistent=True)
    require_owner(caller, pack.user_id, "pack")
    attempt, now = require_attempt(pack_id), clock.now()
    digest = _digest(given)
    if pack.state == "out" and pack.digest and attempt.session.cause == "submitted":
        _settle(pack)
    if pack.state != "out" or pack.digest not in {None, digest}:
        return _again(pack, attempt, given, digest)
    received = pack.handed_in_at or now
    late = ["TOO_LATE"] if timing.is_closed(attempt.session, received) else []
    pack.reasons = late + chains.faults(_pinned(pack, attempt), given, received)
    if pack.digest is None:
        pack.digest, pack.handed_in_at, pack.chain = digest, now, _as_it_came(given)
        Unit().replace(pack).commit()
    if pack.reasons:
        _quarantine(pack, attempt)
    else:
        finish.finish(attempt, lambda sheet: write_in(sheet, given, pack))
        _settle(pack)
    return _receipt(pack, digest)


def _settle(pack: ExamPack) -> None:
    """Say that a pack was scored; when a worker dies before that, the next hand-in says it."""
    pack.state = "accepted"
    Unit().replace(pack).commit()


def write_in(sheet: AnswerSheet, given: HandIn, pack: ExamPack) -> list[Message]:
    """Put each answer that fits on the sheet in its order, and note in the pack those that do not, with their codes.

    Of several to a question the last one stands.
    """
    sheet.state, now = "running", clock.now()
    answers = [_answer(entry) for entry in given.entries]
    results = answer_batch.write_in(sheet, answers, now, set())
    pack.left_out = [
        {"position": _place(entry), "question_id": each.question_id, "code": answer_batch.code_of(result)}
        for entry, each, result in zip(given.entries, answers, results, strict=True)
        if isinstance(result, DomainError)
    ]
    saved = answer_batch.saved_rows(answers, results, now)
    return [saved_answers.chain_order(sheet.exam_id, saved)] if saved else []


def _place(entry: Any) -> int | None:
    position = entry.get("position") if isinstance(entry, dict) else None
    return position if isinstance(position, int) else None


def _answer(entry: Any) -> SaveAnswer | Malformed:
    """Read the answer of an entry, which its place in the chain numbers."""
    if not isinstance(entry, dict):
        return read_answer(SaveAnswer, entry)
    fields = {name: value for name, value in entry.items() if name not in {"position", "elapsedMs", "hash"}}
    return read_answer(SaveAnswer, {**fields, "seq": entry.get("position")})


def _quarantine(pack: ExamPack, attempt: AttemptState) -> None:
    """Leave what came for a person; the session is neither scored nor swept until somebody has looked at it."""
    pack.state = "quarantined"
    session = attempt.session
    if session.state != "finished":
        session.state = attempt.sheet.state = "quarantined"
        session.due_minute = None
    event = audit_log.append(session, "quarantined", reasons=list(pack.reasons), digest=pack.digest)
    guard = ActiveSession.at(user_id=session.user_id, scope=session.scope)
    unit = Unit().replace(pack, *_calls(pack, session)).replace(session).create(event)
    answer_sheets.replace(unit, attempt.sheet)
    unit.remove(guard, when=ActiveSession.pk.does_not_exist() | (ActiveSession.exam_id == session.exam_id)).commit()


def _calls(pack: ExamPack, session: ExamSession) -> list[Message]:
    """Call whoever marks the exam to a pack that waits for them."""
    if session.owner_id is None:
        return []
    data = {"packId": pack.pack_id, "exam": session.title or "", "assessmentId": pack.assessment_id}
    return [DeliverNotice(kind="exam.pack_held", user_ids=[session.owner_id], data=data)]


def _again(pack: ExamPack, attempt: AttemptState, given: HandIn, digest: str) -> HandInReceipt:
    """Answer a hand-in after the first one: the same is once; another one is a fork, noted in the audit log.

    Of a quarantined pack the first fork whose chain holds is kept beside it: somebody who carried the answers may have
    changed them, and a person decides which of both counts.
    """
    if digest != pack.digest and digest not in pack.others and len(pack.others) < _MOST_OTHERS:
        pack.others = [*pack.others, digest]
        if pack.state == "quarantined" and pack.later is None and _holds(pack, attempt, given):
            pack.later = _as_it_came(given)
        event = audit_log.append(attempt.session, "handed_in_again", digest=digest)
        Unit().replace(pack).replace(attempt.session).create(event).commit()
    return _receipt(pack, digest)


def _holds(pack: ExamPack, attempt: AttemptState, given: HandIn) -> bool:
    return not chains.faults(_pinned(pack, attempt), given, clock.now())


def _pinned(pack: ExamPack, attempt: AttemptState) -> Pinned:
    limit = timedelta(seconds=int(pack.limit_seconds) + int(attempt.session.policy["grace_seconds"]))
    return Pinned(
        key=sealing.key_of(pack),
        pin=sealing.pin_of(pack),
        device_id=pack.device_id,
        paper_hash=pack.paper_hash,
        released_at=pack.released_at,
        limit=limit,
        closes_at=attempt.session.deadline_at,
    )


def _as_it_came(given: HandIn) -> dict[str, Any]:
    """Return what is kept: the fields that were sent alone, since a field that is empty clears an answer."""
    return given.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _digest(given: HandIn) -> str:
    plain = json.dumps(given.model_dump(mode="json", by_alias=True), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _receipt(pack: ExamPack, digest: str) -> HandInReceipt:
    return HandInReceipt(**outcome(pack).model_dump(), is_same=digest == pack.digest)


def outcome(pack: ExamPack) -> PackOutcome:
    """Return what became of what was handed in, and what a person has decided of it."""
    return PackOutcome(
        pack_id=pack.pack_id,
        state=pack.state,
        digest=pack.digest,
        received_at=pack.handed_in_at,
        reasons=list(pack.reasons),
        ruling_reason=pack.ruling_reason,
        left_out=pack.left_out or [],
    )
