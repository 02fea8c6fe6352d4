"""The places of a file in the bucket: what was sent, what was made of it, what was rejected and what was removed."""

from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import Any

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.model.content.uploads import Upload
from lyceum.rules.uploads.opening import original_key

from functions.content.uploads.variants import Made

_CHUNK_BYTES = 1 << 20
IMAGE_TYPE = "image/webp"
"""The content type of every image that is made."""
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
"""The content type of HLS playlists (RFC 8216, section 4)."""
EXTENSIONS = {
    IMAGE_TYPE: "webp",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/json": "json",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
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
    "model/gltf-binary": "glb",
    PLAYLIST_TYPE: "m3u8",
}
"""The extension of every kind of file that is ever made."""


class Missing(Exception):
    """There is no file at an upload's key."""


class Oversized(Exception):
    """A file has more bytes than were asked for."""


class Replaced(Exception):
    """The file is another one than was checked."""


def _derived_prefix(upload: Upload) -> str:
    return f"derived/{context.tenant()}/{upload.owner_id}/{upload.upload_id}/"


def sent_by(owner_id: str) -> set[str]:
    """Name the uploads of a user of which any file is there."""
    pages = clients.client("s3").get_paginator("list_objects_v2")
    folders = [f"{top}/{context.tenant()}/{owner_id}/" for top in ("uploads", "derived")]
    return {
        found["Key"].removeprefix(folder).partition("/")[0]
        for folder in folders
        for page in pages.paginate(Bucket=settings().bucket, Prefix=folder)
        for found in page.get("Contents", [])
    }


def discard_all(owner_id: str, upload_id: str) -> None:
    """Delete what was sent for an upload, also from quarantine, and what was made of it, whatever its record says."""
    upload = Upload(upload_id=upload_id, owner_id=owner_id)
    _delete(quarantine_key(upload))
    _delete(original_key(owner_id, upload_id))
    discard_variants(upload)


def quarantine_key(upload: Upload) -> str:
    """Name the place where a rejected file is kept from everybody."""
    return f"quarantine/{context.tenant()}/{upload.upload_id}/original"


def adopt(upload: Upload, source_key: str) -> None:
    """Copy a file of the tenant to where an upload awaits it; one that is gone meanwhile is left to be given up."""
    if source_key.split("/")[1:2] != [context.tenant()]:
        raise ValueError("a file of another tenant")
    source = {"Bucket": settings().bucket, "Key": source_key}
    kind = {"ContentType": upload.content_type, "MetadataDirective": "REPLACE"}
    try:
        clients.client("s3").copy_object(Bucket=settings().bucket, Key=upload.key, CopySource=source, **kind)
    except Exception as error:
        if clients.error_code(error) not in {"NoSuchKey", "404"}:
            raise


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


def keep(upload: Upload, made: Made, attempt: str) -> dict[str, Any]:
    """Write a variant from the work folder under a key of its attempt; returns what the record says.

    Nobody sees the file before a transaction settles the upload with the variants of this attempt, and no other attempt
    ever writes there.
    """
    key = f"{_derived_prefix(upload)}{attempt}/{made.name}.{EXTENSIONS[made.content_type]}"
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


def quarantine(upload: Upload, etag: str | None = None) -> None:
    """Move what was sent out of reach; where nothing is, or it was moved before, nothing happens.

    With `etag` given, a file that has replaced the one of that name stays where it is.
    """
    _move(upload.key, quarantine_key(upload), etag)


def retire(upload: Upload) -> None:
    """Move everything of an upload to where it expires; what was moved before is left alone."""
    discard_strays(upload)
    for key in [upload.key, *_settled_keys(upload)]:
        _move(key, f"retired/{key}")


def _settled_keys(upload: Upload) -> list[str]:
    return [str(variant["key"]) for variant in upload.variants] + _streamed_keys(upload.stream or {})


def _streamed_keys(stream: dict[str, Any]) -> list[str]:
    pieces = [piece["key"] for rendition in stream.get("renditions", []) for piece in rendition["pieces"]]
    playlists = [rendition["playlist"] for rendition in stream.get("renditions", []) if "playlist" in rendition]
    return [*pieces, *playlists, *stream.get("sheets", [])]


def read_text(key: str) -> str:
    """Return a small text that was made of a file."""
    answer = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)
    with closing(answer["Body"]) as body:
        return str(body.read().decode())


def _move(key: str, to: str, etag: str | None = None) -> None:
    client, bucket = clients.client("s3"), settings().bucket
    condition = {"CopySourceIfMatch": f'"{etag}"'} if etag else {}
    try:
        client.copy_object(Bucket=bucket, Key=to, CopySource={"Bucket": bucket, "Key": key}, **condition)
    except Exception as error:
        match clients.error_code(error):
            case "NoSuchKey":
                pass
            case "PreconditionFailed" | "412":
                return
            case _:
                raise
    client.delete_object(Bucket=bucket, Key=key)


def discard(upload: Upload) -> None:
    """Delete what was sent and everything that any attempt made of it."""
    discard_variants(upload)
    _delete(upload.key)


def discard_settled(upload: Upload) -> None:
    """Delete what was sent and the variants that the record names."""
    for key in [upload.key, *_settled_keys(upload)]:
        _delete(key)


def discard_variants(upload: Upload) -> None:
    """Delete everything that any attempt made of a file."""
    _delete_all_but(upload, ())


def discard_strays(upload: Upload) -> None:
    """Delete what attempts made that did not settle the upload."""
    _delete_all_but(upload, _settled_keys(upload))


def _delete_all_but(upload: Upload, kept: Collection[str]) -> None:
    pages = clients.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=settings().bucket, Prefix=_derived_prefix(upload)):
        for found in page.get("Contents", []):
            if found["Key"] not in kept:
                _delete(found["Key"])


def _delete(key: str) -> None:
    clients.client("s3").delete_object(Bucket=settings().bucket, Key=key)


def kept_type(content_type: str) -> str:
    """Return the content type of the `original` made of a file: texts are kept in UTF-8, markup as sanitised HTML."""
    if content_type == "text/plain":
        return "text/plain; charset=utf-8"
    return "text/html; charset=utf-8" if content_type.startswith("text/") else content_type
