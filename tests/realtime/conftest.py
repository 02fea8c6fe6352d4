"""A WebSocket gateway in process: connections by ticket, messages to the functions, and what is posted back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from lyceum.kit.aws import clients
from lyceum.kit.event import Event
from tests.support.acting import acting, within_rights
from tests.support.http import LAMBDA, Client
from tests.support.workers import record

from functions.realtime import websocket, websocket_authorizer
from functions.realtime.events import consumer

ARN = "arn:aws:execute-api:eu-west-1:000000000000:sockets/live/$connect"


class Gone(Exception):
    """What the gateway answers about a connection that is closed."""

    response = {"Error": {"Code": "GoneException"}}


@dataclass
class Socket:
    """A client's end of a connection."""

    gateway: "Gateway"
    name: str
    context: dict[str, str]
    got: list[dict[str, Any]] = field(default_factory=list)

    def event(self, route: str, body: str | None = None) -> dict[str, Any]:
        asked = {"routeKey": route, "connectionId": self.name, "authorizer": self.context, "requestId": "r"}
        return {"requestContext": asked, "body": body, "isBase64Encoded": False}

    def say(self, message: Any) -> dict[str, Any]:
        """Send a message and return the answer, which comes after all that was missed."""
        self.send(message)
        return self.got.pop()

    def send(self, message: Any) -> None:
        """Send a message, whatever comes of it."""
        text = message if isinstance(message, str) else json.dumps(message)
        with acting("functions.realtime.websocket"):
            assert websocket.handler(self.event("$default", text), LAMBDA) == {"statusCode": 200}

    def close(self, *, is_told: bool = True) -> None:
        """Close the connection; `is_told` is off when the gateway's word of it is lost."""
        self.gateway.open.pop(self.name, None)
        if is_told:
            with acting("functions.realtime.websocket"):
                assert websocket.handler(self.event("$disconnect"), LAMBDA) == {"statusCode": 200}

    def received(self) -> list[tuple[str, str]]:
        """Return the events that came, with their channels."""
        return [(message["event"], message["channel"]) for message in self.got if "id" in message]


@dataclass
class Gateway:
    """The WebSocket gateway."""

    open: dict[str, Socket] = field(default_factory=dict)
    made: int = 0
    fails: Callable[[], None] | None = None

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - the service's names
        if self.fails:
            self.fails()
        if ConnectionId not in self.open:
            raise Gone
        self.open[ConnectionId].got.append(json.loads(Data))

    def delete_connection(self, *, ConnectionId: str) -> None:  # noqa: N803
        if self.open.pop(ConnectionId, None) is None:
            raise Gone

    def enter(self, ticket: str) -> tuple[int, Socket | None]:
        """Open a connection with a ticket, as the gateway does: the authorizer first, then the function."""
        with acting("functions.realtime.websocket_authorizer"):
            answer = websocket_authorizer.handler(
                {"methodArn": ARN, "queryStringParameters": {"ticket": ticket}}, LAMBDA
            )
        if answer["policyDocument"]["Statement"][0]["Effect"] != "Allow":
            return 403, None
        self.made += 1
        socket = Socket(self, f"c{self.made}", answer["context"])
        with acting("functions.realtime.websocket"):
            status = websocket.handler(socket.event("$connect"), LAMBDA)["statusCode"]
        if status == 200:
            self.open[socket.name] = socket
        return status, socket if status == 200 else None

    def connect(self, client: Client) -> Socket:
        """Connect somebody who is signed in."""
        status, socket = self.enter(client.post("/api/realtime/ticket").data["ticket"])
        assert status == 200 and socket is not None
        return socket


@pytest.fixture(autouse=True)
def _within_rights() -> Iterator[None]:
    """Each function touches only what its role may."""
    with within_rights():
        yield


@pytest.fixture
def gateway(cloud: object, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """The gateway as the product reaches it."""
    fake = Gateway()
    monkeypatch.setattr(clients, "sockets", lambda: fake)
    return fake


def publish(*events: Event) -> int:
    """Publish events to the connections and return how many messages failed."""
    records = [
        record({"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)})
        for event in events
    ]
    with acting("functions.realtime.events"):
        return len(consumer.handler({"Records": records}, LAMBDA)["batchItemFailures"])
