"""What callers of the privacy endpoints send and get."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

Purpose = Literal[
    "terms",
    "privacy_policy",
    "analytics",
    "marketing",
    "ai_processing",
    "recording",
    "messaging",
    "photo",
    "certificates",
    "research",
]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class ActivityQuery(Listing):
    """A page of what somebody did and what was done to their account, the newest first."""


class ActivityEntry(Schema):
    """Something that happened.

    - `type`: `act` (what the person did), `decision` (what somebody else did to the account) or `sign_in`.
    - `action`: of acts and decisions, as in the audit trail; `subjectId` and `actorId` say to whom and by whom.
    - `device`, `address`: of a sign-in whose session goes on.
    """

    id: str
    at: Timestamp
    type: Literal["act", "decision", "sign_in"]
    action: str
    actor_id: str | None = None
    subject_id: str | None = None
    reason: str | None = None
    changes: dict[str, Any] | None = None
    device: str | None = None
    address: str | None = None


class ExportView(Schema):
    """The latest copy of somebody's data.

    - `state`: `queued` while it is made, `done`, or `failed`; a request after a failure begins anew.
    - `url`: where it is fetched, for 15 minutes; ask again for another until `expiresAt`.
    - `leftOut`: files that were too large to be put in; they can be fetched from where they were sent.
    """

    request_id: str
    state: Literal["queued", "done", "failed"]
    requested_at: Timestamp
    finished_at: Timestamp | None = None
    expires_at: Timestamp | None = None
    size_bytes: int | None = None
    url: str | None = None
    left_out: list[str] = []


class ErasureView(Schema):
    """An erasure that was asked for: `queued`, or `held` while a legal hold lasts."""

    request_id: str
    state: Literal["queued", "held"]
    answer_by: Timestamp


class Reset(Schema):
    """Statistics that are being reset."""

    id: str
    state: Literal["queued"] = "queued"


class PlaceHold(Request):
    """A legal hold on an account, or its end.

    - `reason`: why; it is kept in the audit trail.
    - `isHeld`: false ends the hold.
    """

    reason: Reason
    is_held: bool = True


class HoldView(Schema):
    """Whether an account is held."""

    id: str
    is_held: bool
    placed_at: Timestamp | None = None


class ConsentQuery(Request):
    """Whose consents to list.

    - `userId`: a child whose guardian the caller is; left out: one's own.
    """

    user_id: Id | None = None


class DecideConsent(Request):
    """A consent to give or to withdraw.

    - `version`: of the text that was shown.
    - `userId`: a child, by its guardian; left out: one's own.
    """

    purpose: Purpose
    version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    is_given: Annotated[bool, Field(description="False withdraws it.")]
    user_id: Id | None = None


class ConsentView(Schema):
    """A consent as it holds now.

    - `isOwnDecision`: whether the person decided, not a guardian.
    """

    purpose: Purpose
    version: str
    is_given: bool
    decided_at: Timestamp
    is_own_decision: bool


class ConsentHistoryEntry(ConsentView):
    """One decision, as it was made then."""


class Consents(Schema):
    """Consents by purpose as they hold, and every decision that led there, the newest first.

    - `needsGuardian`: the person is a minor, for whom a guardian gives consents; withdrawing is free.
    """

    user_id: str
    needs_guardian: bool
    consents: list[ConsentView]
    history: list[ConsentHistoryEntry]
