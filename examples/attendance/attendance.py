"""A sample app: a list of who was there, as CSV, from `attendance.read` webhooks.

Run it with the path of a JSON file: `webhookSecret`, which is shown when the app is offered, `file` and `port`.
"""

import base64
import csv
import hmac
import json
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

TOLERANCE_SECONDS = 300
MOST_BYTES = 64 * 1024


class NotGenuine(ValueError):
    """A message was not signed with our secret, or is too old."""


def read(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> dict[str, Any]:
    """Return a message once its signature and time hold (Standard Webhooks 1.0); raises NotGenuine."""
    given = {name.lower(): value for name, value in headers.items()}
    message_id, sent_at = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not sent_at.isdigit() or abs(now - int(sent_at)) > TOLERANCE_SECONDS:
        raise NotGenuine("too old")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{message_id}.{sent_at}.".encode() + body, "sha256")
    good = "v1," + base64.b64encode(signed).decode()
    if not any(hmac.compare_digest(good, each) for each in given.get("webhook-signature", "").split()):
        raise NotGenuine("not signed by Lyceum")
    message: dict[str, Any] = json.loads(body)
    return {**message, "id": message_id}


class AttendanceList:
    """Who was there on which day, once each, however often a message comes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        rows = list(csv.reader(path.read_text().splitlines()))[1:] if path.exists() else []
        self.known = {(day, course, person) for day, course, person, _ in rows}

    def note(self, message: Mapping[str, Any]) -> bool:
        """Write down who was there; returns whether it is new."""
        if message["type"] != "attendance.read":
            return False
        at, data = str(message["timestamp"]), message["data"]
        row = (at[:10], str(data["courseId"]), str(data["userId"]))
        if row in self.known:
            return False
        is_first = not self.path.exists()
        with self.path.open("a", newline="") as file:
            writer = csv.writer(file)
            if is_first:
                writer.writerow(["day", "course", "person", "first seen"])
            writer.writerow([*row, at])
        self.known.add(row)
        return True


def handler_of(secret: str, attendance: AttendanceList) -> type[BaseHTTPRequestHandler]:
    """Return what takes messages; 401 for what is not genuine, so that the sender tries again and tells."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MOST_BYTES))
            try:
                attendance.note(read(secret, dict(self.headers), body, time.time()))
                self.send_response(204)
            except NotGenuine:
                self.send_response(401)
            self.end_headers()

    return Handler


if __name__ == "__main__":
    own = json.loads(Path(sys.argv[1]).read_text())
    taking = handler_of(own["webhookSecret"], AttendanceList(Path(own["file"])))
    HTTPServer(("127.0.0.1", own["port"]), taking).serve_forever()
