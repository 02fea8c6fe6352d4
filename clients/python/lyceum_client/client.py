"""The client: sign in, call, upload, work without a line, and see what happens."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode

from lyceum_client import errors, sending
from lyceum_client.answers import Answer, Page
from lyceum_client.batches import BatchedCall, BatchResult, send_batch
from lyceum_client.calls import Calls, Every
from lyceum_client.etags import KeptAnswers
from lyceum_client.live import Live
from lyceum_client.offline import Offline
from lyceum_client.operations import Operation, operation
from lyceum_client.sending import Patience, Sender
from lyceum_client.sessions import Session
from lyceum_client.store import Store
from lyceum_client.surroundings import Surroundings
from lyceum_client.transport import HttpTransport, Request, Response, Transport
from lyceum_client.uploads import Progress, Uploads

_PACKED_TYPE = "application/gzip"
"""Of gzipped JSON; gateways hand on as bytes what is no text by its type."""
_PACKED_FROM_BYTES = 1400
"""Shorter bodies fit one packet as they are."""


class Lyceum:
    """A client of one deployment, for one user at a time; threads may share it.

    - `live_url`: where sockets are opened, for deployments behind something that the API does not know of.
    - `store`: where session, kept answers and the queue stand; a file lets them outlive the process.
    - `headers`: sent with each request, such as `Accept-Language` or `Save-Data`.
    - `transport`, `surroundings`: the line, the clock, patience and chance; tests give others.
    """

    def __init__(
        self,
        base_url: str,
        *,
        live_url: str | None = None,
        store: Store | None = None,
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
        surroundings: Surroundings | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.live_url = live_url
        self.store = store or Store()
        self.surroundings = surroundings or Surroundings()
        self.transport: Transport = transport or HttpTransport()
        self.sender = Sender(self.transport, self.surroundings, patience or Patience())
        self.session = Session(self.store, self.surroundings, self._renew)
        self.calls = Calls(self.call)
        self.every = Every(self.pages)
        self._headers = dict(headers or {})
        self._kept = KeptAnswers(self.store)
        self._packs = True

    @cached_property
    def offline(self) -> Offline:
        """What is done without a line: the queue, and this device's copy of the user's things."""
        return Offline(self)

    @cached_property
    def uploads(self) -> Uploads:
        """Files, sent with progress and resumed after a break."""
        return Uploads(self)

    @cached_property
    def live(self) -> Live:
        """What happens, as it happens."""
        return Live(self)

    def sign_in(self, identifier: str, password: str, **more: Any) -> dict[str, Any]:
        """Sign in and return what the API answers.

        Where a second step is needed that holds `challengeToken` and nobody is signed in yet: see `sign_in_by`.
        """
        device = self.store.fact("device_token")
        body = {"identifier": identifier, "password": password, **({"deviceToken": device} if device else {}), **more}
        return self.sign_in_by("logIn", body)

    def sign_in_by(self, operation_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Sign in by another operation, such as `logInSecondStep`, `logInByCode` or `register`."""
        answer: dict[str, Any] = self._sent(operation(operation_id), {}, {}, body, {}, signed=False).data
        if "accessToken" in answer:
            self.session.begin(answer)
        return answer

    def sign_out(self) -> None:
        """End the session here and, if there is a line, on the server; what is queued waits for its owner."""
        user = self.session.user
        with suppress(errors.LyceumError):
            self.call("logOut", body={})
        if user:
            self._kept.forget(str(user["userId"]))
        self.session.end()

    def call(
        self,
        operation_id: str,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """Carry an operation out by its operationId and return the whole answer.

        An Idempotency-Key is made for those that take one. `repeatable` says that it may be sent again where that does
        not follow from the operation. Raises an ApiError by the kind of refusal, LineBroken when nobody answered.
        """
        asked = operation(operation_id)
        if repeatable is not None:
            asked = replace(asked, repeatable=repeatable)
        return self._sent(asked, path or {}, query or {}, body, dict(headers or {}), signed=True)

    def pages(self, operation_id: str, **asked: Any) -> Iterator[Any]:
        """Go through the rows of a list, page after page; each row comes once."""
        query = {**(asked.pop("query", None) or {})}
        while True:
            page = self.call(operation_id, query=query, **asked).data
            yield from page
            if not isinstance(page, Page) or page.next_cursor is None:
                return
            query["cursor"] = page.next_cursor

    def batch(self, calls: Iterable[BatchedCall]) -> list[BatchResult]:
        """Send up to 20 calls in one round trip; each has a result of its own, in their order."""
        return send_batch(self, list(calls))

    def upload(
        self,
        file: str | Path | BinaryIO | bytes,
        purpose: str,
        *,
        file_name: str | None = None,
        content_type: str | None = None,
        progress: Progress | None = None,
    ) -> str:
        """Send a file and return the id of its upload; see `Uploads.send`."""
        return self.uploads.send(file, purpose, file_name=file_name, content_type=content_type, progress=progress)

    def _renew(self, refresh_token: str) -> dict[str, Any]:
        body = {"refreshToken": refresh_token}
        answer: dict[str, Any] = self._sent(operation("renewSession"), {}, {}, body, {}, signed=False).data
        return answer

    def _sent(
        self, asked: Operation, path: Mapping[str, Any], query: Mapping[str, Any], body: Any, headers: dict[str, str],
        *, signed: bool,
    ) -> Answer:  # fmt: skip
        """Send an operation, with a new token where the first is refused."""
        url = self.base_url + asked.address(path, query)
        headers = {"Accept": "application/json, */*", "Accept-Encoding": "gzip", **self._headers, **headers}
        if asked.keyed:
            headers.setdefault("Idempotency-Key", self.surroundings.new_id())
        kept = self._kept.find(self._owner(), url) if asked.cached and signed else None
        if kept:
            headers.setdefault("If-None-Match", kept[0])
        content = self._content(asked, body, headers)
        token = self.session.token() if signed else None
        answer = self._authorised(asked, url, headers, content, token)
        if answer.status == 401 and token is not None:
            answer = self._authorised(asked, url, headers, content, self.session.renewed(token))
        if headers.get("Content-Type") == _PACKED_TYPE and _is_unread(answer):
            self._packs = False
            return self._sent(asked, path, query, body, headers, signed=signed)
        return self._understood(asked, url, answer, kept)

    def _authorised(
        self, asked: Operation, url: str, headers: dict[str, str], content: bytes | None, token: str | None
    ) -> Response:
        sent = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        request = Request(asked.method, url, {name: value for name, value in sent.items() if value}, content)
        return self.sender.send(request, repeatable=asked.is_safe_again)

    def _content(self, asked: Operation, body: Any, headers: dict[str, str]) -> bytes | None:
        """Return the body as bytes, gzipped where that pays; says so in the headers."""
        if body is None:
            return None
        if isinstance(body, bytes):
            return body
        if asked.form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return urlencode(body).encode()
        headers["Content-Type"] = "application/json"
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        if not self._packs or len(content) < _PACKED_FROM_BYTES:
            return content
        headers["Content-Type"] = _PACKED_TYPE
        return gzip.compress(content, mtime=0)

    def _understood(self, asked: Operation, url: str, answer: Response, kept: tuple[str, bytes] | None) -> Answer:
        if answer.status == 304 and kept:
            return Answer(200, _held(asked, json.loads(kept[1])), answer.headers, is_stored=True)
        held = sending.read(answer)
        if answer.status >= 400:
            wait = sending.retry_after(answer, self.surroundings.now())
            raise errors.of_answer(answer.status, held, answer.headers, wait)
        if asked.cached and "etag" in answer.headers and sending.is_json(answer):
            self._kept.keep(self._owner(), url, answer.headers["etag"], answer.body)
        return Answer(answer.status, _held(asked, held), answer.headers)

    def _owner(self) -> str:
        user = self.session.user
        return str(user["userId"]) if user else ""


def _is_unread(answer: Response) -> bool:
    """Say whether a packed body was refused for how it came: by who unpacks none, or broken on its way."""
    return answer.status == 415 or (answer.status == 400 and b'"BAD_REQUEST"' in answer.body)


def _held(asked: Operation, body: Any) -> Any:
    """Return what an envelope holds; a list with what is said of its page."""
    if not asked.enveloped or not isinstance(body, dict):
        return body
    data = body.get("data")
    return Page(data, body["pagination"]) if isinstance(data, list) and "pagination" in body else data
