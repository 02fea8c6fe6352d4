"""How a session ended, and what proves its score."""

from decimal import Decimal
from typing import Literal

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp

from functions.exams.attempts.schemas import Timed


class Receipt(Timed):
    """How a session ended.

    - `pending`: answers that wait for a grader.
    - `score`, `percent`, `passed`: absent while answers wait, or while they may not be told yet.
    - `resultFrom`: when they may be told.
    """

    exam_id: str
    state: Literal["finished"] = "finished"
    mode: str
    finished_at: Timestamp
    cause: Literal["submitted", "expired"]
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    passing_percent: Decimal
    passed: bool | None = None
    pending: int = 0
    result_from: Timestamp | None = None


class Evidence(Schema):
    """What a receipt's hashes were taken of, for a re-scoring elsewhere: paper and keys as canonical JSON."""

    paper: str
    keys: str


class SignedReceipt(Schema):
    """The receipt of a score; docs/exams.md tells how to check it.

    - `payload`: canonical JSON.
    - `signature`: of the payload, by Ed25519 (RFC 8032).
    """

    payload: str
    signature: str
    public_key: str


class ReceiptKey(Schema):
    """A public key of receipts (RFC 8037)."""

    kty: str = "OKP"
    crv: str = "Ed25519"
    x: str
    kid: str
    use: str = "sig"


class ReceiptKeys(Schema):
    """The public keys that score receipts are signed with."""

    keys: list[ReceiptKey]
