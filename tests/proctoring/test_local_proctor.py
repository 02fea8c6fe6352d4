"""The local stack's system that watches exams, against the product: it believes what is signed, and is believed so."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from local import proctor
from tests.proctoring.conftest import Watched
from tests.support.clock import Clock
from tests.support.http import Client

NAME = "northlight"


class Northlight:
    """The local system, set up and begun for the exam, with its requests to the product in process."""

    def __init__(self, client: Client, watched: Watched) -> None:
        self.local = proctor.Proctor()
        made = client.as_("super_admin").put(
            f"/api/proctoring/providers/{NAME}", {"launchUrl": "https://northlight.example/proctor/launch"}
        )
        self.demand("know", provider=NAME, secret=made.data["secret"])
        self.launch = urlsplit(watched.start(provider=NAME).data["launchUrl"])

    def demand(self, what: str, **given: Any) -> tuple[int, Any]:
        status, _, text = self.local.handle("POST", f"/proctor/_demand/{what}", json.dumps(given).encode())
        return status, json.loads(text)

    def open(self, query: str) -> int:
        return self.local.handle("GET", f"{self.launch.path}?{query}", b"")[0]


@pytest.fixture
def northlight(client: Client, watched: Watched, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Northlight:
    def sent(address: str, body: bytes, headers: dict[str, str]) -> int:
        names = {name.replace("-", "_"): value for name, value in headers.items() if name.startswith("webhook")}
        return client.post(urlsplit(address).path, body.decode(), **names).status

    class Now:
        @staticmethod
        def now(_zone: Any) -> Any:
            return clock.at

    monkeypatch.setattr(proctor, "_sent", sent)
    monkeypatch.setattr(proctor, "datetime", Now)
    return Northlight(client, watched)


def test_it_is_begun_by_a_signed_address_and_what_it_sees_is_shown(watched: Watched, northlight: Northlight) -> None:
    assert northlight.open(northlight.launch.query) == 200
    seen = {"session": watched.exam_id, "type": "phone_seen", "severity": "high"}
    assert northlight.demand("see", **seen) == (200, {"status": 200})
    assert sorted(watched.rules()) == ["phone_seen", "watching_began"]


def test_a_changed_address_begins_nothing_and_a_forged_message_is_refused(
    watched: Watched, northlight: Northlight
) -> None:
    other = northlight.launch.query.replace(watched.exam_id, "01HZZZZZZZZZZZZZZZZZZZZZZZ")
    assert northlight.open(other) == northlight.open("") == 403
    seen = {"session": watched.exam_id, "type": "phone_seen", "severity": "high"}
    assert northlight.demand("see", **seen)[0] == 404
    northlight.open(northlight.launch.query)
    assert northlight.demand("see", **seen, forged=True) == (200, {"status": 401})
    assert watched.rules() == ["watching_began"]


def test_an_address_of_an_exam_that_is_over_begins_nothing(northlight: Northlight, clock: Clock) -> None:
    clock.advance(days=1)
    assert northlight.open(northlight.launch.query) == 410
