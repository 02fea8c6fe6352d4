"""Serves the app on this machine, its client beside it, and hands calls of `/api/` on to a stack.

python examples/pwa/serve.py [API] [PORT]     API is the address that `make up` prints, which it takes by itself
"""

import contextlib
import gzip
import hashlib
import http.client
import json
import mimetypes
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOME = Path(__file__).parent
ROOT = HOME.parents[1]
_CLIENT = ROOT / "clients/typescript"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; "
    "worker-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HANDED_ON = ("authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "last-event-id")
_ANSWERED = ("content-type", "content-encoding", "etag", "retry-after", "idempotency-replayed", "x-request-id")
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}
_SECONDS = 60


class Handler(BaseHTTPRequestHandler):
    """Answers for files, and hands on what is for the API; `host` names a tenant."""

    protocol_version = "HTTP/1.1"

    def __init__(self, api: str, host: str | None, *given: object) -> None:
        self.api, self.host = urlsplit(api), host
        super().__init__(*given)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer for a file, or hand the call on."""
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/api/"):
            return self._hand_on()
        base, name = (
            (_CLIENT, path.removeprefix("/client/")) if path.startswith("/client/") else (HOME, path.lstrip("/"))
        )
        file = (base / (name or "index.html")).resolve()
        if not file.is_file() or not file.is_relative_to(base):
            return self._answer(404, b"", {})
        kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        packed = gzip.compress(file.read_bytes(), mtime=0)
        tag = f'"{hashlib.blake2b(packed, digest_size=8).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
        if self.headers.get("If-None-Match") == tag:
            return self._answer(304, b"", headers)
        about = {"Content-Type": f"{kind}; charset=utf-8", "Content-Encoding": "gzip"}
        return self._answer(200, packed, {**about, **headers})

    def _hand_on(self) -> None:
        """Send the same request to the API, and answer what it answers."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        sent = {name: self.headers[name] for name in _HANDED_ON if name in self.headers}
        sent |= {"accept-encoding": "gzip", **({"host": self.host} if self.host else {})}
        self._answer(*self._asked(body or None, sent))

    def _asked(self, body: bytes | None, sent: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        kind = http.client.HTTPSConnection if self.api.scheme == "https" else http.client.HTTPConnection
        line = kind(self.api.netloc, timeout=_SECONDS)
        try:
            line.request(self.command, self.api.path + self.path, body, sent)
            got = line.getresponse()
            return got.status, got.read(), {name: got.headers[name] for name in _ANSWERED if name in got.headers}
        except OSError:
            return 502, b"", {}
        finally:
            line.close()

    do_POST = do_PUT = do_PATCH = do_DELETE = _hand_on  # noqa: N815 - the library's names

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        with contextlib.suppress(BrokenPipeError):  # whoever asked has left
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


def server(api: str, port: int = 0, host: str | None = None) -> ThreadingHTTPServer:
    """Return a server of the app on this machine alone; it answers once it is told to."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, api, host))


def main() -> None:
    """Serve until the program is ended."""
    stack = ROOT / ".lyceum/stack.json"
    api = sys.argv[1] if len(sys.argv) > 1 else json.loads(stack.read_text())["apiUrl"]
    made = server(api, int(sys.argv[2]) if len(sys.argv) > 2 else 5173)
    sys.stdout.write(f"http://127.0.0.1:{made.server_port}\n")
    made.serve_forever()


if __name__ == "__main__":
    main()
