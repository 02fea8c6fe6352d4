"""The files of tenants in the bucket: listed, copied, removed, a page at a time."""

import base64
import hashlib
from typing import Any

from lyceum.kit.aws import clients
from lyceum.kit.frozen import frozen
from lyceum.kit.settings import settings

PACKED = ("uploads/", "derived/")
"""Where files lie that a capsule takes along, each followed by the tenant."""
ALL = (
    *PACKED, "derived/exports/", "derived/privacy/", "quarantine/", "retired/uploads/", "retired/derived/", "imports/",
    "imports-parsed/", "imports-people/", "search/", "capsules/",
)  # fmt: skip
"""Everywhere that files of a tenant lie; signed audits stay for as long as they are locked."""
CAPSULES = "capsules/"
_PAGE = 200
_CHUNK = 1024 * 1024


@frozen
class Found:
    """A file: its key, bytes, and the entity tag that storage gives its content."""

    key: str
    size_bytes: int
    etag: str


def page(prefix: str, token: str | None) -> tuple[list[Found], str | None]:
    """Return up to two hundred files below a prefix, and the token of the next page."""
    asked: dict[str, Any] = {"Bucket": settings().bucket, "Prefix": prefix, "MaxKeys": _PAGE}
    answer = clients.client("s3").list_objects_v2(**asked, **({"ContinuationToken": token} if token else {}))
    found = [Found(each["Key"], int(each["Size"]), each["ETag"]) for each in answer.get("Contents", [])]
    return found, answer.get("NextContinuationToken")


def copy(source: str, target: str) -> str:
    """Copy a file within the bucket, with its type and headers; returns the SHA-256 of its content in base64.

    Storage reckons it while it copies; one that does not is read.
    """
    bucket, s3 = settings().bucket, clients.client("s3")
    place = {"Bucket": bucket, "Key": source}
    copied = s3.copy_object(Bucket=bucket, Key=target, CopySource=place, ChecksumAlgorithm="SHA256")
    return str(copied["CopyObjectResult"].get("ChecksumSHA256") or _digest(target))


def _digest(key: str) -> str:
    body = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)["Body"]
    total = hashlib.sha256()
    for chunk in iter(lambda: body.read(_CHUNK), b""):
        total.update(chunk)
    return base64.b64encode(total.digest()).decode()


def size_of(key: str) -> int | None:
    """Return the bytes of a file, None when it is not there."""
    s3 = clients.client("s3")
    try:
        return int(s3.head_object(Bucket=settings().bucket, Key=key)["ContentLength"])
    except s3.exceptions.ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        return None


def remove(found: list[Found]) -> None:
    """Remove files."""
    for each in found:
        clients.client("s3").delete_object(Bucket=settings().bucket, Key=each.key)


def put(key: str, body: bytes, kind: str) -> None:
    """Store a file."""
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body, ContentType=kind)


def get(key: str, most_bytes: int) -> bytes | None:
    """Return the content of a file, None when it is not there; raises ValueError for one that is too large."""
    s3 = clients.client("s3")
    try:
        answer = s3.get_object(Bucket=settings().bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        return None
    if int(answer["ContentLength"]) > most_bytes:
        raise ValueError(f"{key} is larger than {most_bytes} bytes")
    body: bytes = answer["Body"].read()
    return body
