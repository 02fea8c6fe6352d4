"""What callers of the audit endpoints send and get."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,100}$")]
Action = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}(\.[a-z0-9_]{1,40}){1,3}$")]


class AuditQuery(Listing):
    """Which events of the audit trail to list; filters that are named together all apply.

    - `subjectId`: only what was done to this person or thing.
    - `actorId`: only what this person did.
    - `action`: only acts of this kind, such as `user.suspend`.
    - `since`: only from this time on.
    - `until`: only up to this time.
    """

    subject_id: Name | None = None
    actor_id: Name | None = None
    action: Action | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def check_span(self) -> "AuditQuery":
        """Refuse a span that ends before it begins."""
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is after until")
        return self


class AuditEventView(Schema):
    """One act.

    - `before`, `after`: what changed, by field.
    - `isErased`: whether what it said of a person was erased; who did what to whom stays.
    """

    audit_id: str
    at: Timestamp
    action: str
    actor_id: str
    subject_id: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str | None = None
    correlation_id: str
    is_erased: bool


class VerifyQuery(Request):
    """Which day's chain to check.

    - `day`: the day in UTC, such as `2027-01-11`; today when it is left out.
    """

    day: date | None = None


FindingKind = Literal[
    "edited",
    "deleted",
    "not_linked",
    "details_missing",
    "link_edited",
    "link_missing",
    "head_differs",
    "root_missing",
    "root_differs",
    "signature_broken",
]


class Finding(Schema):
    """Something that is not as it was written.

    - `edited`: an event is not what was linked.
    - `details_missing`: its details are gone without an erasure.
    - `deleted`: an event is gone.
    - `not_linked`: an event is older than two minutes and in no chain.
    - `link_edited`, `link_missing`: the chain was changed, put into another order, or lacks a link.
    - `head_differs`, `root_missing`, `root_differs`, `signature_broken`: the end of the chain or the day's signed root.
    """

    kind: FindingKind
    audit_id: str | None = None


class Verification(Schema):
    """The outcome for one day: it is intact when there are no findings.

    - `events`, `links`: how many there are.
    - `hash`: the last link's; of a day that is over it is what was signed.
    - `isSealed`: whether the day's root is signed and kept.
    """

    day: date
    is_intact: bool
    events: int
    links: int
    hash: str
    is_sealed: bool
    findings: Annotated[list[Finding], Field(max_length=1000)]
