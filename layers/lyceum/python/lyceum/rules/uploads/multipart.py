"""Large files, sent in parts straight to storage.

Each part's address fixes its number and size, and what broke off is resumed. The client itself puts the parts together,
through an address signed for that, so that only storage's own event tells of the file.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.model.content.uploads import Upload
from lyceum.rules.uploads.schemas import Multipart, Part, ReceivedPart

FROM_BYTES = 50 * 1024 * 1024
"""Files of more than this are sent in parts."""
UPLOAD_TIMEOUT = timedelta(days=1)
"""How long such a file may take; storage itself drops the parts of unfinished ones after a day."""
LINK_LIFETIME = timedelta(hours=1)
_PART_BYTES = 16 * 1024 * 1024


def begin(upload: Upload) -> str:
    """Open a multipart upload at storage and return its id there."""
    answer = clients.client("s3").create_multipart_upload(
        Bucket=settings().bucket, Key=upload.key, ContentType=upload.content_type
    )
    return str(answer["UploadId"])


def remaining(upload: Upload, received: Iterable[ReceivedPart]) -> Multipart:
    """Sign addresses for the parts that have not arrived, and for putting all of them together."""
    there = list(received)
    arrived = {part.number for part in there if part.size_bytes == _size(upload, part.number)}
    count = -(-int(upload.size_bytes) // _PART_BYTES)
    parts = [_part(upload, number) for number in range(1, count + 1) if number not in arrived]
    return Multipart(
        part_size_bytes=_PART_BYTES,
        parts=parts,
        received=there,
        complete_url=_signed("complete_multipart_upload", upload),
    )


def resumed(upload: Upload) -> Multipart | None:
    """Say which parts arrived and which are awaited; None when storage has put them together or dropped them."""
    try:
        answer = clients.client("s3").list_parts(Bucket=settings().bucket, Key=upload.key, UploadId=upload.multipart_id)
    except Exception as error:
        if clients.error_code(error) == "NoSuchUpload":
            return None
        raise
    found = [
        ReceivedPart(number=part["PartNumber"], size_bytes=part["Size"], etag=part["ETag"])
        for part in answer.get("Parts", [])
    ]
    return remaining(upload, found)


def abandon(upload: Upload) -> None:
    """Drop the parts that arrived; parts that were dropped before are nobody's concern."""
    try:
        clients.client("s3").abort_multipart_upload(
            Bucket=settings().bucket, Key=upload.key, UploadId=upload.multipart_id
        )
    except Exception as error:
        if clients.error_code(error) != "NoSuchUpload":
            raise


def _size(upload: Upload, number: int) -> int:
    return min(_PART_BYTES, int(upload.size_bytes) - (number - 1) * _PART_BYTES)


def _part(upload: Upload, number: int) -> Part:
    size = _size(upload, number)
    return Part(
        number=number, size_bytes=size, url=_signed("upload_part", upload, PartNumber=number, ContentLength=size)
    )


def _signed(operation: str, upload: Upload, **arguments: Any) -> str:
    target = {"Bucket": settings().bucket, "Key": upload.key, "UploadId": upload.multipart_id, **arguments}
    return str(
        clients.client("s3").generate_presigned_url(operation, target, ExpiresIn=int(LINK_LIFETIME.total_seconds()))
    )
