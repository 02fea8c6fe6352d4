"""Apps that tests offer, list and install."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from lyceum.kit.outgoing import urls
from lyceum.kit.outgoing.client import Reply as OutsideReply
from lyceum.rules.webhooks import subscriptions
from tests.support.cloud import forget_items
from tests.support.http import Client, Reply

from functions.webhooks import sending

BACK = "https://roll.example.org/back"
SCOPES = ["openid", "courses:read"]
EVENTS = ["course.published", "lesson.completed"]
SCHEMA = {
    "properties": {
        "sheet": {"type": "string", "title": "Sheet", "maxLength": 40},
        "apiKey": {"type": "string", "writeOnly": True},
        "lateAfterMinutes": {"type": "integer", "minimum": 0, "maximum": 60, "default": 10},
        "format": {"type": "string", "enum": ["csv", "xlsx"], "default": "csv"},
        "weekends": {"type": "boolean"},
    },
    "required": ["sheet"],
}
OFFER: dict[str, Any] = {
    "name": "Roll call",
    "summary": "Who was there, as a list.",
    "publisher": "Roll Ltd",
    "redirectUris": [BACK],
    "scopes": SCOPES,
    "actsAlone": True,
    "webhooks": [{"url": "https://hooks.roll.example.org/lyceum", "events": EVENTS}],
    "settingsSchema": SCHEMA,
    "pages": [{"title": "Today", "url": "https://roll.example.org/today", "place": "course"}],
    "callsPerMinute": 5,
}
CONSENT = {"scopes": SCOPES, "events": EVENTS}
SETTINGS = {"sheet": "June", "apiKey": "s3cret"}


@dataclass
class Outside:
    """The address outside, and what it got."""

    got: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def read(self, address: str) -> urls.Url:
        return urls.parse(address)

    def call(self, _method: str, address: str, *, body: bytes, headers: dict[str, str]) -> OutsideReply:
        self.got.append((address, body, headers))
        return OutsideReply(200, {}, b"", is_whole=True)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    """What stands in place of the network."""
    made = Outside()
    for module in (subscriptions, sending):
        monkeypatch.setattr(module, "client", lambda: made)
    return made


@pytest.fixture
def platform(client: Client) -> Iterator[Client]:
    """The main tenant, whose apps every tenant may install; what it offers is gone after the test."""
    yield client.of("main")
    forget_items("main|")


def offer(client: Client, **changes: Any) -> dict[str, Any]:
    """Offer an app as an administrator; returns it with its secrets."""
    reply = client.as_("admin").post("/api/apps", {**OFFER, **changes})
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.data
    return made


def listed(client: Client, **changes: Any) -> dict[str, Any]:
    """Offer an app, and let another administrator list it."""
    app = offer(client, **changes)
    reply = client.as_("reviewer", "admin").patch(f"/api/apps/{app['appId']}", {"state": "listed"})
    assert reply.status == 200, reply.body
    return app


def install(client: Client, app: dict[str, Any], **changes: Any) -> Reply:
    """Install an app as an administrator who consents to all of it."""
    body = {"consent": CONSENT, "settings": SETTINGS, **changes}
    return client.as_("admin").post(f"/api/apps/{app['appId']}/install", body)
