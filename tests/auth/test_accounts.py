"""Registration, proof of an address and the signed-in user."""

from collections import Counter

import pytest

from lyceum.model.users.account import User
from tests.auth.conftest import ADA, PASSWORD, Post, Visitor, prove
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once, status_of
from tests.support.tokens import proven

from functions.auth import accounts
from functions.auth.schemas import Register


def test_a_registered_user_signs_in_and_sees_herself(client: Client) -> None:
    made = client.post("/api/auth/register", ADA)
    assert made.status == 201
    assert made.data["email"] == "Ada@example.com"
    signed_in = client.post("/api/auth/login", {"identifier": "ADA.L", "password": ADA["password"]})
    assert signed_in.data["user"]["userId"] == made.data["userId"]
    assert (
        signed_in.cookies[0].startswith("refresh_token=")
        and "HttpOnly; Secure; SameSite=Strict" in signed_in.cookies[0]
    )
    caller = proven(signed_in.data["accessToken"])
    assert (caller.user_id, caller.tenant, caller.role) == (made.data["userId"], client.tenant, "student")


def test_a_tenant_says_how_many_one_address_registers(client: Client, clock: Clock) -> None:
    def register(number: int) -> int:
        person = {**ADA, "email": f"pupil{number}@example.com", "username": f"pupil{number}"}
        return client.post("/api/auth/register", person).status

    def allow(most: int) -> None:
        body = {"values": {"registrationsHourly": most}, "reason": "The first day of school."}
        assert client.as_("super_admin").put("/api/admin/settings", body).status == 200
        clock.advance(seconds=11)

    allow(2)
    assert [register(number) for number in range(3)] == [201, 201, 429]
    allow(30)
    assert [register(number) for number in range(3, 5)] == [201, 201]
    clock.advance(hours=1)
    allow(1)
    assert [register(number) for number in range(5, 7)] == [201, 429]


def test_every_wrong_field_is_named(client: Client) -> None:
    refused = client.post("/api/auth/register", {**ADA, "email": "nobody", "password": "short", "surprise": 1})
    assert (refused.status, refused.error.code) == (400, "VALIDATION_ERROR")
    assert refused.error.fields == {"email", "password", "surprise"}


def test_a_taken_name_is_a_conflict_and_leaves_nothing_behind(client: Client, tenant: str) -> None:
    client.post("/api/auth/register", ADA)
    before = len(client.cloud.items(tenant))
    refused = client.post("/api/auth/register", {**ADA, "email": "other@example.com", "username": "ADA.L"})
    assert (refused.status, refused.error.code) == (409, "ACCOUNT_EXISTS")
    assert len(client.cloud.items(tenant)) == before


def test_weak_passwords_are_refused(client: Client) -> None:
    for password, rule in (("password123", "PASSWORD_TOO_COMMON"), ("ada@example.com", "PASSWORD_HOLDS_NAME")):
        refused = client.post("/api/auth/register", {**ADA, "password": password})
        assert refused.status == 422 and refused.error.fields == {rule}


def test_wrong_and_unknown_get_the_same_words(client: Client) -> None:
    client.post("/api/auth/register", ADA)
    wrong = client.post("/api/auth/login", {"identifier": "ada.l", "password": "not this one"})
    unknown = client.post("/api/auth/login", {"identifier": "nobody", "password": "not this one"})
    assert wrong.status == unknown.status == 401
    assert wrong.error == unknown.error


def test_me_costs_one_storage_request(client: Client) -> None:
    me = client.as_("instructor")
    reply = me.get("/api/auth/me")
    assert reply.data["permissions"] and reply.data["session"]["sessionId"] == me.principal.session_id  # type: ignore[union-attr]
    assert reply.cost.operations == ["BatchGetItem"]


def test_two_registrations_of_one_name_at_once_make_one_account(client: Client, tenant: str) -> None:
    wanted = [Register.model_validate({**ADA, "username": f"ada{number}"}) for number in range(4)]
    statuses = at_once(*(lambda body=body: status_of(lambda: accounts.register(body)) for body in wanted))
    assert sorted(statuses) == [200, 409, 409, 409]
    kinds = Counter(item["kind"]["S"] for item in client.cloud.items(tenant))
    assert (kinds["user"], kinds["login_name"], kinds["credential"]) == (1, 2, 1)


@pytest.mark.parametrize("name", [{"phone": "+2348012345678"}, {"schoolId": "GSS/2027/114"}])
def test_no_e_mail_is_needed(client: Client, name: dict[str, str]) -> None:
    fields = {key: value for key, value in ADA.items() if key not in {"email", "username"}}
    made = client.post("/api/auth/register", {**fields, **name}).data
    assert made["username"].startswith("user-")
    (identifier,) = name.values()
    assert client.post("/api/auth/login", {"identifier": identifier.lower(), "password": PASSWORD}).status == 200


@pytest.mark.parametrize("username", ["www.evil.org", "evil.com", "Evil.COM", "a.b.io"])
def test_a_username_is_no_web_address(client: Client, username: str) -> None:
    refused = client.post("/api/auth/register", {**ADA, "username": username})
    assert (refused.status, refused.error.fields) == (400, {"username"})


def test_somebody_must_be_reachable_somehow(client: Client) -> None:
    refused = client.post("/api/auth/register", {key: value for key, value in ADA.items() if key != "email"})
    assert (refused.status, refused.error.code) == (400, "VALIDATION_ERROR")


def test_the_code_of_the_welcome_mail_proves_the_address(client: Client, post: Post) -> None:
    client.post("/api/auth/register", ADA)
    wrong = client.post("/api/auth/verify-email", {"identifier": "ada@example.com", "code": "000000"})
    assert wrong.status == 422
    code = post.code()
    assert post.sent[-1][0] == "Ada@example.com"
    assert client.post("/api/auth/verify-email", {"identifier": "ada@example.com", "code": code}).data == {
        "verified": "email"
    }
    again = client.post("/api/auth/verify-email", {"identifier": "ada@example.com", "code": code})
    assert (again.status, again.error.fields) == (422, {"CODE_WRONG"})
    assert User.require(user_id=Visitor(client).login().data["user"]["userId"]).email_verified_at


def test_a_mail_is_in_the_users_language(client: Client, post: Post) -> None:
    client.post("/api/auth/register", {**ADA, "language": "fr"})
    assert post.bring()[0][1].startswith("Votre code est")  # nothing that a user wrote goes to an unproven address
    prove(client, post)
    client.post("/api/auth/otp", {"identifier": "ada@example.com"})
    assert post.bring()[0][1].startswith("Bonjour Ada,")


def test_the_key_document_and_the_discovery_document_agree(client: Client) -> None:
    found = client.get("/.well-known/openid-configuration").json
    assert found["jwks_uri"] == f"{found['issuer']}/.well-known/jwks.json"
    keys = client.get("/.well-known/jwks.json").json["keys"]
    assert {key["alg"] for key in keys} == set(found["id_token_signing_alg_values_supported"]) == {"ES256"}
