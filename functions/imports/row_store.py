"""The places of an import in the bucket: the file that was sent, and its rows once they are read.

imports/{tenant}/{owner}/{job}/original            what was sent; its arrival starts the reading
imports-parsed/{tenant}/{job}/{reading}/{name}-0000.jsonl   its rows, in parts of 250 lines
imports-parsed/{tenant}/{job}/{reading}/pictures/{upload}   pictures of its rows, until they are uploads
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

from functions.imports.syntax.drafts import Picture
from functions.imports.syntax.limits import Unreadable

ROWS_A_PART = 250
_CHUNK_BYTES = 1 << 20
_MISSING = {"NoSuchKey", "404"}
Line = dict[str, Any]


class RowsExpired(Exception):
    """The rows of an import are no longer kept."""


def original_key(owner_id: str, job_id: str) -> str:
    """Name the place that a new file is sent to."""
    return f"imports/{context.tenant()}/{owner_id}/{job_id}/original"


def rows_prefix(job_id: str, reading: str) -> str:
    """Name the place for the rows of one reading of a file."""
    return f"imports-parsed/{context.tenant()}/{job_id}/{reading}"


def store_original(key: str, body: bytes) -> None:
    """Write a file that came inside a request."""
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body)


def remove_original(key: str) -> None:
    """Delete a file that was sent; one that is gone already is no failure."""
    clients.client("s3").delete_object(Bucket=settings().bucket, Key=key)


def sign_form(key: str, size_bytes: int, seconds: int) -> dict[str, Any]:
    """Sign a form with which a file of exactly so many bytes can be sent to its place, and nowhere else."""
    conditions = [["content-length-range", size_bytes, size_bytes]]
    form: dict[str, Any] = clients.client("s3").generate_presigned_post(
        settings().bucket, key, Conditions=conditions, ExpiresIn=seconds
    )
    return form


def fetch_original(key: str, path: Path, most_bytes: int) -> None:
    """Write what was sent to `path`, a piece at a time; raises Unreadable when it is gone, empty or too large."""
    try:
        answer = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)
    except Exception as error:
        if clients.error_code(error) in _MISSING:
            raise Unreadable("The file was removed before it could be read.") from None
        raise
    received = 0
    with closing(answer["Body"]) as body, path.open("wb") as file:
        for chunk in body.iter_chunks(_CHUNK_BYTES):
            received += len(chunk)
            if received > most_bytes:
                raise Unreadable(f"The file has more than {most_bytes} bytes.")
            file.write(chunk)
    if not received:
        raise Unreadable("The file is empty.")


def picture_key(prefix: str, upload_id: str) -> str:
    """Name the place of a picture of one reading of a file."""
    return f"{prefix}/pictures/{upload_id}"


def store_picture(prefix: str, picture: Picture) -> None:
    """Keep a picture until the questions that show it are written."""
    key = picture_key(prefix, picture.upload_id)
    clients.client("s3").put_object(
        Bucket=settings().bucket, Key=key, Body=picture.body, ContentType=picture.content_type
    )


class LineWriter:
    """Sends lines to storage: they wait until a part is full, so that memory holds one part at a time."""

    def __init__(self, prefix: str, name: str) -> None:
        self.prefix = prefix
        self.name = name
        self.length = 0
        self._waiting: list[str] = []

    def add(self, line: Line) -> None:
        """Append a line."""
        self._waiting.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
        self.length += 1
        if len(self._waiting) == ROWS_A_PART:
            self.close()

    def close(self) -> None:
        """Send the lines that are left."""
        if self._waiting:
            number = (self.length - 1) // ROWS_A_PART
            body = "\n".join(self._waiting).encode("utf-8", "surrogatepass")
            clients.client("s3").put_object(
                Bucket=settings().bucket, Key=_part(self.prefix, self.name, number), Body=body
            )
            self._waiting = []


def lines(prefix: str, name: str, start: int, stop: int) -> Iterator[Line]:
    """Read the lines `start` to `stop` (exclusive) of what was written under a name, a part at a time."""
    for number in _parts(start, stop):
        first = number * ROWS_A_PART
        texts = _read(_part(prefix, name, number)).split("\n")
        yield from (json.loads(text) for text in texts[max(0, start - first) : stop - first])


def _read(key: str) -> str:
    try:
        answer = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)
    except Exception as error:
        if clients.error_code(error) in _MISSING:
            raise RowsExpired from None
        raise
    with closing(answer["Body"]) as body:
        return str(body.read(), "utf-8", "surrogatepass")


def _parts(start: int, stop: int) -> Iterable[int]:
    return range(start // ROWS_A_PART, -(-stop // ROWS_A_PART)) if stop > start else ()


def _part(prefix: str, name: str, number: int) -> str:
    return f"{prefix}/{name}-{number:04d}.jsonl"
