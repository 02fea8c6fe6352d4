"""A receiver that answers as it is told, in place of the network."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from lyceum.kit.outgoing import urls
from lyceum.kit.outgoing.client import Reply
from lyceum.kit.outgoing.errors import Unreachable
from lyceum.rules.webhooks import subscriptions
from tests.support.http import Client

from functions.webhooks import sending


@dataclass
class Receiver:
    """What a webhook's address got, and what it answers next: a status, or None for nobody there."""

    answers: list[int | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def read(self, address: str) -> urls.Url:
        return urls.parse(address)

    def call(self, _method: str, address: str, *, body: bytes, headers: dict[str, str]) -> Reply:
        self.got.append((address, body, headers))
        status = self.answers.pop(0) if self.answers else 200
        if status is None:
            raise Unreachable("nobody there")
        return Reply(status, self.headers, b"so it is", is_whole=True)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """The address outside."""
    made = Receiver()
    for module in (subscriptions, sending):
        monkeypatch.setattr(module, "client", lambda: made)
    return made


def make(client: Client, *events: str, url: str = "https://hooks.school.org/lyceum") -> dict[str, Any]:
    """Make a webhook as an administrator; the answer holds its secret."""
    made: dict[str, Any] = client.as_("admin").post("/api/webhooks", {"url": url, "events": list(events) or ["*"]}).data
    return made
