"""A client of the authorization server, as its developers would write it: Authlib over the product's handlers."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.httpx_client import OAuth2Client

from lyceum.kit.identity.scopes import SCOPES
from tests.support.http import Client, Reply

BACK = "https://app.example.org/back?from=lyceum"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
FORM = "application/x-www-form-urlencoded"


def transport(client: Client) -> httpx.MockTransport:
    """Return how an HTTP client reaches the product's handlers as nobody in particular."""

    def handle(request: httpx.Request) -> httpx.Response:
        headers = {name: value for name, value in request.headers.items() if name not in {"host", "accept-encoding"}}
        nobody = Client(client.cloud, client.tenant, address=client.address)
        body = request.content.decode() or None
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        reply = nobody.send(request.method, request.url.path, body, query, headers)
        sent = [(name, value) for name, value in reply.headers.items() if name.lower() != "content-encoding"]
        return httpx.Response(reply.status, headers=sent, text=reply.body)

    return httpx.MockTransport(handle)


@dataclass
class App:
    """A registered client, and the person in front of it."""

    person: Client
    client_id: str
    secret: str | None
    redirect_uri: str = BACK

    def asks(self, **changes: Any) -> dict[str, Any]:
        """Return a request to be let in."""
        asked = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid profile email courses:read",
            "state": "a state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "nonce": "n-1",
        }
        return {name: value for name, value in {**asked, **changes}.items() if value is not None}

    def decide(self, decision: str = "allow", **changes: Any) -> dict[str, str]:
        """Return what the browser brings back to the client."""
        reply = self.person.post("/api/oauth/authorize", {**self.asks(**changes), "decision": decision})
        return brought(reply.data["redirectTo"])

    def session(self, **more: Any) -> OAuth2Client:
        """Return the client's own library."""
        return OAuth2Client(
            self.client_id,
            self.secret,
            transport=transport(self.person),
            base_url="https://api.lyceum.test",
            code_challenge_method="S256",
            redirect_uri=self.redirect_uri,
            **more,
        )

    def send(self, path: str, **fields: Any) -> Reply:
        """Post a form to the server with the client's secret in it."""
        own = {"client_id": self.client_id, **({"client_secret": self.secret} if self.secret else {})}
        return post_form(self.person, path, {**own, **fields})

    def exchange(self, code: str, **changes: Any) -> Reply:
        """Exchange a code."""
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        return self.send("/api/oauth/token", **{**fields, "code_verifier": VERIFIER, **changes})

    def tokens(self, **changes: Any) -> dict[str, Any]:
        """Go through all of it; returns the tokens."""
        reply = self.exchange(self.decide(**changes)["code"])
        assert reply.status == 200, reply.body
        found: dict[str, Any] = reply.json
        return found

    def with_token(self, token: str) -> "Bearer":
        """Return a caller with an access token of the app."""
        return Bearer(Client(self.person.cloud, self.person.tenant), token)


@dataclass
class Bearer:
    """A caller with a token."""

    client: Client
    token: str

    def send(self, method: str, path: str, body: Any = None) -> Reply:
        """Send a request with the token."""
        return self.client.send(method, path, body, None, {"authorization": f"Bearer {self.token}"})


def post_form(client: Client, path: str, fields: dict[str, Any], **headers: str) -> Reply:
    """Post a form as nobody who is signed in."""
    nobody = Client(client.cloud, client.tenant)
    body = str(httpx.QueryParams(fields))
    return nobody.send("POST", path, body, None, {"content-type": FORM, **headers})


def brought(address: str) -> dict[str, str]:
    """Return the parameters that stand in an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def register(client: Client, person: Client, **changes: Any) -> App:
    """Register a client as an administrator."""
    wanted = {"name": "Timetable", "redirectUris": [BACK], "scopes": list(SCOPES), "actsAlone": False, **changes}
    made = client.as_("admin").post("/api/admin/oauth-clients", wanted).data
    return App(person, made["clientId"], made.get("clientSecret"), (wanted["redirectUris"] or [BACK])[0])


@pytest.fixture
def app(client: Client) -> App:
    """A client with a secret, and a student in front of it."""
    return register(client, client.as_("student"))


@pytest.fixture
def phone_app(client: Client) -> App:
    """A client that can keep no secret."""
    return register(
        client,
        client.as_("student"),
        isConfidential=False,
        redirectUris=["http://127.0.0.1/back", "org.example.app:/back"],
    )
