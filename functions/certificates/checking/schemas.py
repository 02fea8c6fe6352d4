"""What callers of the verification endpoints send and get."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp

from functions.certificates.issuing.schemas import CertificateView

Token = Annotated[str, StringConstraints(min_length=10, max_length=60_000, pattern=r"^[A-Za-z0-9_.-]+$")]
Failure = Literal[
    "MALFORMED", "OTHER_CERTIFICATE", "UNKNOWN_ISSUER", "SIGNATURE", "CHANGED", "NOT_YET_VALID", "EXPIRED", "REVOKED",
    "SUPERSEDED", "WITHDRAWN",
]  # fmt: skip


class PresentCredential(Request):
    """The document to verify, as its holder shows it: the JSON of the credential or its JWT."""

    credential: dict[str, Any] | None = Field(
        default=None,
        examples=[{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]}],
    )
    jwt: Token | None = None

    @model_validator(mode="after")
    def _shows_one(self) -> Self:
        if (self.credential is None) == (self.jwt is None):
            raise ValueError("send either credential or jwt")
        return self


class Step(Schema):
    """A neighbour on the way up a tree of hashes, and the side on which it stands."""

    hash: str
    side: Literal["left", "right"]


class AnchorProof(Schema):
    """That a certificate was there by the end of a day (UTC).

    - `documentHash`: SHA-256 of the document's canonical statements; `path` leads from it to `root` (RFC 9162, 2.1).
    - `auditId`: the audit event that holds the root; it is linked into the signed chain of its day.
    """

    day: str
    document_hash: str
    root: str
    count: int
    path: list[Step]
    audit_id: str


class Check(Schema):
    """One thing that was looked at."""

    name: Literal["signature", "document", "validity", "status", "anchor"]
    holds: bool
    message: str


class Verification(Schema):
    """Whether a certificate holds, and if not, why.

    - `failure`: the first thing that does not hold, for programs; `message` says it to people.
    - `anchor`: the proof of when it was there, from the day after it was issued.
    """

    is_valid: bool
    failure: Failure | None = None
    message: str
    checked_at: Timestamp
    checks: list[Check]
    certificate: CertificateView | None = None
    anchor: AnchorProof | None = None
