"""A system elsewhere that watches exams: begun by a signed address, it tells what it saw by signed webhooks.

It is told by tests and people what it sees: POST /proctor/_demand/know with `provider` and `secret`, as the platform
gave it; /proctor/_demand/see with `session`, `type`, `severity` and, for one who does not know the secret, `forged`.
"""

import base64
import hashlib
import hmac
import html
import json
import secrets
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

ROOT = "/proctor"
Answer = tuple[int, dict[str, str], bytes]
_SECONDS = 30


class Proctor:
    """What the system knows: secrets by the name that a platform calls it by, and where each session is told of."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.callbacks: dict[str, str] = {}

    def handle(self, method: str, path: str, body: bytes) -> Answer:
        """Answer a request below `ROOT`."""
        parts = urlsplit(path)
        match method, parts.path.removeprefix(ROOT):
            case "GET", "/launch":
                return self._begin(parts.query)
            case "POST", "/_demand/know":
                given = json.loads(body)
                self.secrets[given["provider"]] = given["secret"]
                return _answered(200, {})
            case "POST", "/_demand/see":
                return self._see(**json.loads(body))
            case _:
                return _answered(404, {})

    def _begin(self, query: str) -> Answer:
        """Begin to watch, for whoever comes by an address that the platform signed and that holds still."""
        signed, _, mark = query.partition("&signature=")
        asked = {name: values[0] for name, values in parse_qs(signed).items()}
        secret = self.secrets.get(asked.get("callback", "").rpartition("/")[2], "")
        expected = base64.urlsafe_b64encode(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))
        if not secret or not hmac.compare_digest(expected.decode().rstrip("="), mark):
            return _page(403, "This address is not signed as it has to be.")
        if int(asked["until"]) < datetime.now(UTC).timestamp():
            return _page(410, "This exam is over.")
        self.callbacks[asked["session"]] = asked["callback"]
        status = self._tell(asked["session"], "watching_began", "info")
        return _page(200, f"You are watched. The platform was told ({status}).")

    def _see(self, session: str, type: str, severity: str, *, forged: bool = False) -> Answer:  # noqa: A002 - as it is sent
        if session not in self.callbacks:
            return _answered(404, {})
        return _answered(200, {"status": self._tell(session, type, severity, forged=forged)})

    def _tell(self, session: str, kind: str, severity: str, *, forged: bool = False) -> int:
        """Send one message, signed by Standard Webhooks, and return what was answered."""
        callback = self.callbacks[session]
        seen = {"type": kind, "severity": severity, "at": datetime.now(UTC).isoformat()}
        body = json.dumps({"sessionId": session, "externalId": f"local-{session[-6:]}", "events": [seen]}).encode()
        name, second = f"msg_{secrets.token_hex(12)}", str(int(datetime.now(UTC).timestamp()))
        key = base64.b64decode(self.secrets[callback.rpartition("/")[2]].removeprefix("whsec_"))
        if forged:
            key = secrets.token_bytes(24)
        digest = hmac.digest(key, f"{name}.{second}.".encode() + body, hashlib.sha256)
        headers = {
            "webhook-id": name, "webhook-timestamp": second,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}", "content-type": "application/json",
        }  # fmt: skip
        return _sent(callback, body, headers)


def _sent(address: str, body: bytes, headers: dict[str, str]) -> int:
    """Post to an address of this machine, whose names below `localhost` not every system resolves."""
    parts = urlsplit(address)
    here = urlunsplit(("http", f"127.0.0.1:{parts.port or 80}", parts.path, parts.query, ""))
    request = urllib.request.Request(here, body, {**headers, "Host": parts.netloc}, method="POST")  # noqa: S310 - http on loopback
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - http on loopback
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def _answered(status: int, told: Any) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(told).encode()


def _page(status: int, text: str) -> Answer:
    shown = f'<!doctype html><html lang="en"><title>Watching</title><p>{html.escape(text)}</p></html>'
    return status, {"content-type": "text/html; charset=utf-8"}, shown.encode()
