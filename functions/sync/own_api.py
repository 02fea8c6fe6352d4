"""Requests to this deployment's own API, in the name of whoever is being answered."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from lyceum.kit.frozen import frozen
from lyceum.kit.http import exchange
from lyceum.kit.outgoing.client import Reply, client
from lyceum.kit.outgoing.errors import OutgoingError
from lyceum.kit.settings import settings

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
MOST_ANSWER_BYTES = 200_000
"""How long an answer may be: twenty of them fit what one answer may hold."""
_HANDED_ON = ("authorization", "accept-language", "lyceum-version", "user-agent")
_SHOWN = ("etag", "location", "retry-after")
_SECONDS = 12


@frozen
class Answered:
    """What a request was answered.

    - `status`: of HTTP; 503 when nobody answered, 413 when the answer was longer than may be handed on.
    - `body`: the answer's JSON, or its text.
    - `headers`: those that a client acts on.
    """

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The code of a refusal, the rule's own where it has one; empty for a success."""
        if self.status < 400 or not isinstance(self.body, dict):
            return "" if self.status < 400 else "INTERNAL_ERROR"
        error = self.body.get("error", {})
        details = error.get("details") or [{}]
        return str(details[0].get("code") or error.get("code", "INTERNAL_ERROR"))


def send(
    method: Method, path: str, body: Any = None, headers: Mapping[str, str] | None = None, *, seconds: float = _SECONDS
) -> Answered:
    """Send a request as the caller, by the API's own door, so that each rule holds as for a call by itself."""
    own = exchange.current().headers
    sent = {name: own[name] for name in _HANDED_ON if name in own} | dict(headers or {})
    content = None
    if body is not None:
        content, sent["content-type"] = json.dumps(body).encode(), "application/json"
    caller = replace(client(), own_domain="", total_seconds=seconds, most_bytes=MOST_ANSWER_BYTES)
    try:
        return _answered(caller.call(method, f"{settings().api_url}{path}", body=content, headers=sent))
    except OutgoingError:
        return refused(503, "UNAVAILABLE", "Nobody answered in time. The same request may be sent again.")


def refused(status: int, code: str, message: str) -> Answered:
    """Return a refusal in the form that all have."""
    return Answered(status, {"success": False, "error": {"code": code, "message": message, "details": []}}, {})


def _answered(reply: Reply) -> Answered:
    if not reply.is_whole:
        return refused(413, "PAYLOAD_TOO_LARGE", "The answer is too long for a batch. Ask for it by itself.")
    headers = {name: reply.headers[name] for name in _SHOWN if name in reply.headers}
    text = reply.body.decode(errors="replace")
    try:
        return Answered(reply.status, json.loads(text) if text else None, headers)
    except ValueError:
        return Answered(reply.status, text, headers)
