"""An identity provider that others wrote, on this machine, and a browser that goes there and back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_provider_mock import User as TheirUser
from oidc_provider_mock import run_server_in_thread

from lyceum.kit.outgoing.client import OutgoingClient
from tests.support.http import Client, Reply

from functions.auth.federation import calls, openid, providers

ADA = TheirUser(
    sub="ada-1",
    claims={"email": "ada@example.com", "email_verified": True, "given_name": "Ada", "family_name": "Lovelace"},
)
BOB = TheirUser(sub="bob-2", claims={"email": "bob@example.com", "email_verified": False, "name": "Bob"})


@pytest.fixture(autouse=True)
def _reaches_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (calls, providers):
        monkeypatch.setattr(module, "client", lambda: OutgoingClient(loopback=True))
    openid.forget()


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The address of a provider that knows Ada and Bob."""
    with run_server_in_thread(user_claims=(ADA, BOB)) as server:
        yield f"http://localhost:{server.server_port}"


@dataclass
class Browser:
    """A browser: it keeps the cookie of a sign-in."""

    client: Client
    cookie: str = ""
    asked: dict[str, str] = field(default_factory=dict)

    def start(self, provider: str = "school", **query: Any) -> str:
        """Begin; returns where the browser is sent."""
        reply = self.client.get(f"/api/auth/social/{provider}/start", query)
        assert reply.status == 302, reply.body
        self.cookie = reply.cookies[0].partition(";")[0]
        self.asked = one_each(reply.headers["Location"])
        return reply.headers["Location"]

    def back(self, query: dict[str, str], provider: str = "school") -> Reply:
        """Come back with what the provider gave."""
        return self.client.get(f"/api/auth/social/{provider}/callback", query, cookie=self.cookie)

    def sign_in(self, sub: str, **query: Any) -> Reply:
        """Go there, be who one says, and come back."""
        return self.back(consent(self.start(**query), sub))


def one_each(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def consent(address: str, sub: str) -> dict[str, str]:
    """Be somebody at the provider; returns what it sends back."""
    reply = httpx.post(address, data={"sub": sub}, follow_redirects=False)
    assert reply.status_code in {302, 303}, reply.text
    return one_each(reply.headers["location"])


def fragment(reply: Reply) -> dict[str, str]:
    """Return what stands behind the hash of where a browser is led."""
    return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).fragment).items()}


SetUp = Callable[..., Reply]


@pytest.fixture
def set_up(client: Client, issuer: str) -> SetUp:
    """Sets the provider up as an administrator."""

    def do(provider: str = "school", **changes: Any) -> Reply:
        wanted = {
            "protocol": "oidc",
            "name": "School",
            "issuer": issuer,
            "clientId": "lyceum",
            "clientSecret": "a secret of the tenant",
        }
        wanted = {field: value for field, value in {**wanted, **changes}.items() if value is not None}
        return client.as_("admin").put(f"/api/admin/identity-providers/{provider}", wanted)

    return do


@pytest.fixture
def browser(client: Client, set_up: SetUp) -> Browser:
    """A browser in a tenant whose people sign in at the provider."""
    assert set_up().status == 200
    return Browser(client)
