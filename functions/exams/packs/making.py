"""A pack for one candidate and device.

Its session is `away`: nothing is shown or saved online, and the sweep waits for the end of the time for handing in
(EXAM O1).
"""

import json
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import fetch_many
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.sessions import ExamPack, ExamSession

from functions.exams.attempts import eligibility
from functions.exams.attempts.spec import AttemptSpec
from functions.exams.attempts.start import start_session
from functions.exams.packs import sealing
from functions.exams.packs.schemas import CodeLock, MakePack, PackView
from functions.exams.papers import access_codes, paper


def make(caller: Principal, address: str, assessment_id: str, wanted: MakePack) -> PackView:
    """Make a pack, or return the one that is out (3 reads and 1 transaction at most).

    It may be fetched before the window opens; then it comes without its key, and the same call brings the key later.
    Raises RuleViolation NOT_OFFLINE for an exam that gives no time for handing in, Conflict EXAM_RUNNING for one that
    runs online, PACK_ELSEWHERE for another device, and what a start raises.
    """
    admitted = eligibility.admit(caller, address, assessment_id, None, away_device=wanted.device_id)
    if isinstance(admitted, AttemptSpec):
        if not admitted.policy.get("offline_hours"):
            raise rule_violation("NOT_OFFLINE", "This exam is not sat without a line.")
        admitted = start_session(caller, admitted)
    pack, assessment = fetch_many(
        ExamPack.at(pack_id=admitted.session.exam_id), Assessment.at(assessment_id=assessment_id), consistent=True
    )
    if pack is None or assessment is None:
        raise Conflict("This exam runs online already.", code="EXAM_RUNNING")
    if pack.device_id != wanted.device_id:
        raise Conflict("The pack of this exam is on another device.", code="PACK_ELSEWHERE")
    return _shown(pack, admitted.session, paper.entries_of(paper.unpack(admitted.paper.content)), assessment)


def _shown(pack: ExamPack, session: ExamSession, entries: list[dict[str, Any]], assessment: Assessment) -> PackView:
    key, pin = sealing.key_of(pack), sealing.pin_of(pack)
    rules = {name: session.policy[name] for name in ("navigation", "negative_marking", "passing_percent")}
    plain = {"packId": pack.pack_id, "questions": entries, "sections": session.policy["sections"], "rules": rules}
    nonce, content = sealing.encrypted(key, json.dumps(plain, separators=(",", ":")).encode(), pin)
    lock = _code_lock(key, pin, assessment.policy)
    is_released = clock.now() >= pack.released_at and lock is None
    return PackView(
        pack_id=pack.pack_id,
        assessment_id=pack.assessment_id,
        device_id=pack.device_id,
        title=session.title,
        state=pack.state,
        pin=pin,
        paper_hash=pack.paper_hash,
        nonce=nonce,
        content=content,
        key=sealing.text(key) if is_released else None,
        code_lock=lock,
        released_at=pack.released_at,
        closes_at=session.deadline_at,
        hand_in_by=session.closes_at,
        limit_seconds=int(pack.limit_seconds),
    )


def _code_lock(key: bytes, pin: str, policy: dict[str, Any]) -> CodeLock | None:
    """Lock a pack's key by the access code of its exam, of which the server itself knows only the hash."""
    if "access_code_hash" not in policy:
        return None
    salt, _, digest = policy["access_code_hash"].partition("$")
    nonce, locked = sealing.encrypted(bytes.fromhex(digest), key, pin)
    return CodeLock(salt=salt, **access_codes.COST, nonce=nonce, locked_key=locked)
