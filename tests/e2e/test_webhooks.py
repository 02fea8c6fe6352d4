"""Webhooks in the deployed stack: an event reaches an address signed, and what failed is sent again by the sweep."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from lyceum.kit import ids
from tests.e2e.conftest import Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


class Receiver(HTTPServer):
    """Takes what is posted to it; the first message of each event is refused."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[dict[str, Any]] = []
        self.refuses: set[str] = set()


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append({**body, "id": self.headers["webhook-id"], "signed": self.headers["webhook-signature"]})
        is_refused = body["type"] in self.server.refuses
        self.server.refuses.discard(body["type"])
        self.send_response(500 if is_refused else 204)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An address on this machine, which a local stack may call."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_an_event_arrives_and_what_was_refused_comes_again_under_its_id(stack: Stack, receiver: Receiver) -> None:
    admin = stack.as_("admin")
    url = f"http://127.0.0.1:{receiver.server_port}/lyceum"
    webhook = admin.post("/api/webhooks", {"url": url, "events": ["badge.earned"]}).data
    path = f"/api/webhooks/{webhook['webhookId']}"
    assert admin.post(f"{path}/test").status == 202
    eventually(lambda: any(each["type"] == "webhook.test" for each in receiver.got), "the test message")
    receiver.refuses.add("badge.earned")
    user_id = str(admin.get("/api/auth/me").data["userId"])
    stack.publish("badge.earned", badgeId=ids.new_id(), userId=user_id, title="Reader")
    eventually(lambda: any(each["type"] == "badge.earned" for each in receiver.got), "the event")

    def again() -> list[dict[str, Any]]:
        stack.run_job("webhooks-jobs-order-due-deliveries")
        return [each for each in receiver.got if each["type"] == "badge.earned"][1:]

    second = eventually(again, "the event again", seconds=150)[0]
    first = next(each for each in receiver.got if each["type"] == "badge.earned")
    assert second["id"] == first["id"] and second["signed"].startswith("v1,") and second["data"]["userId"] == user_id
    delivery = next(each for each in admin.get(f"{path}/history").data if each["event"] == "badge.earned")
    assert [each.get("status") for each in delivery["attempts"]] == [500, 204]
    assert admin.send("DELETE", path, None, {}).status == 200
