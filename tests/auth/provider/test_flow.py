"""The code flow with a library that others wrote, from discovery to the end of the grant."""

from typing import Any

import jwt
import pytest

from lyceum.kit import context
from lyceum.kit.identity import revocations
from lyceum.model.oauth import AuthorizationCode, OAuthGrant
from tests.auth.provider.conftest import BACK, App, brought, register
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once


def test_authlib_gets_in_refreshes_and_ends(app: App, client: Client) -> None:
    with app.session(scope="openid email courses:read") as theirs:
        found = client.get("/.well-known/openid-configuration").json
        address, state = theirs.create_authorization_url(
            "https://api.lyceum.test/api/oauth/consent", code_verifier="v" * 64, nonce="n-9"
        )
        asked = app.person.get("/api/oauth/authorize", brought(address)).data
        assert asked["clientName"] == "Timetable"
        assert asked["wants"][1] == {"scope": "email", "words": "see your e-mail address"}
        back = app.person.post("/api/oauth/authorize", {**brought(address), "decision": "allow"}).data["redirectTo"]
        assert back.startswith(BACK)
        assert brought(back)["iss"] == found["issuer"]
        token = theirs.fetch_token(
            found["token_endpoint"], authorization_response=back, state=state, code_verifier="v" * 64
        )
        claims = verified(client.get("/.well-known/jwks.json").json, token["id_token"], app.client_id)
        assert (claims["sub"], claims["nonce"], claims["iss"]) == (app.person.user_id, "n-9", found["issuer"])
        assert theirs.get(found["userinfo_endpoint"]).json() == {
            "sub": app.person.user_id,
            "email": "student@example.com",
            "email_verified": True,
        }
        again = theirs.refresh_token(found["token_endpoint"])
        assert again["refresh_token"] != token["refresh_token"]
        assert theirs.introspect_token(found["introspection_endpoint"], again["access_token"]).json()["active"]
        assert theirs.revoke_token(found["revocation_endpoint"], again["refresh_token"]).status_code == 200
        assert theirs.introspect_token(found["introspection_endpoint"], again["refresh_token"]).json() == {
            "active": False
        }
    revocations.forget()
    assert app.with_token(again["access_token"]).send("GET", "/api/oauth/userinfo").status == 401


def verified(keys: dict[str, Any], token: str, audience: str) -> dict[str, Any]:
    """Verify an ID token as a client does."""
    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["ES256"], audience=audience)
    return claims


def test_what_it_costs(app: App) -> None:
    asked = app.person.get("/api/oauth/authorize", app.asks())
    assert asked.cost.operations == ["UpdateItem", "BatchGetItem"]  # the first counts the call
    reply = app.person.post("/api/oauth/authorize", {**app.asks(), "decision": "allow"})
    assert reply.cost.operations == ["UpdateItem", "BatchGetItem", "PutItem"]
    exchanged = app.exchange(brought(reply.data["redirectTo"])["code"])
    assert exchanged.cost.operations == ["UpdateItem", "BatchGetItem", "GetItem", "TransactWriteItems"]
    renewed = app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=exchanged.json["refresh_token"])
    assert renewed.cost.operations == ["UpdateItem", "BatchGetItem", "UpdateItem"]


def test_a_public_client_comes_in_by_its_verifier_and_at_any_port(phone_app: App) -> None:
    phone_app.redirect_uri = "http://127.0.0.1:51004/back"
    tokens = phone_app.tokens()
    assert tokens["scope"] == "openid profile email courses:read"
    assert (
        phone_app.with_token(tokens["access_token"]).send("GET", "/api/oauth/userinfo").json["name"] == "Student Test"
    )


def test_a_person_who_declines_is_led_back_without_a_code(app: App) -> None:
    assert app.decide("deny") == {
        "from": "lyceum",
        "error": "access_denied",
        "state": "a state",
        "iss": "https://" + app.person.tenant + ".localhost",
    }


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "users:write"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
    ],
)
def test_a_wrong_request_is_told_to_the_client(app: App, change: dict[str, Any], error: str) -> None:
    asked = app.person.get("/api/oauth/authorize", app.asks(**change)).data
    assert brought(asked["redirectTo"])["error"] == error
    assert app.decide(**change)["error"] == error


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": f"{BACK}&more=1"},
        {"redirect_uri": "https://app.example.org/back"},
        {"redirect_uri": "https://evil.example.org/back?from=lyceum"},
        {"redirect_uri": None},
        {"client_id": "0" * 26},
        {"client_id": None},
    ],
)
def test_nobody_is_led_to_an_address_that_is_not_the_clients(app: App, change: dict[str, Any]) -> None:
    assert app.person.get("/api/oauth/authorize", app.asks(**change)).status == 400
    assert app.person.post("/api/oauth/authorize", {**app.asks(**change), "decision": "allow"}).status == 400


