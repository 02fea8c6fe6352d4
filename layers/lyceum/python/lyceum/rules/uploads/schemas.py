"""What callers send for a slot, and the slot that they get."""

import base64
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp

_HEX_DIGITS = 64


class ReceivedPart(Schema):
    """A part of a large file that arrived."""

    number: int
    size_bytes: int
    etag: str


class Part(Schema):
    """A part of a large file that is still awaited: PUT exactly its bytes to `url`, and keep the ETag of the answer."""

    number: int
    size_bytes: int
    url: str


class Multipart(Schema):
    """How to send a large file.

    - `parts`: those that are still awaited; send them in any order.
    - `received`: those that have arrived.
    - `completeUrl`: where to POST the list of numbers and ETags (S3's XML) in the end.
    """

    part_size_bytes: int
    parts: list[Part]
    received: list[ReceivedPart] = []
    complete_url: str


def _in_base64(checksum: str) -> str:
    raw = bytes.fromhex(checksum) if len(checksum) == _HEX_DIGITS else base64.b64decode(checksum)
    return base64.b64encode(raw).decode()


Checksum = Annotated[
    str, StringConstraints(pattern=r"^([0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=)$"), AfterValidator(_in_base64)
]
"""A SHA-256, given in hexadecimal or base64 and kept in base64, as S3 writes it."""


class AskFile(Request):
    """A file that the caller wants to send.

    - `sha256`: its checksum in hexadecimal or base64.
    - `removeMetadata`: whether a document loses what says who made it and took its pictures, when and with what. For
      minors that is always done, and for images and recordings of everybody.
    - `projection`: of an image or video that shows all around, `equirectangular`: longitude across, latitude down.
    """

    file_name: Annotated[
        str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f/\\]+$")
    ]
    content_type: Annotated[str, StringConstraints(max_length=100, to_lower=True)]
    size_bytes: Annotated[int, Field(ge=1)]
    sha256: Checksum | None = None
    remove_metadata: bool = False
    projection: Literal["flat", "equirectangular"] = "flat"


class Slot(Schema):
    """Where to send the file until `expiresAt`.

    - `url`, `fields`: an HTML form's POST (multipart/form-data) of these fields and then the file.
    - `multipart`: how to send a large file instead.
    """

    upload_id: str
    url: str | None = None
    fields: dict[str, str] | None = None
    multipart: Multipart | None = None
    expires_at: Timestamp
