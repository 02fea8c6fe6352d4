"""The local providers on the network, and the teller that brings their webhooks to the API; and one that proctors.

`python -m local.payments.server FOLDER` listens on loopback at a port of its own and writes it to FOLDER/port; where
webhooks go stands in FOLDER/webhooks. On demand webhooks come twice or more, later, or out of order: POST
/_demand/webhooks with `copies`, `delay` (seconds) and `shuffle`.
"""

import json
import random
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from local import proctor
from local.payments.providers import Providers
from local.payments.state import Books, Webhook

_PAUSE_SECONDS = 0.05
_TRIES = 5
_SECONDS = 30


@dataclass
class Habits:
    """How webhooks are told: so many copies of each, so late, and in any order."""

    copies: int = 1
    delay: float = 0
    shuffle: bool = False


class Teller:
    """Tells webhooks to the API, and again where it does not take them."""

    def __init__(self, providers: Providers, folder: Path, lock: threading.Lock) -> None:
        self.providers, self.folder, self.lock = providers, folder, lock
        self.habits = Habits()

    def run(self) -> None:
        """Tell for ever."""
        while True:
            time.sleep(_PAUSE_SECONDS)
            with self.lock:
                waiting = self.providers.take_webhooks() * max(0, self.habits.copies)
            if waiting:
                threading.Thread(target=self._tell, args=[waiting], daemon=True).start()

    def _tell(self, waiting: list[Webhook]) -> None:
        time.sleep(self.habits.delay)
        if self.habits.shuffle:
            random.shuffle(waiting)
        for webhook in waiting:
            self._send(webhook)

    def _send(self, webhook: Webhook) -> None:
        file = self.folder / "webhooks"
        for tried in range(_TRIES):
            if file.is_file():
                address = f"{file.read_text().strip()}/{webhook.provider}"
                request = urllib.request.Request(address, webhook.body, webhook.headers, method="POST")  # noqa: S310 - http on loopback
                with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - http on loopback
                    return
            time.sleep(tried)


def main(folder: Path) -> None:
    """Listen until the process is ended."""
    books = Books(first_number=int(time.time() * 1000))  # storage remembers what an earlier start has told
    providers, lock = Providers(books=books), threading.Lock()
    teller, watching = Teller(providers, folder, lock), proctor.Proctor()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def log_message(self, *_: object) -> None:
            """Log nothing: calls bear keys."""

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if self.path == "/_demand/webhooks":
                teller.habits = Habits(**json.loads(body or b"{}"))
                status, sent, text = 200, {"content-type": "application/json"}, b"{}"
            elif self.path.startswith(proctor.ROOT):
                status, sent, text = watching.handle(method, self.path, body)
            else:
                with lock:
                    status, sent, text = providers.handle(method, self.path, headers, body)
            self.send_response(status)
            for name, value in {**sent, "content-length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

    with ThreadingHTTPServer(("127.0.0.1", _port_of(folder)), Handler) as server:
        providers.home = f"http://127.0.0.1:{server.server_port}"
        (folder / "port").write_text(str(server.server_port))
        (folder / "ready").touch()
        threading.Thread(target=teller.run, daemon=True).start()
        server.serve_forever()


def _port_of(folder: Path) -> int:
    """Return the port of the last time while it is free, so that links of open checkouts still lead here; else any."""
    try:
        port = int((folder / "port").read_text())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except (OSError, ValueError):
        return 0
    return port


if __name__ == "__main__":
    main(Path(sys.argv[1]))