def test_a_code_is_good_once_and_a_second_use_ends_what_the_first_began(app: App) -> None:
    code = app.decide()["code"]
    tokens = app.exchange(code).json
    again = app.exchange(code)
    assert (again.status, again.json["error"]) == (400, "invalid_grant")
    assert app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status == 400
    revocations.forget()
    assert app.send("/api/oauth/introspect", token=tokens["access_token"]).json == {"active": False}


def test_of_exchanges_at_once_one_at_most_gets_tokens(app: App) -> None:
    code = app.decide()["code"]
    replies = at_once(*[lambda: app.exchange(code)] * 3)
    assert sorted(reply.status for reply in replies)[-2:] == [400, 400]


def test_an_old_token_lets_no_app_in_and_may_refuse_one(clock: Clock, app: App) -> None:
    clock.advance(minutes=6)
    body = {**app.asks(), "decision": "allow"}
    refused = app.person.post("/api/oauth/authorize", body)
    assert (refused.status, refused.error.code) == (403, "CONFIRMATION_REQUIRED")
    denied = app.person.post("/api/oauth/authorize", body | {"decision": "deny"})
    assert "error=access_denied" in denied.data["redirectTo"]


def test_a_code_ends_after_a_minute(clock: Clock, app: App) -> None:
    code = app.decide()["code"]
    clock.advance(seconds=61)
    assert app.exchange(code).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": "w" * 64},
        {"code_verifier": "short"},
        {"code_verifier": None},
        {"redirect_uri": "https://app.example.org/back"},
        {"code": "another"},
    ],
)
def test_a_code_without_its_proof_is_worth_nothing(app: App, change: dict[str, Any]) -> None:
    code = app.decide()["code"]
    fields = {name: value for name, value in {"code": code, **change}.items() if name == "code" or value is not None}
    if "code_verifier" in change and change["code_verifier"] is None:
        fields["code_verifier"] = ""
    assert app.exchange(**fields).json["error"] == "invalid_grant"


def test_a_code_is_for_the_client_that_it_was_given_to(app: App, client: Client) -> None:
    other = register(client, app.person, name="Other")
    assert other.exchange(app.decide()["code"]).json["error"] == "invalid_grant"


def test_a_spent_refresh_token_that_comes_back_later_ends_the_grant(clock: Clock, app: App) -> None:
    first = app.tokens()["refresh_token"]
    second = app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=first).json["refresh_token"]
    lost = app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=first)
    assert lost.json["refresh_token"] == second
    clock.advance(seconds=21)
    assert app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=first).status == 400
    assert app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=second).status == 400


def test_refreshing_narrows_and_never_widens(app: App) -> None:
    token = app.tokens()["refresh_token"]
    narrow = app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=token, scope="courses:read").json
    assert narrow["scope"] == "courses:read"
    wide = app.send(
        "/api/oauth/token", grant_type="refresh_token", refresh_token=narrow["refresh_token"], scope="study:read"
    )
    assert wide.json["error"] == "invalid_scope"


def test_whoever_is_suspended_is_refreshed_no_more(app: App, client: Client) -> None:
    tokens = app.tokens()
    client.as_("admin").post(f"/api/users/{app.person.user_id}/suspend", {"reason": "left the school"})
    refreshed = app.send("/api/oauth/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json["error"] == "invalid_grant"


def test_a_person_sees_and_takes_back_what_was_allowed(app: App, client: Client) -> None:
    tokens = app.tokens()
    (grant,) = app.person.get("/api/oauth/grants").data["grants"]
    assert (grant["clientName"], "courses:read" in grant["scopes"]) == ("Timetable", True)
    assert client.as_("eve", "student").delete(f"/api/oauth/grants/{grant['grantId']}").status == 404
    assert app.person.delete(f"/api/oauth/grants/{grant['grantId']}").status == 200
    assert app.with_token(tokens["access_token"]).send("GET", "/api/oauth/userinfo").status in {200, 401}
    assert app.send("/api/oauth/introspect", token=tokens["refresh_token"]).json == {"active": False}
    assert app.person.get("/api/oauth/grants").data["grants"] == []


def test_what_is_stored_is_no_code_and_no_secret(app: App) -> None:
    code = app.decide()["code"]
    with context.working(context.RequestContext(app.person.tenant)):
        assert AuthorizationCode.fetch(code_hash=code) is None
        app.exchange(code)
        assert OAuthGrant.fetch(user_id=app.person.user_id, grant_id="none") is None


def test_the_page_admits_its_own_script_alone(client: Client) -> None:
    reply = client.get("/api/oauth/consent", {"client_id": "x", "prompt": "login"}, accept_language="fr-FR,en")
    assert "Autoriser cette application" in reply.body
    policy = reply.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'sha256-" in policy
