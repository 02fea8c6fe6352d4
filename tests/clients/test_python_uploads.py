"""Files sent by the Python client: with progress, in parts, resumed where they broke off."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from lyceum_client import ApiError, LineBroken, Lyceum, Request, Response
from tests.clients.lines import BASE, Time, answer, tokens

FILES = "https://files.example"


@dataclass
class Storage:
    """The API's uploads and the storage behind them; some calls, by number, break before or after."""

    part_bytes: int = 10
    broken_before: set[int] = field(default_factory=set)
    broken_after: set[int] = field(default_factory=set)
    state: str = "waiting"
    parts: dict[int, bytes] = field(default_factory=dict)
    whole: list[bytes] = field(default_factory=list)
    opened: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    status: int = 200

    def __call__(self, request: Request) -> Response:
        """Answer a request, or break."""
        number = len(self.calls)
        self.calls.append(f"{request.method} {request.url}")
        if number in self.broken_before:
            raise LineBroken("before")
        found = self._answer(request)
        if number in self.broken_after:
            raise LineBroken("after")
        return found

    def _answer(self, request: Request) -> Response:
        if request.url == f"{BASE}/api/uploads":
            self.opened.append(json.loads(request.body or b"{}"))
            return answer(self._slot(), 201)
        if request.url.startswith(f"{BASE}/api/uploads/"):
            return answer({"uploadId": "u1", "state": self.state, **self._slot()})
        if self.status != 200:
            return Response(self.status, {}, b"<Error/>")
        if request.on_sent:
            request.on_sent(len(request.body or b""))
        if request.method == "PUT":
            piece = request.body or b""
            self.parts[int(request.url.rpartition("=")[2])] = piece
            return Response(200, {"etag": f'"{hashlib.md5(piece, usedforsecurity=False).hexdigest()}"'}, b"")
        return self._finish(request)

    def _finish(self, request: Request) -> Response:
        if self.state != "waiting":
            return Response(404, {}, b"<Error/>")
        self.state = "processing"
        self.whole.append(b"".join(self.parts[number] for number in sorted(self.parts)) or request.body or b"")
        return Response(200, {}, b"")

    def _slot(self) -> dict[str, Any]:
        ends = {"uploadId": "u1", "expiresAt": "2027-03-01T00:00:00Z"}
        size = self.opened[0]["sizeBytes"]
        if size <= self.part_bytes:
            return {**ends, "url": FILES, "fields": {"key": "k", "Content-Type": "text/plain"}}
        numbers = range(1, -(-size // self.part_bytes) + 1)
        awaited = [{"number": each, "url": f"{FILES}?part={each}"} for each in numbers if each not in self.parts]
        received = [
            {
                "number": number,
                "sizeBytes": len(piece),
                "etag": f'"{hashlib.md5(piece, usedforsecurity=False).hexdigest()}"',
            }
            for number, piece in self.parts.items()
        ]
        parts = {
            "partSizeBytes": self.part_bytes,
            "parts": awaited,
            "received": received,
            "completeUrl": f"{FILES}?end",
        }
        return {**ends, "multipart": parts}


def client_of(storage: Storage) -> Lyceum:
    made = Lyceum(BASE, transport=storage, surroundings=Time().surroundings())
    made.session.begin(tokens("first"))
    return made


def test_a_small_file_goes_as_a_form_with_progress() -> None:
    storage, seen = Storage(), []
    client = client_of(storage)
    sent = client.upload(b"abc", "attachment", file_name="a.txt", progress=lambda done, of: seen.append((done, of)))
    assert sent == "u1"
    assert storage.opened == [
        {"purpose": "attachment", "fileName": "a.txt", "contentType": "text/plain", "sizeBytes": 3}
    ]
    assert b'name="key"\r\n\r\nk\r\n' in storage.whole[0]
    assert storage.whole[0].index(b"abc") > storage.whole[0].index(b'name="key"')
    assert seen[-1] == (3, 3)


def test_a_form_whose_answer_was_lost_is_not_sent_twice() -> None:
    storage = Storage(broken_after={1})
    client_of(storage).upload(b"abc", "attachment")
    assert len(storage.whole) == 1


@pytest.mark.parametrize("call", range(6))
def test_a_large_file_survives_a_break_anywhere(call: int) -> None:
    for faults in ({"broken_before": {call}}, {"broken_after": {call}}):
        storage = Storage(**faults)
        client_of(storage).upload(b"0123456789" * 3 + b"end", "lesson", content_type="video/mp4")
        assert storage.whole == [b"0123456789" * 3 + b"end"], faults
        assert len(storage.opened) <= 2


def test_a_file_goes_on_where_it_broke_off_and_progress_with_it() -> None:
    storage, seen = Storage(broken_before={2, 3, 4, 5, 6}), []
    client = client_of(storage)
    content = bytes(range(25))
    with pytest.raises(LineBroken):
        client.upload(content, "lesson")
    client.upload(content, "lesson", progress=lambda done, _of: seen.append(done))
    assert storage.whole == [content]
    assert len(storage.opened) == 1
    assert [each for each in storage.calls if each.endswith("part=1")] == [f"PUT {FILES}?part=1"]
    assert seen == sorted(seen)
    assert seen[-1] == 25


def test_a_refusal_of_the_storage_is_told_and_what_is_settled_is_awaited() -> None:
    storage = Storage(status=403)
    client = client_of(storage)
    with pytest.raises(ApiError) as caught:
        client.upload(b"abc", "attachment")
    assert caught.value.status == 403
    storage.state = "ready"
    assert client.uploads.wait("u1")["state"] == "ready"
    storage.state = "scanning"
    with pytest.raises(TimeoutError):
        client.uploads.wait("u1", seconds=10)
