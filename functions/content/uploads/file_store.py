"""The places of a file in the bucket: what was sent, what was made of it, what was rejected and what was removed."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.model.content.uploads import Upload

from functions.content.uploads.purposes import KINDS, PURPOSES, Kind
from functions.content.uploads.variants import Made

_CHUNK_BYTES = 1 << 20
IMAGE_TYPE = "image/webp"
"""The content type of every image that is made."""
EXTENSIONS = {
    IMAGE_TYPE: "webp",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "text/plain; charset=utf-8": "txt",
    "text/html; charset=utf-8": "html",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/webm": "weba",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
"""The extension of every kind of file that is ever made."""
DERIVED: dict[Kind, tuple[tuple[str, str], ...]] = {
    "document": (("low", "application/pdf"), ("preview", IMAGE_TYPE), ("text", "text/plain; charset=utf-8")),
    "audio": (("low", "audio/mp4"),),
    "video": (("low", "video/mp4"), ("preview", IMAGE_TYPE)),
}
"""What may be made of a kind beside its `original`, with the content types."""


class Missing(Exception):
    """There is no file at an upload's key."""


class Oversized(Exception):
    """A file has more bytes than were asked for."""


class Replaced(Exception):
    """The file is another one than was checked."""


def original_key(owner_id: str, upload_id: str) -> str:
    """Name the place that a new file is sent to."""
    return f"uploads/{context.tenant()}/{owner_id}/{upload_id}/original"


def variant_key(owner_id: str, upload_id: str, name: str, content_type: str) -> str:
    """Name the place of a variant."""
    return f"derived/{context.tenant()}/{owner_id}/{upload_id}/{name}.{EXTENSIONS[content_type]}"


def quarantine_key(upload: Upload) -> str:
    """Name the place where a rejected file is kept from everybody."""
    return f"quarantine/{context.tenant()}/{upload.upload_id}/original"


def fetch(upload: Upload, path: Path, max_bytes: int, etag: str | None = None) -> str:
    """Write what was sent to `path`, a piece at a time, and return its ETag.

    Raises Missing, Oversized before more than `max_bytes` are written, or Replaced when it is not the file of `etag`.
    """
    condition = {"IfMatch": f'"{etag}"'} if etag else {}
    try:
        answer = clients.client("s3").get_object(Bucket=settings().bucket, Key=upload.key, **condition)
    except Exception as error:
        match clients.error_code(error):
            case "NoSuchKey":
                raise Missing from None
            case "PreconditionFailed" | "412":
                raise Replaced from None
        raise
    received = 0
    with closing(answer["Body"]) as body, path.open("wb") as file:
        for chunk in body.iter_chunks(_CHUNK_BYTES):
            received += len(chunk)
            if max(received, answer["ContentLength"]) > max_bytes:
                raise Oversized
            file.write(chunk)
    return str(answer["ETag"]).strip('"')


def is_there(upload: Upload) -> bool:
    """Say whether a file was sent."""
    try:
        clients.client("s3").head_object(Bucket=settings().bucket, Key=upload.key)
    except Exception as error:
        if clients.error_code(error) in {"404", "NoSuchKey", "NotFound"}:
            return False
        raise
    return True


def keep(upload: Upload, made: Made) -> dict[str, Any]:
    """Write a variant from the work folder, in place of what an earlier try left; returns what the record says."""
    key = variant_key(upload.owner_id, upload.upload_id, made.name, made.content_type)
    with made.path.open("rb") as file:
        clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=file, ContentType=made.content_type)
    sides = {"width": made.width, "height": made.height} if made.width else {}
    return {
        "name": made.name,
        "key": key,
        "content_type": made.content_type,
        "size_bytes": made.path.stat().st_size,
        **sides,
    }


def quarantine(upload: Upload) -> None:
    """Move what was sent out of reach; where nothing is, or it was moved before, nothing happens."""
    _move(upload.key, quarantine_key(upload))


def retire(upload: Upload) -> None:
    """Move everything of an upload to where it expires; what was moved before is left alone."""
    for key in [upload.key, *(str(variant["key"]) for variant in upload.variants)]:
        _move(key, f"retired/{key}")


def _move(key: str, to: str) -> None:
    client, bucket = clients.client("s3"), settings().bucket
    try:
        client.copy_object(Bucket=bucket, Key=to, CopySource={"Bucket": bucket, "Key": key})
    except Exception as error:
        if clients.error_code(error) != "NoSuchKey":
            raise
    client.delete_object(Bucket=bucket, Key=key)


def discard(upload: Upload) -> None:
    """Delete what was sent and every variant that may have been made of it."""
    discard_variants(upload)
    clients.client("s3").delete_object(Bucket=settings().bucket, Key=upload.key)


def discard_variants(upload: Upload) -> None:
    """Delete every variant that may have been made of a file."""
    for key in _possible_keys(upload):
        clients.client("s3").delete_object(Bucket=settings().bucket, Key=key)


def _possible_keys(upload: Upload) -> Iterator[str]:
    for name, content_type in _possible_variants(upload):
        yield variant_key(upload.owner_id, upload.upload_id, name, content_type)


def _possible_variants(upload: Upload) -> Iterator[tuple[str, str]]:
    kind = KINDS[upload.content_type]
    if kind == "image":
        yield from ((name, IMAGE_TYPE) for name in PURPOSES[upload.purpose].sides)
        return
    yield "original", kept_type(upload.content_type)
    yield from DERIVED.get(kind, ())


def kept_type(content_type: str) -> str:
    """Return the content type of the `original` made of a file: texts are kept in UTF-8, markup as sanitised HTML."""
    if content_type == "text/plain":
        return "text/plain; charset=utf-8"
    return "text/html; charset=utf-8" if content_type.startswith("text/") else content_type
