"""What callers of the content library send and get."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema, exchange
from lyceum.kit.http.schemas import Id, Timestamp, read_as, same_as
from lyceum.kit.values.text import Line, SharedText, Tag, one_line
from lyceum.rules.uploads.purposes import Kind

from functions.content.uploads.schemas import Step

Short = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f#|]+$"),
    AfterValidator(one_line),
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
DeviceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
VariantName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,20}$")]
State = Literal["draft", "processing", "ready", "failed", "submitted", "verified", "rejected", "published", "archived"]

UploadState = Literal["waiting", "processing", "scanning", "ready", "rejected", "failed", "deleted"]


class Removed(Schema):
    """What was removed."""

    id: str


class NewContent(Request):
    """What an instructor says of a file of the library that was sent or is being sent."""

    upload_id: Id
    title: Line
    description: SharedText | None = None
    subject: Short
    grade_level: Short
    topic_id: Id | None = None
    language: Language | None = None
    tags: Annotated[list[Tag], Field(max_length=20)] = []


class ChangeContent(Request):
    """What to change; what is left out stays.

    - `archived`: takes a published item out of the library, or puts it back.
    """

    title: Line | None = None
    description: SharedText | None = None
    subject: Short | None = None
    grade_level: Short | None = None
    topic_id: Id | None = None
    language: Language | None = None
    tags: Annotated[list[Tag], Field(max_length=20)] | None = None
    archived: bool | None = None


class Verification(Request):
    """What an instructor says of another's item; a rejection needs its reason."""

    decision: Literal["approve", "reject"]
    reason: Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)] | None = None

    @model_validator(mode="after")
    def check_reason(self) -> "Verification":
        """Ask for the reason of a rejection."""
        if self.decision == "reject" and self.reason is None:
            raise ValueError("a rejection needs a reason")
        return self


class ContentFilter(Listing):
    """Which items to list: published ones unless it says otherwise.

    - `search`: words, in any spelling; among published items the best come first without `sort`.
    - `maxBytes`: leaves out what can not be had in so many bytes.
    - `status`: of one's own items any state, of others' for staff.
    - `mine`: one's own items.
    - `offline`: the items that one keeps on a device, on `deviceId` alone when it is given.
    - `subject`: only what is about this subject.
    - `gradeLevel`: only what is for this grade level.
    - `type`: only items of this kind.
    - `sort`: what comes first.
    - `deviceId`: the device that is asked about.
    """

    subject: Short | None = None
    grade_level: Short | None = None
    type: Annotated[Kind | None, read_as(pdf="document", interactive="package")] = None
    topic_id: Id | None = None
    search: Annotated[str | None, StringConstraints(min_length=2, max_length=100, strip_whitespace=True)] = None
    max_bytes: Annotated[int | None, Field(ge=1, le=1 << 40)] = None
    sort: Literal["newest", "popular", "rating"] = "newest"
    status: State = "published"
    mine: bool = False
    offline: bool = False
    device_id: DeviceId | None = None


class Thumbnail(Schema):
    """The small picture of an item, a WebP that may be fetched from `url` for an hour at least."""

    url: str
    width: int
    height: int


class ContentSummary(Schema):
    """An item in a list.

    - `thumbnail`: of what has a picture; items that were published before pictures were listed have none yet.
    - `sizeBytes`: of the best version of it.
    - `lowSizeBytes`: of the smallest version.
    - `rating`: the mean of its stars.
    - `deviceId`, `variant`, `keptSince`: of a copy that is kept offline.
    """

    content_id: str
    type: Kind
    title: str
    subject: str
    grade_level: str
    topic_id: str | None = None
    language: str | None = None
    tags: list[str]
    owner_id: str
    size_bytes: int | None = None
    low_size_bytes: int | None = None
    duration_seconds: float | None = None
    page_count: int | None = None
    thumbnail: Thumbnail | None = None
    downloads: int | None = None
    rating: float | None = None
    rating_count: int | None = None
    state: State | None = None
    published_at: Timestamp | None = None
    device_id: str | None = None
    variant: str | None = None
    kept_since: Timestamp | None = None


class ContentFile(Schema):
    """A file of an item; its address is asked for by its name."""

    name: str
    content_type: str
    size_bytes: int
    width: int | None = None
    height: int | None = None


class ContentView(ContentSummary):
    """An item with its files.

    - `facts`: what is known of the files, such as length, pages, title, a note.
    - `reason`: why it failed or was rejected.
    """

    upload_id: str
    description: str | None = None
    file_name: str
    files: list[ContentFile]
    facts: dict[str, Any]
    reason: str | None = None
    verified_at: Timestamp | None = None
    version: int
    created_at: Timestamp


class Processing(Schema):
    """How far the file of an item came, step by step."""

    content_id: str
    upload_id: str
    state: UploadState
    status: Annotated[UploadState | None, same_as("state")] = None
    reason: str | None = None
    steps: list[Step]
    size_bytes: int
    bytes_out: int


class FileQuery(Request):
    """Which file of an item.

    - `variant`: the file itself, or one of the renditions that processing made; without it the file itself, or the
      smallest that is whole for who sends `Save-Data: on`.
    """

    variant: VariantName = Field(default_factory=lambda: "low" if exchange.saves_data() else "original")
    fields: Annotated[str | None, Field(max_length=500)] = None


class FileLink(Schema):
    """Where a file can be fetched until `expiresAt`."""

    content_id: str
    variant: str
    content_type: str
    size_bytes: int
    url: str
    expires_at: Timestamp


class KeepOffline(Request):
    """A device of the caller that keeps a copy."""

    device_id: DeviceId
    variant: VariantName = "original"


class Kept(Schema):
    """A copy that a device keeps.

    - `counted`: whether this was its first download of the day.
    """

    content_id: str
    device_id: str
    variant: str
    counted: bool


class Rate(Request):
    """One's opinion of an item."""

    stars: Annotated[int, Field(ge=1, le=5)]


class Rated(Schema):
    """The caller's own rating; the mean follows within seconds."""

    content_id: str
    stars: int
