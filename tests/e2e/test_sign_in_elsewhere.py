"""Sign-in by others and apps in the deployed stack: an OpenID provider lets somebody in, who lets an app in."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_provider_mock import User, run_server_in_thread

from tests.e2e.conftest import Remote, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
BACK = "https://timetable.example.org/back"
VERIFIER = "v" * 64
ADA = User(sub="ada-e2e", claims={"email": "ada@elsewhere.example.org", "email_verified": True, "given_name": "Ada"})


@pytest.fixture
def issuer() -> Iterator[str]:
    """An OpenID provider on this machine, which a local stack may call."""
    with run_server_in_thread(user_claims=(ADA,)) as server:
        yield f"http://localhost:{server.server_port}"


def one_each(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def visit(stack: Stack, method: str, path: str, **more: Any) -> httpx.Response:
    """Send a request as a browser does, and follow nothing."""
    headers = {**({"host": stack.host} if stack.host else {}), **more.pop("headers", {})}
    return httpx.request(method, stack.facts["apiUrl"] + path, headers=headers, timeout=60, **more)


def test_a_provider_lets_somebody_in_who_lets_an_app_in(stack: Stack, issuer: str) -> None:
    admin = stack.as_("admin")
    wanted = {"protocol": "oidc", "name": "School", "issuer": issuer, "clientId": "lyceum", "clientSecret": "s"}
    assert admin.send("PUT", "/api/admin/identity-providers/school", wanted, {}).status == 200
    ada = signed_in(stack)
    assert ada.get("/api/auth/me").data["email"] == "ada@elsewhere.example.org"
    assert [link["provider"] for link in ada.get("/api/auth/social/links").data["links"]] == ["school"]
    registration = {"name": "Timetable", "redirectUris": [BACK], "scopes": ["openid", "email", "courses:read"]}
    client = admin.post("/api/admin/oauth-clients", registration).data
    tokens = let_in(stack, ada, client)
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    assert visit(stack, "GET", "/api/oauth/userinfo", headers=bearer).json()["email"] == "ada@elsewhere.example.org"
    refused = visit(stack, "GET", "/api/auth/sessions", headers=bearer)
    assert refused.json()["error"]["code"] == "INSUFFICIENT_SCOPE"
    (grant,) = ada.get("/api/oauth/grants").data["grants"]
    assert ada.send("DELETE", f"/api/oauth/grants/{grant['grantId']}", None, {}).status == 200
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert exchanged(stack, client, again).json()["error"] == "invalid_grant"


def test_doors_of_passkeys_and_saml_are_open(stack: Stack) -> None:
    assert stack.api.post("/api/auth/passkeys/login/options").data["publicKey"]["challenge"]
    metadata = visit(stack, "GET", "/api/saml/metadata")
    assert "EntityDescriptor" in metadata.text
    assert visit(stack, "POST", "/api/saml/acs", data={"SAMLResponse": "PGEvPg=="}).status_code == 400
    assert "consent" in visit(stack, "GET", "/api/oauth/consent").text


def signed_in(stack: Stack) -> Remote:
    """Sign Ada in at the provider; returns her client."""
    start = visit(stack, "GET", "/api/auth/social/school/start")
    there = httpx.post(start.headers["location"], data={"sub": ADA.sub}, follow_redirects=False)
    cookie = start.headers["set-cookie"].partition(";")[0]
    query = one_each(there.headers["location"])
    back = visit(stack, "GET", "/api/auth/social/school/callback", params=query, headers={"cookie": cookie})
    assert back.status_code == 302, back.text
    kept = next(each for each in back.headers.get_list("set-cookie") if each.startswith("refresh_token="))
    token = kept.partition(";")[0].partition("=")[2]
    renewed = stack.api.post("/api/auth/refresh", {"refreshToken": token}).data
    return Remote(stack.facts["apiUrl"], token=renewed["accessToken"], host=stack.host)


def let_in(stack: Stack, person: Remote, client: dict[str, Any]) -> dict[str, Any]:
    """Let an app in; returns its tokens."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": client["clientId"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid email courses:read",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    led = person.post("/api/oauth/authorize", {**asked, "decision": "allow"}).data["redirectTo"]
    fields = {"grant_type": "authorization_code", "code": one_each(led)["code"], "redirect_uri": BACK}
    reply = exchanged(stack, client, {**fields, "code_verifier": VERIFIER})
    assert reply.status_code == 200, reply.text
    tokens: dict[str, Any] = reply.json()
    return tokens


def exchanged(stack: Stack, client: dict[str, Any], fields: dict[str, str]) -> httpx.Response:
    pair = base64.b64encode(f"{client['clientId']}:{client['clientSecret']}".encode()).decode()
    return visit(stack, "POST", "/api/oauth/token", data=fields, headers={"authorization": f"Basic {pair}"})
