"""What a person decides of a pack that was quarantined: its answers count, or they do not (EXAM O1).

A decision is written with its reason in the audit log before anything follows from it, and what follows is done again
by the same decision when a worker died in between. Nothing that came is changed or thrown away by it.
"""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.exams.sessions import ExamPack
from lyceum.tasks.notifications import DeliverNotice

from functions.exams.attempts import audit_log
from functions.exams.attempts.state import AttemptState, require_attempt
from functions.exams.marking import finish
from functions.exams.marking.marks import require_marker
from functions.exams.packs import handing_in
from functions.exams.packs.schemas import HandIn, HeldPack, RulePack

_STATE_AFTER = {"accept": "accepted", "accept_later": "accepted", "reject": "rejected"}


def show(caller: Principal, pack_id: str) -> HeldPack:
    """Return a pack with what came of it, for whoever marks the exam (2 reads).

    Raises NotFound and Forbidden as marking does, and Conflict NOT_HANDED_IN for one that is still out.
    """
    pack, attempt = _judged(caller, pack_id)
    return _shown(pack, attempt)


def rule(caller: Principal, pack_id: str, wanted: RulePack) -> HeldPack:
    """Let the answers of a quarantined pack count, or end its session without them; the student is told.

    Costs two reads and three transactions, beside what scoring reads. The same decision again changes nothing; of a
    session that was swept meanwhile, accepted answers make a new revision. Raises NotFound, Forbidden, and Conflict
    NOT_QUARANTINED, NOTHING_LATER or ALREADY_RULED.
    """
    return retry_on_conflict(lambda: _rule(caller, pack_id, wanted))


def _rule(caller: Principal, pack_id: str, wanted: RulePack) -> HeldPack:
    pack, attempt = _judged(caller, pack_id)
    if pack.ruling is None:
        _decide(caller, pack, attempt, wanted)
    elif pack.ruling != wanted.decision:
        raise Conflict("Somebody has decided otherwise of this pack.", code="ALREADY_RULED")
    if pack.state == "quarantined":
        _carry_out(pack, attempt)
    return _shown(pack, require_attempt(pack_id))


def _judged(caller: Principal, pack_id: str) -> tuple[ExamPack, AttemptState]:
    pack = ExamPack.require(pack_id=pack_id, consistent=True)
    attempt = require_attempt(pack_id)
    require_marker(caller, attempt.session)
    if pack.chain is None:
        raise Conflict("This pack was not handed in yet.", code="NOT_HANDED_IN")
    return pack, attempt


def _decide(caller: Principal, pack: ExamPack, attempt: AttemptState, wanted: RulePack) -> None:
    """Write a decision down; a session that was swept meanwhile waits for its answers again."""
    if pack.state != "quarantined":
        raise Conflict("This pack waits for nobody's decision.", code="NOT_QUARANTINED")
    if wanted.decision == "accept_later" and pack.later is None:
        raise Conflict("Nothing that holds came later.", code="NOTHING_LATER")
    pack.ruling, pack.ruling_reason = wanted.decision, wanted.reason
    pack.ruled_by, pack.ruled_at = caller.user_id, clock.now()
    session = attempt.session
    if wanted.decision != "reject":
        session.state = attempt.sheet.state = "quarantined"
    event = audit_log.append(
        session,
        f"pack_{_STATE_AFTER[wanted.decision]}",
        reason=wanted.reason,
        decision=wanted.decision,
        digest=pack.digest,
    )
    Unit().replace(pack).replace(session).replace(attempt.sheet).create(event).commit()


def _carry_out(pack: ExamPack, attempt: AttemptState) -> None:
    """Score the session with the answers or without them, then say that it is done and tell the student."""
    if pack.ruling == "reject":
        finish.finish(attempt)
    else:
        given = HandIn.model_validate(pack.chain if pack.ruling == "accept" else pack.later)
        finish.finish(attempt, lambda sheet: handing_in.write_in(sheet, given, pack))
    pack.state = _STATE_AFTER[str(pack.ruling)]
    data = {"examId": pack.pack_id, "exam": attempt.session.title or "", "reason": pack.ruling_reason}
    told = DeliverNotice(kind=f"exam.pack_{pack.state}", user_ids=[pack.user_id], data=data)
    Unit().replace(pack, told).commit()


def _shown(pack: ExamPack, attempt: AttemptState) -> HeldPack:
    chain: dict[str, Any] = pack.chain or {}
    return HeldPack(
        **handing_in.outcome(pack).model_dump(),
        user_id=pack.user_id,
        assessment_id=pack.assessment_id,
        exam_state=attempt.session.state,
        device_id=chain.get("deviceId"),
        pack_device_id=pack.device_id,
        opened_at=chain.get("openedAt"),
        closed_at=chain.get("closedAt"),
        entries=chain.get("entries", []),
        later_entries=(pack.later or {}).get("entries"),
        other_digests=list(pack.others),
        ruled_by=pack.ruled_by,
        ruled_at=pack.ruled_at,
    )
