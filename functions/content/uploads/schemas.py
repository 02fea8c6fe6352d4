"""What callers of uploads send and get."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp, same_as
from lyceum.rules.uploads.schemas import AskFile, Multipart, Slot

UploadState = Literal["waiting", "processing", "scanning", "ready", "rejected", "failed"]


class Variant(Schema):
    """A version of the file that may be fetched from `url` for five minutes."""

    name: str
    content_type: str
    width: int | None = None
    height: int | None = None
    size_bytes: int
    url: str


class Step(Schema):
    """A step of the processing.

    - `state`: a failed step is tried again, a refused one rejects the file.
    """

    name: str
    state: Literal["done", "refused", "failed"]
    milliseconds: float
    bytes_in: int
    bytes_out: int


class AskUpload(AskFile):
    """A file for a purpose other than the library."""

    purpose: Literal[
        "avatar",
        "question_image",
        "question_recording",
        "attachment",
        "document",
        "recording",
        "lesson",
        "answer_sheet",
    ]


class AskFiles(Request):
    """Files that the caller wants to send for one thing, in the order in which they are to be shown."""

    files: Annotated[list[AskFile], Field(min_length=1, max_length=8)]


class Slots(Schema):
    """Where to send each of several files, in their order."""

    slots: list[Slot]


class UploadView(Schema):
    """An upload with its state.

    - `reason`: of a rejected or failed one.
    - `variants`: of a ready one.
    - `expiresAt`: when a waiting one is given up.
    - `multipart`: of a waiting one that comes in parts, those that are still awaited.
    """

    upload_id: str
    purpose: str
    file_name: str
    content_type: str
    size_bytes: int
    state: UploadState
    status: Annotated[UploadState | None, same_as("state")] = None
    reason: str | None = None
    steps: list[Step]
    variants: list[Variant]
    multipart: Multipart | None = None
    created_at: Timestamp
    expires_at: Timestamp | None = None
