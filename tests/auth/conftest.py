"""Somebody who signs in, and the codes that reach them by mail and SMS."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from lyceum.kit.aws import clients
from lyceum.kit.identity import Principal
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply
from tests.support.tokens import proven
from tests.support.workers import deliver

from functions.auth.client_context import ClientContext

PASSWORD = "a long engine of brass"
HERE = ClientContext("198.51.100.10", None, None, None)
ADA = {
    "email": "Ada@Example.com",
    "username": "ada.l",
    "password": PASSWORD,
    "firstName": "Ada",
    "lastName": "Lovelace",
}


@dataclass
class Post:
    """What the mail and SMS services were given, the latest last."""

    cloud: Cloud
    tenant: str
    sent: list[tuple[str, str]] = field(default_factory=list)

    def bring(self) -> list[tuple[str, str]]:
        """Let the workers do what waits; returns what they sent meanwhile as (address or number, text)."""
        before = len(self.sent)
        assert deliver(self.cloud, self.tenant) == 0
        return self.sent[before:]

    def code(self) -> str:
        """Return the six digits of the latest message that holds any."""
        self.bring()
        return next(found[0] for _, text in reversed(self.sent) if (found := re.findall(r"\b\d{6}\b", text)))


@dataclass
class Visitor:
    """A browser of one person: keeps the device token as a cookie would."""

    client: Client
    device_token: str | None = None
    address: str = "198.51.100.10"

    def login(self, identifier: str = "ada.l", password: str = PASSWORD, **more: Any) -> Reply:
        """Sign in with a password."""
        return self.keep(self.send("/api/auth/login", {"identifier": identifier, "password": password, **more}))

    def send(self, path: str, body: dict[str, Any]) -> Reply:
        """Post something from this device."""
        self.client.address = self.address
        return self.client.post(path, body, **({"cookie": f"device={self.device_token}"} if self.device_token else {}))

    def keep(self, reply: Reply) -> Reply:
        """Remember the device token of a sign-in."""
        if reply.status == 200:
            self.device_token = reply.data.get("deviceToken", self.device_token)
        return reply


def prove(client: Client, post: Post, identifier: str = "ada@example.com") -> None:
    """Prove an address or number with the code that was sent to it last."""
    assert client.post("/api/auth/verify-email", {"identifier": identifier, "code": post.code()}).status == 200


def holder(reply: Reply) -> Principal:
    """Return who holds the access token of a sign-in."""
    return proven(reply.data["accessToken"])


def signed_in(client: Client, reply: Reply) -> Client:
    """Return a client that acts with the session of a sign-in."""
    return Client(client.cloud, client.tenant, holder(reply))


@pytest.fixture
def post(cloud: Cloud, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Post:
    """The mail and SMS services as the product reaches them."""
    watched = Post(cloud, tenant)
    mail, sms = clients.client("sesv2"), clients.client("sns")
    send_email, publish = mail.send_email, sms.publish

    def sent_mail(**arguments: Any) -> Any:
        watched.sent.append(
            (arguments["Destination"]["ToAddresses"][0], arguments["Content"]["Simple"]["Body"]["Text"]["Data"])
        )
        return send_email(**arguments)

    def sent_sms(**arguments: Any) -> Any:
        watched.sent.append((arguments["PhoneNumber"], arguments["Message"]))
        return publish(**arguments)

    monkeypatch.setattr(mail, "send_email", sent_mail)
    monkeypatch.setattr(sms, "publish", sent_sms)
    watched.bring()
    return watched


@pytest.fixture
def ada(client: Client) -> Visitor:
    """A registered student at her own device."""
    client.post("/api/auth/register", ADA)
    return Visitor(client)
