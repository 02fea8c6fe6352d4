"""Clients: who may be registered, how they prove themselves, and what each token may do."""

import base64
from typing import Any

import pytest

from lyceum.kit.identity import tokens as access_tokens
from lyceum.kit.identity.permissions import Permission
from lyceum.kit.identity.scopes import SCOPES
from lyceum.rules.apps.oauth import is_address
from tests.auth.provider.conftest import BACK, App, post_form, register
from tests.support.http import Client, apis


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example.org/back",
        "https://app.example.org:8443/back?x=1",
        "http://127.0.0.1/back",
        "http://localhost:3000/",
        "http://[::1]:4000/back",
        "org.example.app:/back",
    ],
)
def test_addresses_that_people_may_be_led_back_to(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "http://app.example.org/back",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "/back",
            "",
            "app:/back",
        ),
        *(
            "https://app.example.org/back#x",
            "https://user@app.example.org/",
            "https://app.example.org/\n",
            "ftp://x.org/",
        ),
        *("http://localhost.example.org/", "https://app.example.org\\@evil.org/", "https://app.example.org:99999/"),
    ],
)
def test_addresses_that_nobody_is_led_to(address: str, client: Client) -> None:
    assert not is_address(address)
    wanted = {"name": "App", "redirectUris": [address], "scopes": ["openid"]}
    assert client.as_("admin").post("/api/admin/oauth-clients", wanted).error.code == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": ["users:write"]},
        {"scopes": []},
        {"redirectUris": []},
        {"actsAlone": True, "isConfidential": False},
    ],
)
def test_a_client_that_makes_no_sense_is_refused(client: Client, change: dict[str, Any]) -> None:
    wanted = {"name": "App", "redirectUris": [BACK], "scopes": ["openid"], **change}
    assert client.as_("admin").post("/api/admin/oauth-clients", wanted).error.code == "VALIDATION_ERROR"


def test_a_secret_is_shown_once_and_goes_with_its_client(app: App, client: Client) -> None:
    admin = client.as_("admin")
    (listed,) = admin.get("/api/admin/oauth-clients").data["clients"]
    assert "clientSecret" not in listed
    tokens = app.tokens()
    assert admin.delete(f"/api/admin/oauth-clients/{app.client_id}").status == 200
    assert admin.delete(f"/api/admin/oauth-clients/{app.client_id}").status == 404
    assert app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status == 401


def test_clients_prove_themselves_by_header_or_form_and_not_by_both(app: App) -> None:
    encoded = base64.b64encode(f"{app.client_id}:{app.secret}".encode()).decode()
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    by_header = post_form(app.person, "/api/oauth/token", form, authorization=f"Basic {encoded}")
    assert by_header.json["error"] == "invalid_grant"
    both = {**form, "client_id": app.client_id, "client_secret": app.secret}
    assert post_form(app.person, "/api/oauth/token", both, authorization=f"Basic {encoded}").status == 401
    refused = post_form(app.person, "/api/oauth/token", {**both, "client_secret": "wrong"})
    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    assert refused.headers["WWW-Authenticate"] == 'Basic realm="lyceum"'
    for header in ("Basic", "Basic !!", f"Basic {base64.b64encode(b'nobody').decode()}"):
        assert post_form(app.person, "/api/oauth/token", form, authorization=header).status == 401
    assert post_form(app.person, "/api/oauth/token", form).status == 401
    assert post_form(app.person, "/api/oauth/token", {**form, "client_id": app.client_id}).status == 401


def test_a_client_of_another_tenant_is_nobody_here(app: App, client: Client) -> None:
    elsewhere = client.of("elsewhere")
    app.person = elsewhere.as_("student")
    assert app.person.get("/api/oauth/authorize", app.asks()).error.code == "CLIENT_UNKNOWN"
    assert app.send("/api/oauth/token", grant_type="client_credentials").status == 401


def test_a_client_that_acts_alone_reads_what_everybody_may(client: Client) -> None:
    robot = register(client, client.as_("student"), redirectUris=[], actsAlone=True)
    tokens = robot.send("/api/oauth/token", grant_type="client_credentials").json
    assert "courses:write" not in tokens["scope"].split()
    assert "refresh_token" not in tokens
    caller = robot.with_token(tokens["access_token"])
    assert caller.send("GET", "/api/notifications").status == 200
    assert caller.send("GET", "/api/oauth/userinfo").status == 403
    assert robot.send("/api/oauth/introspect", token=tokens["access_token"]).json["active"]
    assert robot.send("/api/oauth/token", grant_type="client_credentials", scope="users:read").status == 400


def test_unknown_ways_are_told_in_the_standards_words(app: App) -> None:
    assert app.send("/api/oauth/token", grant_type="password").json["error"] == "unsupported_grant_type"
    assert app.send("/api/oauth/token", grant_type="client_credentials").json["error"] == "unauthorized_client"
    twice = Client(app.person.cloud, app.person.tenant).send(
        "POST",
        "/api/oauth/token",
        "grant_type=a&grant_type=b",
        None,
        {"content-type": "application/x-www-form-urlencoded"},
    )
    assert (twice.status, twice.json["error"]) == (400, "invalid_request")
    for text in ("..1.x", "a.b.c", "....", "a.b.1.é", "a.b.99999999999.x"):
        assert app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=text).status == 400


def test_a_token_of_an_app_does_what_its_scopes_say_and_no_more(app: App) -> None:
    caller = app.with_token(app.tokens(scope="openid courses:read")["access_token"])
    assert caller.send("GET", "/api/courses/enrolled").status != 403
    for method, path in [
        ("GET", "/api/auth/me"),
        ("GET", "/api/auth/sessions"),
        ("POST", "/api/auth/update-password"),
        ("GET", "/api/oauth/authorize"),
        ("GET", "/api/oauth/grants"),
        ("GET", f"/api/users/{app.person.user_id}"),
        ("GET", "/api/notifications"),
        ("GET", "/api/study/goals"),
    ]:
        refused = caller.send(method, path, {} if method == "POST" else None)
        assert (refused.status, refused.error.code) == (403, "INSUFFICIENT_SCOPE"), path
        assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


def test_no_scope_opens_a_route_that_administers_or_shows_keys(client: Client) -> None:
    app = register(client, client.as_("super_admin"))
    token = app.tokens(scope=" ".join(SCOPES))["access_token"]
    holder = access_tokens.holder(token)
    assert holder.role == "moderator"
    assert not any(holder.may(each) for each in (Permission.MANAGE_USERS, Permission.SEE_ANSWER_KEYS))
    caller = app.with_token(token)
    guarded = [route for api in apis() for route in api.routes if route.access.afresh]
    assert guarded
    passed = [route.path for route in guarded if caller.send(route.method, route.path.replace("{", "").replace("}", ""),
              {} if route.method not in {"GET", "DELETE"} else None).status not in {401, 403, 404}]  # fmt: skip
    assert passed == []


def test_an_id_token_is_no_access_token(app: App) -> None:
    assert app.with_token(app.tokens()["id_token"]).send("GET", "/api/oauth/userinfo").status == 401
