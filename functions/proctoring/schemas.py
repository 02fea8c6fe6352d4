"""What callers of proctoring send and get."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from lyceum.kit import clock
from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import YEARS, Id, Timestamp
from lyceum.kit.values.text import Line

ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
EventType = Literal[
    "heartbeat", "focus", "visibility", "fullscreen", "paste", "display", "face_count", "voice", "network", "device"
]
Severity = Literal["info", "low", "medium", "high"]
Need = Literal[
    "screen_reader", "magnifier", "reads_aloud", "leaves_seat", "helper_present", "no_camera", "poor_network"
]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{1,30}$")]
Fact = bool | Annotated[int, Field(ge=-(10**9), le=10**9)] | Annotated[str, StringConstraints(max_length=100)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _is_moment(text: str) -> str:
    if clock.parse(text).year not in YEARS:
        raise ValueError(f"a year from {YEARS.start} to {YEARS.stop - 1}")
    return text


Moment = Annotated[
    str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"), AfterValidator(_is_moment)
]
"""A time as a client writes it, which is kept as text since it is signed."""


class Consents(Request):
    """What the student agrees to: being watched, and pictures of the camera."""

    watching: Literal[True]
    snapshots: bool = False


class DeviceChecks(Request):
    """What the client found of itself before the start."""

    camera: bool = False
    microphone: bool = False
    displays: Annotated[int, Field(ge=1, le=16)] = 1
    browser: Line | None = None


class StartProctoring(Request):
    """Begin to be watched in an exam session of one's own, by us or by another system that the tenant has."""

    exam_id: Id
    provider: ProviderName = "builtin"
    consents: Consents
    device: DeviceChecks = DeviceChecks()


class ProctoringView(Schema):
    """A session of proctoring, as its student's client needs it.

    - `signingKey`: what each event is signed with.
    - `nextNumber`, `lastHash`: where the chain goes on.
    - `missing`: spans of numbers that never came, which may still be sent.
    - `launchUrl`: where the other system is begun, for one that is not `builtin`.
    - `silenceSeconds`: how long a client may say nothing; a heartbeat says that it is there.
    """

    session_id: str
    provider: str
    signing_key: str | None = None
    next_number: int
    last_hash: str
    missing: list[list[int]]
    launch_url: str | None = None
    silence_seconds: int
    takes_snapshots: bool


class SeenEvent(Request):
    """One thing that the client saw.

    - `number`: one more than the one before.
    - `previousHash`: that one's hash, of 64 zeros for the first.
    - `at`: when it happened, as text that is signed as it stands.
    - `signature`: HMAC-SHA256 of `[sessionId, number, type, at, facts, previousHash]` as JSON without spaces and with
      names in order, in hexadecimal digits.
    """

    number: Annotated[int, Field(ge=1, le=200_000)]
    type: EventType
    at: Moment
    facts: Annotated[dict[FactName, Fact], Field(max_length=8)] = {}
    previous_hash: Digest
    signature: Digest


class SendEvents(Request):
    """Events in the order of their numbers."""

    events: Annotated[list[SeenEvent], Field(min_length=1, max_length=30)]


class EventsTaken(Schema):
    """What became of events: how many were new, how many known, which numbers were refused, and what is missing."""

    taken: int
    known: int
    refused: list[int]
    next_number: int
    last_hash: str
    missing: list[list[int]]


class ViolationView(Schema):
    """A violation: a hint, until a person decides.

    - `accommodated`: the rule is left out by what the student needs.
    """

    violation_id: str
    rule: str
    severity: Severity
    number: int | None = None
    happened_at: Timestamp
    facts: dict[str, Any]
    accommodated: bool
    decision: Literal["confirmed", "dismissed"] | None = None
    note: str | None = None
    decided_by: str | None = None
    decided_at: Timestamp | None = None


class ViolationQuery(Listing):
    """Which violations.

    - `severity`: this one alone.
    """

    severity: Annotated[Severity | None, Field(description="Violations of this severity alone.")] = None


class DecideViolation(Request):
    """What a person makes of a violation, with a reason."""

    decision: Literal["confirmed", "dismissed"]
    note: Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]


class SetAccommodations(Request):
    """What a student needs, which some rules leave out, with a reason."""

    accommodations: Annotated[list[Need], Field(max_length=7)]
    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class WatchedView(Schema):
    """A session of proctoring, as those see it whose exam it is.

    - `silentSeconds`: how long its client has said nothing.
    - `severities`: how many violations of each.
    """

    session_id: str
    user_id: str
    provider: str
    length: int
    missing: list[list[int]]
    severities: dict[str, int]
    accommodations: list[str]
    silent_seconds: int


class EventView(Schema):
    """An event as it is kept."""

    number: int
    type: str
    seen_at: str
    facts: dict[str, Any]
    received_at: Timestamp
    is_late: bool


class EventLog(Schema):
    """The events of a session, and whether they are unchanged and hang together (`intact`) with none missing."""

    intact: bool
    complete: bool
    session: WatchedView
    events: list[EventView]


class SnapshotView(Schema):
    """A picture of the camera; `url` holds for five minutes, once the file is checked."""

    upload_id: str
    taken_at: Timestamp
    url: str | None = None


class SetProvider(Request):
    """Another system that watches exams: where it is begun; `rotateSecret` makes a new secret."""

    launch_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]{3,300}$")]
    is_enabled: bool = True
    rotate_secret: bool = False


class ProviderView(Schema):
    """Another system that watches exams; its secret is shown this once, when it is new."""

    provider: str
    launch_url: str
    is_enabled: bool
    secret: str | None = None


class ToldEvent(Request):
    """What another system saw."""

    type: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    severity: Severity
    at: AwareDatetime
    note: Annotated[str, StringConstraints(max_length=500)] | None = None


class ProviderMessage(Request):
    """What another system tells of a session."""

    session_id: Id
    external_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    events: Annotated[list[ToldEvent], Field(max_length=20)] = []


class MessageTaken(Schema):
    """That a message was taken, now or before."""

    received: bool = True
