"""Files: sent with progress, in parts where they are large, and resumed where they broke off."""

import base64
import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from lyceum_client import errors, sending
from lyceum_client.transport import Request, Response

if TYPE_CHECKING:
    from lyceum_client.client import Lyceum

Progress = Callable[[int, int], None]
"""Told of the bytes that have left, and of all of them."""
_PART_SECONDS = 300.0
_LOOK_SECONDS = 2.0
_BOUNDARY_BITS = 128


@dataclass
class _Sending:
    """A file on its way: its content, and how much of it has left."""

    content: bytes
    progress: Progress | None
    done: int = 0
    under_way: int = 0

    def begin(self) -> None:
        """Begin a piece, or begin it again."""
        self.under_way = 0

    def more(self, count: int) -> None:
        """Tell of bytes that have left."""
        self.under_way += count
        self._tell(min(len(self.content), self.done + self.under_way))

    def finish(self, count: int) -> None:
        """Tell of a piece that has arrived."""
        self.done, self.under_way = self.done + count, 0
        self._tell(self.done)

    def _tell(self, count: int) -> None:
        if self.progress is not None:
            self.progress(count, len(self.content))


class Uploads:
    """Uploads of a client's user."""

    def __init__(self, client: "Lyceum") -> None:
        self._client = client

    def send(
        self,
        file: str | Path | BinaryIO | bytes,
        purpose: str,
        *,
        file_name: str | None = None,
        content_type: str | None = None,
        progress: Progress | None = None,
    ) -> str:
        """Send a file and return the id of its upload.

        The same file for the same purpose goes on where it broke off, even in another process with the same store.
        Raises an ApiError when the API or the storage refuses, LineBroken when the line does not come back.
        """
        content, named = _content(file)
        named = file_name or named
        digest = hashlib.sha256(content).digest()
        fact = f"upload {self._client.session.user_id} {purpose} {digest.hex()}"
        slot = self._open(fact)
        if slot is None:
            kind = content_type or mimetypes.guess_type(named)[0] or "application/octet-stream"
            asked = {"purpose": purpose, "fileName": named, "contentType": kind, "sizeBytes": len(content)}
            slot = self._client.call("openUpload", body=asked).data
            self._client.store.keep(fact, slot)
        work = _Sending(content, progress)
        if "multipart" in slot:
            self._send_parts(slot["uploadId"], slot["multipart"], work)
        else:
            self._send_form(slot, work)
        self._client.store.keep(fact, None)
        return str(slot["uploadId"])

    def show(self, upload_id: str) -> dict[str, Any]:
        """Return the state of an upload."""
        shown: dict[str, Any] = self._client.call("showUpload", path={"uploadId": upload_id}).data
        return shown

    def wait(self, upload_id: str, seconds: float = 120.0) -> dict[str, Any]:
        """Return an upload once it is ready, rejected or failed; raises TimeoutError after so many seconds."""
        until = self._client.surroundings.now() + seconds
        while self._client.surroundings.now() < until:
            shown = self.show(upload_id)
            if shown["state"] in {"ready", "rejected", "failed"}:
                return shown
            self._client.surroundings.sleep(_LOOK_SECONDS)
        raise TimeoutError(f"upload {upload_id} is not settled yet")

    def _open(self, fact: str) -> dict[str, Any] | None:
        """Return where a file that broke off goes on; None when it begins anew."""
        slot: dict[str, Any] | None = self._client.store.fact(fact)
        if slot is None or sending.moment(slot["expiresAt"]) <= self._client.surroundings.now():
            return None
        try:
            shown = self.show(slot["uploadId"])
        except errors.Missing:
            return None
        if shown["state"] in {"rejected", "failed"}:
            return None
        return {**slot, **({"multipart": shown["multipart"]} if "multipart" in shown else {})}

    def _send_form(self, slot: dict[str, Any], work: _Sending) -> None:
        boundary = f"{self._client.surroundings.bits(_BOUNDARY_BITS):032x}"
        body = _form(boundary, slot["fields"], work.content)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        request = Request("POST", slot["url"], headers, body, _PART_SECONDS, work.more)

        def act() -> Response:
            if self._arrived(slot["uploadId"], asked=work.under_way > 0):
                return Response(204, {}, b"")
            work.begin()
            return self._client.sender.once(request)

        self._stored(self._client.sender.sure(act, repeatable=True))
        work.finish(len(work.content))

    def _send_parts(self, upload_id: str, parts: dict[str, Any], work: _Sending) -> None:
        size = int(parts["partSizeBytes"])
        tags = {int(each["number"]): str(each["etag"]) for each in parts.get("received", [])}
        work.done = sum(int(each["sizeBytes"]) for each in parts.get("received", []))
        for part in parts["parts"]:
            number = int(part["number"])
            piece = work.content[(number - 1) * size : number * size]
            tags[number] = self._send_part(part["url"], piece, work)
            work.finish(len(piece))
        listed = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number, tag in sorted(tags.items())
        )
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        request = Request("POST", parts["completeUrl"], {"Content-Type": "application/xml"}, body, _PART_SECONDS)
        answer = self._client.sender.send(request, repeatable=True)
        if answer.status != 404 or not self._arrived(
            upload_id, asked=True
        ):  # 404: completed before, its answer was lost
            self._stored(answer)

    def _send_part(self, url: str, piece: bytes, work: _Sending) -> str:
        def act() -> Response:
            work.begin()
            return self._client.sender.once(Request("PUT", url, {}, piece, _PART_SECONDS, work.more))

        answer = self._client.sender.sure(act, repeatable=True)
        self._stored(answer)
        if (
            base64.b16encode(hashlib.md5(piece, usedforsecurity=False).digest()).lower().decode()
            not in answer.headers["etag"]
        ):
            raise errors.LineBroken("storage has something else than what was sent")
        return answer.headers["etag"]

    def _arrived(self, upload_id: str, *, asked: bool) -> bool:
        return asked and self.show(upload_id)["state"] != "waiting"

    def _stored(self, answer: Response) -> None:
        if answer.status >= 300:
            raise errors.of_answer(answer.status, None, answer.headers, None)


def _content(file: str | Path | BinaryIO | bytes) -> tuple[bytes, str]:
    if isinstance(file, bytes):
        return file, "file"
    if isinstance(file, str | Path):
        return Path(file).read_bytes(), Path(file).name
    return file.read(), Path(str(getattr(file, "name", "file"))).name


def _form(boundary: str, fields: dict[str, str], content: bytes) -> bytes:
    """Return a form's body (RFC 7578): the fields, and the file after them, as storage wants it."""
    kind = fields.get("Content-Type", "application/octet-stream")
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: {kind}\r\n\r\n'
    )
    return b"".join([*parts, head.encode(), content, f"\r\n--{boundary}--\r\n".encode()])
