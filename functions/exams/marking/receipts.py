"""Signed receipts of scores: whoever holds one can prove the score, and re-score it elsewhere from the evidence.

The payload is canonical JSON (sorted names, no spaces) of everything that the score is a function of: the hashes of
paper and keys, the versions of the algorithms, the rules, the answers and the grades. It is signed by Ed25519 (RFC
8032) with a key derived from the deployment's secret by HKDF (RFC 5869); the public half is in each receipt, and
published by the deployment: only a key that comes from elsewhere than the receipt says who signed it.
`tools/verify_receipt.py` checks a whole result with it.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.questions.question import AnswerKey

from functions.exams.attempts.state import AttemptState
from functions.exams.marking.keys import pinned_keys
from functions.exams.marking.marks import voided
from functions.exams.marking.schemas.receipts import Evidence, ReceiptKey, ReceiptKeys, SignedReceipt
from functions.exams.papers import paper

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VERSION = 1
_PURPOSE = b"lyceum score receipts 1"
_SCORED_BY = ("negative_marking", "passing_percent", "partial_credit", "sections")


def signed(attempt: AttemptState, marks: ExamMarks) -> SignedReceipt:
    """Sign the score of a finished session; the same session and revision give the same bytes."""
    payload = canonical(_facts(attempt, marks))
    key = _signing_key(clients.secret_text())
    return SignedReceipt(
        payload=payload,
        signature=_base64(key.sign(payload.encode())),
        public_key=_base64(key.public_key().public_bytes_raw()),
    )


def public_keys() -> ReceiptKeys:
    """Return the public half of the key that this deployment signs with (RFC 8037)."""
    raw = _signing_key(clients.secret_text()).public_key().public_bytes_raw()
    x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return ReceiptKeys(keys=[ReceiptKey(x=x, kid=hashlib.sha256(raw).hexdigest()[:16])])


def _facts(attempt: AttemptState, marks: ExamMarks) -> dict[str, Any]:
    session = attempt.session
    return {
        "receipt": VERSION,
        "tenant": context.tenant(),
        "examId": session.exam_id,
        "userId": session.user_id,
        "revision": int(marks.revision),
        "mode": session.mode,
        "title": session.title,
        "assessmentId": session.assessment_id,
        "attempt": int(session.attempt),
        "startedAt": clock.iso(session.started_at),
        "finishedAt": clock.iso(session.finished_at),
        "cause": session.cause,
        "paperHash": session.paper_hash,
        "keysHash": marks.keys_hash,
        "algorithm": int(session.algorithm),
        "scoring": int(session.scoring),
        "rules": {name: session.policy[name] for name in _SCORED_BY},
        "answers": {name: row["chosen"] for name, row in sorted(attempt.sheet.answers.as_dict().items()) if row["seq"]},
        "voided": voided(marks.rulings),
        "grades": {name: grade["points"] for name, grade in sorted(marks.grades.items())},
        "score": session.score,
        "maxScore": session.max_score,
        "percent": session.percent,
        "passed": session.is_passed,
    }


def evidence(attempt: AttemptState, keys: Mapping[str, AnswerKey]) -> Evidence:
    """Return what the hashes of a receipt were taken of."""
    frozen = paper.unpack(attempt.paper.content)
    pinned = pinned_keys(paper.entries_of(frozen), keys)
    plain = {name: {"revision": key.revision, "key": key.key} for name, key in pinned.items()}
    return Evidence(paper=frozen.decode(), keys=canonical(plain))


def canonical(value: Mapping[str, Any]) -> str:
    """Write JSON in the one form that is signed and hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


@cache
def _signing_key(secret: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
