"""The way to the API's own door, over a real connection: what is handed on, and what comes back."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

import pytest

from lyceum.kit.context import RequestContext
from lyceum.kit.http import exchange
from lyceum.kit.http.exchange import Exchange
from lyceum.kit.outgoing.client import OutgoingClient
from lyceum.kit.settings import settings

from functions.sync import own_api


class _Door(BaseHTTPRequestHandler):
    """Tells what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        told = {"path": self.path, "body": body, "headers": {name.lower(): text for name, text in self.headers.items()}}
        self._answer(201, json.dumps(told).encode())

    def do_GET(self) -> None:
        if self.path.endswith("same"):
            self._answer(304, b"")
        elif self.path.endswith("text"):
            self._answer(200, b"BEGIN:VCALENDAR")
        else:
            self._answer(200, b'"' + b"x" * 300_000 + b'"')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("ETag", '"1-a"')
        self.send_header("Set-Cookie", "a=b")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def door() -> Iterator[str]:
    """A server on this machine, at which the caller's requests arrive."""
    server = HTTPServer(("127.0.0.1", 0), _Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/_aws/execute-api/api/$default"
    headers = {"authorization": "Bearer t", "cookie": "secret", "accept-language": "fr", "x-forwarded-for": "1.2.3.4"}
    exchange.begin(Exchange({"headers": headers}, "r", RequestContext()))
    client = OutgoingClient(loopback=True)
    known = settings().model_copy(update={"api_url": address})
    with patch.object(own_api, "settings", lambda: known), patch.object(own_api, "client", lambda: client):
        yield address
    server.shutdown()
    server.server_close()


def test_a_request_goes_in_the_name_of_its_caller_and_no_further_header_is_handed_on() -> None:
    answered = own_api.send("POST", "/api/notes?a=1", {"text": "é"}, {"idempotency-key": "k"})
    assert (answered.status, answered.headers, answered.code) == (201, {"etag": '"1-a"'}, "")
    assert answered.body["path"] == "/_aws/execute-api/api/$default/api/notes?a=1"
    assert json.loads(answered.body["body"]) == {"text": "é"}
    sent = answered.body["headers"]
    assert (sent["authorization"], sent["accept-language"], sent["idempotency-key"]) == ("Bearer t", "fr", "k")
    assert not {"cookie", "x-forwarded-for"} & set(sent)


def test_answers_without_a_body_as_text_and_too_long_ones_are_told_as_such() -> None:
    assert own_api.send("GET", "/same").body is None
    assert own_api.send("GET", "/text").body == "BEGIN:VCALENDAR"
    assert own_api.send("GET", "/long").status == 413


def test_nobody_at_the_door_is_unavailable() -> None:
    known = settings().model_copy(update={"api_url": "http://127.0.0.1:9"})
    with patch.object(own_api, "settings", lambda: known):
        answered = own_api.send("GET", "/api/notes", seconds=2)
    assert (answered.status, answered.code) == (503, "UNAVAILABLE")
