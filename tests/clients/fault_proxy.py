"""A line that breaks: a proxy before the API and the storage that drops, refuses, repeats and halves, by a seed.

Whatever it does to an answer, the upstream's addresses in it are turned to the proxy, so that uploads come through it.
"""

import http.client
import json
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

FAULTS = ("drop before", "drop after", "unavailable", "too many", "twice", "half", "half said whole")
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length"})
_SECONDS = 60


@dataclass
class FaultProxy:
    """Forwards to the API's address; `share` of the requests meet a fault.

    - `host`: the name by which the tenant is called. `spared`: says of which paths none is broken.
    - `done`: how often each fault came. `asked`: how often each method and path reached the API.
    """

    upstream: str
    seed: int
    share: float = 0.3
    host: str | None = None
    spared: Callable[[str], bool] = field(default=lambda _path: False)
    done: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> Self:
        self._dice, self._lock = random.Random(self.seed), threading.Lock()
        self._address = urlsplit(self.upstream)
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def origin(self) -> str:
        """Scheme, host and port of the proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """Where the API is, by the proxy."""
        return self.origin + self._address.path

    def fault(self, path: str) -> str:
        """Throw the dice: which fault a request meets, if any."""
        with self._lock:
            if self.spared(path) or self._dice.random() >= self.share:
                return ""
            chosen = self._dice.choice(FAULTS)
            self.done[chosen] += 1
            return chosen

    def forward(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> "Answered":
        """Send a request on, and return the answer with its addresses turned."""
        is_api = path.startswith(self._address.path)
        with self._lock:
            self.asked[f"{method} {path.removeprefix(self._address.path).partition('?')[0]}"] += 1
        sent = {
            name: value for name, value in headers.items() if name.lower() not in _HOP | {"host", "accept-encoding"}
        }
        sent["Host"] = self.host if is_api and self.host else self._address.netloc
        line = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=_SECONDS)
        try:
            line.request(method, path, body, sent)
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
        if b"json" in kept.get("Content-Type", kept.get("content-type", "")).encode():
            content = content.replace(
                f"{self._address.scheme}://{self._address.netloc}/".encode(), f"{self.origin}/".encode()
            )
        return Answered(answer.status, kept, content)


@dataclass(frozen=True)
class Answered:
    """What the upstream answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that have hung up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultProxy

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else self._chunks()
        fault = self.proxy.fault(self.path)
        if fault == "drop before":
            return self._hang_up()
        if fault in {"unavailable", "too many"}:
            return self._refuse(*{"unavailable": (503, "UNAVAILABLE"), "too many": (429, "RATE_LIMITED")}[fault])
        answer = self.proxy.forward(self.command, self.path, dict(self.headers), body)
        if fault == "twice":
            answer = self.proxy.forward(self.command, self.path, dict(self.headers), body)
        if fault == "drop after":
            return self._hang_up()
        if fault == "half" and answer.body:
            self._say(answer, len(answer.body))
            self.wfile.write(answer.body[: len(answer.body) // 2])
            return self._hang_up()
        half = fault == "half said whole" and b"json" in answer.headers.get("Content-Type", "").encode()
        content = answer.body[: len(answer.body) // 2] if half else answer.body
        self._say(answer, len(content))
        self.wfile.write(content)
        return None

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _chunks(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return None
        content = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def _say(self, answer: Answered, length: int) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _refuse(self, status: int, code: str) -> None:
        body = json.dumps({"success": False, "error": {"code": code, "message": "Not now."}}).encode()
        self._say(Answered(status, {"Content-Type": "application/json", "Retry-After": "1"}, body), len(body))
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
