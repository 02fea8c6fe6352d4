"""What callers of the upload endpoints send and get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.http import Request, Schema
from lyceum.http.schema import Timestamp


class AskUpload(Request):
    """A file that the caller wants to send; `sha256` is its checksum in base64."""

    purpose: Literal["avatar", "question_image", "attachment"]
    file_name: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f/\\]+$")]
    content_type: Annotated[str, StringConstraints(max_length=100, to_lower=True)]
    size_bytes: Annotated[int, Field(ge=1)]
    sha256: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")] = None


class Slot(Schema):
    """Where to send the file: an HTML form's POST (multipart/form-data) of these fields, then the file."""

    upload_id: str
    url: str
    fields: dict[str, str]
    expires_at: Timestamp


class Step(Schema):
    """A step of the processing."""

    name: str
    milliseconds: float
    bytes_in: int
    bytes_out: int


class Variant(Schema):
    """A version of the file that may be fetched from `url` for five minutes."""

    name: str
    content_type: str
    width: int
    height: int
    size_bytes: int
    url: str


class UploadView(Schema):
    """An upload with its state; a rejected one has a reason, a ready one its variants."""

    upload_id: str
    purpose: str
    file_name: str
    content_type: str
    size_bytes: int
    state: Literal["waiting", "processing", "ready", "rejected"]
    reason: str | None = None
    steps: list[Step]
    variants: list[Variant]
    created_at: Timestamp


class Removed(Schema):
    """What was removed."""

    id: str
