"""Sign-in at an OpenID provider: the way there and back, accounts that follow, links, and what attackers try."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from lyceum.kit import clock as kit_clock
from lyceum.kit import context
from lyceum.kit.errors import BadRequest
from lyceum.kit.table import Unit
from lyceum.model.auth import Credential, LinkedIdentity, LoginName
from lyceum.model.federation import FederatedIdentity, IdentityProvider
from lyceum.model.users.account import User
from tests.auth.conftest import Post, Visitor, prove, signed_in
from tests.auth.federation.conftest import Browser, SetUp, consent, fragment
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply
from tests.support.threads import at_once

from functions.auth.federation import links, openid, people
from functions.auth.federation.people import Person


def refreshed(browser: Browser, reply: Reply) -> Client:
    """Return the client of a session that a sign-in began."""
    cookie = next(each for each in reply.cookies if each.startswith("refresh_token=")).partition(";")[0]
    return signed_in(browser.client, browser.client.post("/api/auth/refresh", {}, cookie=cookie))


def test_somebody_new_gets_an_account_and_comes_back_to_it(browser: Browser) -> None:
    first = browser.sign_in("ada-1", returnTo="/courses?week=1")
    assert (first.status, first.headers["Location"]) == (302, "/courses?week=1")
    me = refreshed(browser, first).get("/api/auth/me").data
    assert (me["email"], me["firstName"], me["role"]) == ("ada@example.com", "Ada", "student")
    assert me["emailVerifiedAt"]
    again = refreshed(browser, browser.sign_in("ada-1")).get("/api/auth/me").data
    assert again["userId"] == me["userId"]


def test_what_is_asked_of_the_provider_and_what_it_costs(browser: Browser) -> None:
    reply = browser.client.get("/api/auth/social/school/start")
    assert reply.cost.operations == ["UpdateItem", "GetItem", "PutItem"]
    assert "SameSite=Lax" in reply.cookies[0]
    browser.start()
    assert {"state", "nonce", "code_challenge"} <= set(browser.asked)
    assert browser.asked["code_challenge_method"] == "S256"
    browser.sign_in("ada-1")
    known = browser.sign_in("ada-1")
    assert known.cost.operations == [
        *("UpdateItem", "BatchGetItem", "GetItem", "GetItem", "Query", "TransactWriteItems"),
    ]


@pytest.mark.usefixtures("ada")
def test_an_account_with_the_same_proven_address_is_linked_after_a_second_step_and_its_owner_is_told(
    browser: Browser, client: Client, cloud: Cloud, post: Post
) -> None:
    prove(client, post)
    asked = fragment(browser.sign_in("ada-1"))
    assert asked["methods"] == "email"
    with context.working(context.RequestContext(client.tenant)):
        name = LoginName.require(name="ada@example.com")
        assert LinkedIdentity.fetch(user_id=name.user_id, provider="school") is None
    body = {"challengeToken": asked["challengeToken"], "code": post.code()}
    owner = signed_in(client, client.post("/api/auth/login/2fa", body))
    assert [link["provider"] for link in owner.get("/api/auth/social/links").data["links"]] == ["school"]
    cloud.published(client.tenant)
    assert owner.delete("/api/auth/social/links/school").status == 200
    told = [
        json.loads(each["Detail"]) for each in cloud.published(client.tenant) if each["DetailType"] == "way_in.changed"
    ]
    assert [(each["userId"], each["change"], each["label"]) for each in told] == [
        (owner.user_id, "identity_linked", "School"),
        (owner.user_id, "identity_unlinked", "School"),
    ]


def test_who_is_linked_comes_in_by_the_provider_and_by_the_password(
    browser: Browser, ada: Visitor, client: Client, post: Post
) -> None:
    prove(client, post)
    asked = fragment(browser.sign_in("ada-1"))
    body = {"challengeToken": asked["challengeToken"], "code": post.code()}
    owner = signed_in(client, client.post("/api/auth/login/2fa", body))
    assert refreshed(browser, browser.sign_in("ada-1")).user_id == owner.user_id
    assert ada.login().status == 200


def test_an_account_whose_address_nobody_proved_is_not_taken_over(browser: Browser, ada: Visitor) -> None:
    assert browser.sign_in("ada-1").error.code == "ACCOUNT_EXISTS"
    assert ada.login().status == 200


def test_an_address_that_the_provider_did_not_prove_links_nothing(browser: Browser, client: Client, post: Post) -> None:
    client.post(
        "/api/auth/register",
        {
            "email": "bob@example.com",
            "username": "bob",
            "password": "a long engine of brass",
            "firstName": "B",
            "lastName": "B",
        },
    )
    prove(client, post, "bob@example.com")
    me = refreshed(browser, browser.sign_in("bob-2")).get("/api/auth/me").data
    assert "email" not in me
    assert me["username"] != "bob"


def test_a_tenant_may_vouch_for_its_own_domain_and_map_roles(set_up: SetUp, client: Client, issuer: str) -> None:
    set_up(domains=["example.com"], vouchesForDomains=True, roleClaim="name", roleMap={"Bob": "instructor"})
    me = refreshed(Browser(client), Browser(client).sign_in("bob-2")).get("/api/auth/me").data
    assert (me["email"], me["role"]) == ("bob@example.com", "instructor")


def test_a_tenant_may_let_nobody_unknown_in(set_up: SetUp, client: Client) -> None:
    set_up(createsAccounts=False)
    assert Browser(client).sign_in("ada-1").error.code == "NO_ACCOUNT"


def test_whoever_is_suspended_stays_outside(browser: Browser, client: Client) -> None:
    user = refreshed(browser, browser.sign_in("ada-1"))
    client.as_("admin").post(f"/api/users/{user.user_id}/suspend", {"reason": "left the school"})
    assert browser.sign_in("ada-1").error.code == "ACCOUNT_SUSPENDED"


def test_two_first_callbacks_at_once_make_one_account(browser: Browser, tenant: str) -> None:
    provider = IdentityProvider.require(provider="school")
    person = Person("twice", "twice@example.com", "T", "W")
    found = at_once(*[lambda: people.account_of(provider, person).user.user_id] * 3)
    assert len(set(found)) == 1


def test_a_state_is_good_once_in_its_own_browser_and_for_ten_minutes(browser: Browser, clock: Clock) -> None:
    clock.move_to(datetime.now(UTC))
    query = consent(browser.start(), "ada-1")
    assert browser.back(query, "other").error.code == "SIGN_IN_OVER"
    assert Browser(browser.client).back(query).error.code == "SIGN_IN_OVER"
    assert browser.back(query).status == 302
    assert browser.back(query).error.code == "SIGN_IN_OVER"
    late = browser.start()
    clock.advance(minutes=11)
    assert browser.back({"state": browser.asked["state"], "code": "x"}).error.code == "SIGN_IN_OVER"
    assert late


def test_a_refusal_of_the_provider_is_told_where_the_browser_goes_on(browser: Browser) -> None:
    browser.start(returnTo="/in")
    reply = browser.back({"state": browser.asked["state"], "error": "access_denied"})
    assert reply.headers["Location"] == "/in#error=access_denied"


def test_a_code_of_nobody_and_a_mixed_up_issuer_sign_nobody_in(browser: Browser) -> None:
    browser.start()
    assert browser.back({"state": browser.asked["state"], "code": "made up"}).error.code == "SIGN_IN_NOT_CONFIRMED"
    query = consent(browser.start(), "ada-1")
    assert browser.back({**query, "iss": "https://evil.example.org"}).error.code == "SIGN_IN_NOT_CONFIRMED"
    assert browser.back(query).error.code == "SIGN_IN_OVER", "what was refused comes back no more"


def test_of_two_that_bring_a_sign_in_at_once_one_at_most_gets_a_session(browser: Browser) -> None:
    browser.sign_in("ada-1")
    query = consent(browser.start(), "ada-1")
    replies = at_once(*[lambda: browser.back(query)] * 2)
    assert {each.status for each in replies} <= {302, 400}
    assert [each.status for each in replies].count(302) <= 1
    assert browser.back(query).error.code == "SIGN_IN_OVER"


@pytest.mark.parametrize(
    "path", ["//evil.example.org", "https://evil.example.org", "/\\evil.example.org", "evil", "/a\nb", "javascript:x"]
)
def test_nobody_is_led_to_another_site(browser: Browser, path: str) -> None:
    assert browser.client.get("/api/auth/social/school/start", {"returnTo": path}).status == 400


def test_people_of_a_mail_domain_are_shown_their_own_provider(set_up: SetUp, client: Client) -> None:
    set_up("school", domains=["School.example.org"])
    set_up("other")
    ways = client.get("/api/auth/social/providers", {"email": "ada@school.example.org"}).data["providers"]
    assert [way["provider"] for way in ways] == ["school"]
    assert len(client.get("/api/auth/social/providers").data["providers"]) == 2


def test_a_secret_is_shown_to_nobody_and_stays_when_it_is_left_out(set_up: SetUp, client: Client, tenant: str) -> None:
    set_up()
    assert set_up(clientSecret=None, name="Again").status == 200
    (shown,) = client.as_("admin").get("/api/admin/identity-providers").data["providers"]
    assert (shown["hasSecret"], shown["name"]) == (True, "Again")
    assert "a secret" not in str(shown)
    assert "a secret" not in str(IdentityProvider.require(provider="school").client_secret)
    assert client.as_("admin").delete("/api/admin/identity-providers/school").status == 200
    assert client.get("/api/auth/social/school/start").status == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"clientId": None}, "VALIDATION_ERROR"),
        ({"issuer": None}, "VALIDATION_ERROR"),
        ({"issuer": "https://169.254.169.254"}, "PROVIDER_ADDRESS"),
        ({"domains": ["not a domain"]}, "VALIDATION_ERROR"),
        ({"roleMap": {"x": "admin"}}, "VALIDATION_ERROR"),
        ({"protocol": "saml"}, "VALIDATION_ERROR"),
    ],
)
def test_a_provider_that_makes_no_sense_is_refused(set_up: SetUp, change: dict[str, Any], code: str) -> None:
    assert set_up(**change).error.code == code


def test_an_issuer_that_calls_itself_otherwise_is_refused(set_up: SetUp, issuer: str) -> None:
    assert set_up(issuer=f"{issuer}/").error.code == "SIGN_IN_NOT_CONFIRMED"


def test_the_last_way_in_is_never_unlinked(browser: Browser, client: Client) -> None:
    user = refreshed(browser, browser.sign_in("ada-1"))
    assert user.delete("/api/auth/social/links/school").error.code == "LAST_WAY_IN"
    assert user.delete("/api/auth/social/links/nowhere").error.code == "NOT_FOUND"
    with context.working(context.RequestContext(client.tenant)):
        Unit().put(Credential(user_id=user.user_id, password_hash="x", changed_at=kit_clock.now())).commit()
    assert user.delete("/api/auth/social/links/school").status == 200
    assert user.get("/api/auth/social/links").data["links"] == []
    assert browser.sign_in("ada-1").headers["Location"].startswith("/#challengeToken=")


def test_of_two_links_that_go_at_once_one_stays(browser: Browser, client: Client) -> None:
    user = refreshed(browser, browser.sign_in("ada-1"))
    assert user.principal
    caller = user.principal
    second = {"provider": "b", "provider_name": "B", "issuer": "https://b.example", "subject": "1", "email": None}
    with context.working(context.RequestContext(client.tenant, actor=caller.user_id)):
        unit = Unit()
        people.link(unit, caller.user_id, second)
        unit.commit()

    def gone(provider: str) -> bool:
        try:
            with context.working(context.RequestContext(client.tenant, actor=caller.user_id)):
                links.unlink(caller, provider)
        except Exception:
            return False
        return True

    results = at_once(lambda: gone("school"), lambda: gone("b"))
    assert results.count(True) <= 1
    assert len(user.get("/api/auth/social/links").data["links"]) >= 1


def test_an_identity_belongs_to_one_account(tenant: str) -> None:
    one = {"provider": "p", "provider_name": "P", "issuer": "https://p.example", "subject": "1", "email": None}
    unit = Unit()
    people.link(unit, "u1", one)
    unit.commit()
    second = Unit()
    people.link(second, "u2", one)
    with pytest.raises(Exception, match="another account"):
        second.commit()
    assert FederatedIdentity.require(**_parts("https://p.example", "1")).user_id == "u1"


def _parts(issuer: str, subject: str) -> dict[str, str]:
    guard = people.guard_of(issuer, subject)
    return {"issuer_hash": guard.issuer_hash, "subject_hash": guard.subject_hash}


KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
PROVIDER = IdentityProvider(
    provider="x", protocol="oidc", name="X", issuer="https://x.example", client_id="lyceum", endpoints={"jwks": "here"}
)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {"iss": "https://x.example", "aud": "lyceum", "sub": "1", "iat": now, "exp": now + 300, "nonce": "n"}
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    public = jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    keys = {"keys": [{**public, "kid": "k", "use": "sig"}, {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}]}
    monkeypatch.setattr(openid, "_published", lambda _address, **_more: keys)


@pytest.mark.usefixtures("published")
def test_a_good_id_token_is_read() -> None:
    token = jwt.encode(claims(), KEY, "ES256", {"kid": "k"})
    assert openid.read_id_token(PROVIDER, token, "n")["sub"] == "1"
    several = jwt.encode(claims(aud=["lyceum", "b"], azp="lyceum"), KEY, "ES256", {"kid": "k"})
    assert openid.read_id_token(PROVIDER, several, "n")["sub"] == "1"


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://y.example"},
        {"aud": "somebody"},
        {"aud": ["lyceum", "b"]},
        {"azp": "somebody"},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": ""},
        {"sub": None},
        {"exp": 1000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": int(time.time()) + 3600},
        {"sub": "x" * 300},
    ],
)
def test_an_id_token_that_says_something_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        openid.read_id_token(PROVIDER, jwt.encode(claims(**change), KEY, "ES256", {"kid": "k"}), "n")


@pytest.mark.usefixtures("published")
def test_a_forged_id_token_is_refused() -> None:
    public = KEY.public_key().public_bytes_raw() if hasattr(KEY.public_key(), "public_bytes_raw") else b"k" * 32
    forged = [
        jwt.encode(claims(), OTHER, "ES256", {"kid": "k"}),
        jwt.encode(claims(), KEY, "ES256", {"kid": "unknown"}),
        jwt.encode(claims(), None, "none", {"kid": "k"}),
        jwt.encode(claims(), public, "HS256", {"kid": "k"}),
        jwt.encode(claims(), b"secret" * 6, "HS256", {"kid": "shared"}),
        jwt.encode(claims(), KEY, "ES256", {"kid": "k"})[:-4] + "AAAA",
        *("", "a.b.c", None, 7),
    ]
    for token in forged:
        with pytest.raises(BadRequest):
            openid.read_id_token(PROVIDER, token, "n")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (
            [{"id": 7, "login": "ada", "name": "Ada Lovelace"},
             [{"email": "old@example.com", "primary": False, "verified": True},
              {"email": "ada@example.com", "primary": True, "verified": True}]],
            Person("7", "ada@example.com", "Ada", "Lovelace"),
        ),
        ([{"id": 7, "login": "ada"}, [{"email": "ada@example.com", "primary": True, "verified": False}]],
         Person("7", None, "ada", "")),
    ],
)  # fmt: skip
def test_github_vouches_for_a_primary_verified_address_alone(
    monkeypatch: pytest.MonkeyPatch, answers: list[Any], expected: Person
) -> None:
    waiting = list(answers)
    monkeypatch.setattr(openid.calls, "ask", lambda *_args, **_more: waiting.pop(0))
    provider = IdentityProvider(endpoints={"userinfo": "u", "emails": "e"})
    assert openid._by_github(provider, {"access_token": "t"}) == expected


def test_facebook_never_vouches_for_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"id": "9", "first_name": "Ada", "last_name": "L", "email": "ada@example.com"}
    monkeypatch.setattr(openid.calls, "ask", lambda *_args, **_more: told)
    assert openid._by_facebook(IdentityProvider(endpoints={"userinfo": "u"}), {}) == Person("9", None, "Ada", "L")
    monkeypatch.setattr(openid.calls, "ask", lambda *_args, **_more: {"error": "x"})
    with pytest.raises(BadRequest):
        openid._by_facebook(IdentityProvider(endpoints={"userinfo": "u"}), {})


def test_presets_know_where_they_are(client: Client) -> None:
    for name in ("github", "facebook"):
        wanted = {"protocol": name, "name": name.title(), "clientId": "c", "clientSecret": "s"}
        made = client.as_("admin").put(f"/api/admin/identity-providers/{name}", wanted).data
        assert made["callbackUrl"].endswith(f"/api/auth/social/{name}/callback")
        assert client.get(f"/api/auth/social/{name}/start").headers["Location"].startswith("https://")
    with context.working(context.RequestContext(client.tenant)):
        assert User.fetch(user_id="nobody") is None
