"""One request over the line, and nothing more: no retries, no redirects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import urllib3

from lyceum_client.errors import LineBroken

Sent = Callable[[int], None]


@dataclass(frozen=True)
class Request:
    """What is sent.

    - `timeout`: seconds to wait for an answer. `on_sent`: told of the bytes of the body that have left, as they leave.
    """

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout: float = 30.0
    on_sent: Sent | None = None


@dataclass(frozen=True)
class Response:
    """What came; the names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Transport(Protocol):
    """Whatever sends a request; raises LineBroken when no whole answer came."""

    def __call__(self, request: Request) -> Response:
        """Send a request and return its answer."""


class HttpTransport:
    """Requests by urllib3, on connections that are kept and shared by threads."""

    _CONNECT_SECONDS = 10.0
    _PIECE = 64 * 1024

    def __init__(self, connections: int = 8) -> None:
        self._pool = urllib3.PoolManager(maxsize=connections, block=False)

    def __call__(self, request: Request) -> Response:
        """Send a request; raises LineBroken for what urllib3 raises, and for answers that end too early."""
        body: object = request.body
        headers = dict(request.headers)
        if request.body is not None and request.on_sent is not None:
            headers["Content-Length"] = str(len(request.body))
            body = self._pieces(request.body, request.on_sent)
        try:
            answer = self._pool.request(
                request.method,
                request.url,
                body=body,  # type: ignore[arg-type]  # urllib3 takes iterables of bytes
                headers=headers,
                timeout=urllib3.Timeout(connect=self._CONNECT_SECONDS, read=request.timeout),
                retries=False,
                redirect=False,
                preload_content=True,
            )
        except (urllib3.exceptions.HTTPError, OSError) as broken:
            raise LineBroken(str(broken)) from broken
        return Response(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.data)

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def _pieces(self, body: bytes, on_sent: Sent) -> "object":
        for begin in range(0, len(body), self._PIECE):
            piece = body[begin : begin + self._PIECE]
            yield piece
            on_sent(len(piece))
