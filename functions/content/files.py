"""The places of a file in the bucket: what was sent, what was made of it, and what was refused."""

from contextlib import closing
from pathlib import Path

from lyceum import aws, context
from lyceum.model import Upload
from lyceum.settings import settings

from content.purposes import PURPOSES

_CHUNK_BYTES = 1 << 20


class Missing(Exception):
    """There is no file at an upload's key."""


class Oversized(Exception):
    """A file has more bytes than were asked for."""


def original_key(owner_id: str, upload_id: str) -> str:
    """Name the place that a new file is sent to."""
    return f"uploads/{context.tenant()}/{owner_id}/{upload_id}/original"


def derived_key(upload: Upload, name: str) -> str:
    """Name the place of a variant."""
    return f"derived/{context.tenant()}/{upload.owner_id}/{upload.upload_id}/{name}.webp"


def quarantine_key(upload: Upload) -> str:
    """Name the place where a refused file is kept from everybody."""
    return f"quarantine/{context.tenant()}/{upload.upload_id}/original"


def fetch(upload: Upload, path: Path, max_bytes: int) -> None:
    """Write what was sent to `path`, a piece at a time; raises Missing, or Oversized before more than `max_bytes` are written."""
    try:
        answer = aws.client("s3").get_object(Bucket=settings().bucket, Key=upload.key)
    except Exception as error:
        if aws.error_code(error) == "NoSuchKey":
            raise Missing from None
        raise
    received = 0
    with closing(answer["Body"]) as body, path.open("wb") as file:
        for chunk in body.iter_chunks(_CHUNK_BYTES):
            received += len(chunk)
            if max(received, answer["ContentLength"]) > max_bytes:
                raise Oversized
            file.write(chunk)


def store(key: str, data: bytes) -> None:
    """Write a variant, in place of what an earlier try left there."""
    aws.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=data, ContentType="image/webp")


def quarantine(upload: Upload) -> None:
    """Move what was sent out of reach; where nothing is, or it was moved before, nothing happens."""
    client, bucket = aws.client("s3"), settings().bucket
    try:
        client.copy_object(Bucket=bucket, Key=quarantine_key(upload), CopySource={"Bucket": bucket, "Key": upload.key})
    except Exception as error:
        if aws.error_code(error) != "NoSuchKey":
            raise
    client.delete_object(Bucket=bucket, Key=upload.key)


def discard(upload: Upload) -> None:
    """Delete what was sent and every variant that may have been made of it."""
    for key in [upload.key, *(derived_key(upload, name) for name in PURPOSES[upload.purpose].sides)]:
        aws.client("s3").delete_object(Bucket=settings().bucket, Key=key)
