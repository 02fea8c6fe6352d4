"""What devices that sit an exam without a line send and get."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, PlainSerializer, StringConstraints, WrapValidator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import RichText
from lyceum.rules.questions.responses import ResponseFields

from functions.exams.attempts.schemas import SessionState

MOST_ENTRIES = 2000
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class MakePack(Request):
    """The device on which the exam will be sat; `deviceId` is a ULID that it made itself."""

    device_id: Id


class CodeLock(Schema):
    """The pack's key, locked by the exam's access code.

    Scrypt of the code (`salt` as hex, `n`, `r`, `p`, 32 bytes) is a key of AES-256-GCM that opens `lockedKey` (base64).
    """

    salt: str
    n: int
    r: int
    p: int
    nonce: str
    locked_key: str


class PackView(Schema):
    """A pack: the questions of one attempt without what is right, readable from `releasedAt` on.

    - `content`: base64 of AES-256-GCM with `nonce` under the key, bound to `pin`; inside is JSON.
    - `pin`: SHA-256 of the pack's id, device and paper; the first entry of the chain follows it.
    - `key`: base64; absent before the release, and where the access code opens the pack (`codeLock`).
    - `limitSeconds`: how long the candidate may take.
    - `handInBy`: until when it can be handed in.
    """

    pack_id: str
    assessment_id: str
    device_id: str
    title: str | None = None
    state: Literal["out", "accepted", "quarantined", "rejected"]
    pin: str
    paper_hash: str
    nonce: str
    content: str
    key: str | None = None
    code_lock: CodeLock | None = None
    released_at: Timestamp
    closes_at: Timestamp
    hand_in_by: Timestamp
    limit_seconds: int


class ChainEntry(ResponseFields):
    """One answer as it was given; an empty one clears it.

    - `position`: from 1 on.
    - `elapsedMs`: milliseconds since the pack was opened, by a clock that never goes back.
    - `hash`: HMAC-SHA256 under the pack's key of canonical JSON: the hash before (of the first: the pin), and position,
      questionId, elapsedMs and the answer's fields as they are sent, without those that are null.
    """

    position: Annotated[int, Field(ge=1, le=MOST_ENTRIES)]
    question_id: Id
    elapsed_ms: Annotated[int, Field(ge=0, le=2**40)]
    hash: Hash


if TYPE_CHECKING:
    CarriedEntry = Any
else:
    CarriedEntry = Annotated[
        ChainEntry,
        WrapValidator(lambda value, _handler: value),
        PlainSerializer(lambda value: value, return_type=Any, when_used="always"),
    ]
"""An entry letter by letter as it came: its hash is of that, and one that can not be read stops no other (EXAM W8)."""


class HandIn(Request):
    """What was answered, in its order; each entry is kept as it came and read by itself.

    - `openedAt`, `closedAt`: when the pack was opened and closed by the device's clock, which is a claim.
    - `paperHash`: of the paper that was sat.
    """

    device_id: Id
    paper_hash: Hash
    opened_at: datetime
    closed_at: datetime
    entries: Annotated[list[CarriedEntry], Field(max_length=MOST_ENTRIES)]


class LeftOut(Schema):
    """An answer that was not counted: the `position` of its entry, and why, by the codes of single answers."""

    position: int | None = None
    question_id: str | None = None
    code: str


class PackOutcome(Schema):
    """What became of a pack that was handed in; `digest` names what was received.

    - `quarantined`: a person looks at it, for the `reasons` that are named; nothing is scored and nothing is lost.
    - `rulingReason`: why that person let it count (`accepted`), or did not (`rejected`).
    - `leftOut`: answers that were not counted when the others were.
    """

    pack_id: str
    state: Literal["accepted", "quarantined", "rejected"]
    digest: str
    received_at: Timestamp
    reasons: list[str] = []
    left_out: list[LeftOut] = []
    ruling_reason: str | None = None


class HandInReceipt(PackOutcome):
    """A receipt for a device, or for the phone that carried its answers.

    - `isSame`: whether what this call brought is what was received; if not, something else had come before it.
    """

    is_same: bool = True


class RulePack(Request):
    """What is decided of a quarantined pack, and why; the student reads the reason.

    - `accept`: its answers are scored as if the chain held.
    - `reject`: the session ends without them.
    - `accept_later`: the answers that came later count, whose chain holds (`laterEntries`).
    """

    decision: Literal["accept", "accept_later", "reject"]
    reason: Annotated[RichText, Field(min_length=5, max_length=2000)]


class HeldPack(PackOutcome):
    """A pack that was handed in, as whoever marks the exam sees it.

    - `entries`: the chain as it came.
    - `deviceId`: as the hand-in says, `packDeviceId`: as the pack does.
    - `otherDigests`: of what was handed in after the first.
    - `laterEntries`: the first of those chains that holds.
    """

    user_id: str
    assessment_id: str
    exam_state: SessionState
    device_id: str | None = None
    pack_device_id: str
    opened_at: Timestamp | None = None
    closed_at: Timestamp | None = None
    entries: list[Any] = []
    later_entries: list[Any] | None = None
    other_digests: list[str] = []
    ruled_by: str | None = None
    ruled_at: Timestamp | None = None
