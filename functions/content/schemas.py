"""What callers of the upload endpoints send and get."""

import base64
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from lyceum.http import Request, Schema
from lyceum.http.schema import Timestamp

_HEX_DIGITS = 64


def _in_base64(checksum: str) -> str:
    raw = bytes.fromhex(checksum) if len(checksum) == _HEX_DIGITS else base64.b64decode(checksum)
    return base64.b64encode(raw).decode()


Checksum = Annotated[str, StringConstraints(pattern=r"^([0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=)$"), AfterValidator(_in_base64)]
"""A SHA-256, given in hexadecimal or base64 and kept in base64, as S3 writes it."""


class AskAvatar(Request):
    """A picture that the caller wants to send; `sha256` is its checksum in hexadecimal or base64."""

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f/\\]+$")]
    content_type: Annotated[str, StringConstraints(max_length=100, to_lower=True)]
    size_bytes: Annotated[int, Field(ge=1)]
    sha256: Checksum | None = None


class AskUpload(AskAvatar):
    """A file that the caller wants to send."""

    purpose: Literal["avatar", "question_image", "attachment"]


class Slot(Schema):
    """Where to send the file until `expiresAt`: an HTML form's POST (multipart/form-data) of these fields, then the file."""

    upload_id: str
    url: str
    fields: dict[str, str]
    expires_at: Timestamp


class Step(Schema):
    """A step of the processing; a failed one is tried again."""

    name: str
    state: Literal["done", "refused", "failed"]
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
    """An upload with its state; a rejected one has a reason, a ready one its variants, a waiting one the time when it is given up."""

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
    expires_at: Timestamp | None = None


class Removed(Schema):
    """What was removed."""

    id: str
