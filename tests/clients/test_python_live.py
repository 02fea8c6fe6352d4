"""The Python client hears of what happens: each event once, over connections that end, or by streams."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any, Self

import pytest
import websockets.sync.client as sockets
from websockets.exceptions import ConnectionClosedError

from lyceum_client import Request, Response
from tests.clients.lines import Time, answer, broken, scripted

TICKET = answer({"ticket": "t/1", "url": "wss://sockets.example/live?ticket=t/1"}, 201)


@dataclass
class Socket:
    """A connection that says what it is told to, and then ends."""

    messages: list[dict[str, Any]]
    sent: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._left = iter(self.messages)
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""

    def send(self, text: str) -> None:
        """Remember what was said."""
        self.sent.append(json.loads(text))

    def recv(self, **_: float) -> str:
        """Say the next thing, or end."""
        try:
            return json.dumps(next(self._left))
        except StopIteration:
            raise ConnectionClosedError(None, None) from None


def event(number: int, channel: str = "user") -> dict[str, Any]:
    return {"event": "notification.new", "channel": channel, "id": number, "at": "now", "data": {"number": number}}


def test_a_connection_that_ends_goes_on_behind_the_last_event(monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed = {"event": "subscribed", "topics": ["course:c"], "more": []}
    line = [
        Socket([subscribed, event(1), event(2), event(2), event(7, "course:c")]),
        Socket([{**subscribed, "more": ["user"]}, event(2), event(3)]),
    ]
    opened: list[str] = []

    def connect(url: str, **_: Any) -> Socket:
        opened.append(url)
        return line[len(opened) - 1]

    monkeypatch.setattr(sockets, "connect", connect)
    client, _ = scripted(TICKET, *[broken()] * 5, TICKET)
    heard = list(islice(client.live.follow(["course:c"], by="socket"), 4))
    assert [(each["channel"], each["id"]) for each in heard] == [("user", 1), ("user", 2), ("course:c", 7), ("user", 3)]
    assert opened == ["wss://sockets.example/live?ticket=t/1"] * 2
    assert line[0].sent[0] == {"action": "subscribe", "topics": ["course:c"], "after": {}}
    assert [each["after"] for each in line[1].sent] == [{"user": 2, "course:c": 7}] * 2, "the rest is asked for"


def test_sockets_are_opened_where_the_deployment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(sockets, "connect", lambda url, **_: opened.append(url) or Socket([event(1)]))
    client, _ = scripted(TICKET, live_url="ws://127.0.0.1/live")
    assert next(client.live.follow(by="socket"))["id"] == 1
    assert opened == ["ws://127.0.0.1/live?ticket=t/1"]


def test_streams_are_asked_again_when_they_say_so_and_from_where_they_were() -> None:
    time, asked = Time(), []

    def stream(request: Request) -> Response:
        asked.append(
            (round(time.at - 1_800_000_000), request.url.rpartition("/")[2], request.headers.get("Last-Event-ID"))
        )
        text = "retry: 30000\nid: 5\n\n"
        if request.url.endswith("notifications"):
            number = 1 + sum(place == "notifications" for _, place, _ in asked)
            text = f'retry: 3000\nid: {number}\nevent: notification.new\ndata: {{"number":\ndata: {number}}}\n\n'
        return Response(200, {"content-type": "text/event-stream"}, text.encode())

    def answers() -> Iterator[Any]:
        yield broken()
        while True:
            yield stream

    client, _ = scripted(*islice(answers(), 40), time=time)
    heard = list(islice(client.live.follow(by="stream"), 3))
    assert [each["data"]["number"] for each in heard] == [2, 3, 4]
    mine = [(at, last) for at, place, last in asked if place == "notifications"]
    assert [last for _, last in mine] == [None, "2", "3"]
    assert [later - at for (at, _), (later, _) in pairwise(mine)] == [3, 3]
    assert sum(place == "assignments" for _, place, _ in asked) == 1
