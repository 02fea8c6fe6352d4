"""Registration, sign-in and the signed-in user."""

from lyceum.identity import tokens
from tests.kit.http import Client
from tests.kit.time import Clock

ADA = {"email": "Ada@Example.com", "username": "ada.l", "password": "a long engine of brass", "firstName": "Ada", "lastName": "Lovelace"}


def test_a_registered_user_signs_in_and_sees_herself(client: Client) -> None:
    made = client.post("/api/auth/register", ADA)
    assert made.status == 201
    assert made.data["email"] == "ada@example.com"
    signed_in = client.post("/api/auth/login", {"identifier": "ADA.L", "password": ADA["password"]})
    assert signed_in.data["user"]["userId"] == made.data["userId"]
    assert signed_in.cookies[0].startswith("refresh_token=") and "HttpOnly; Secure; SameSite=Strict" in signed_in.cookies[0]
    caller = tokens.verify(signed_in.data["accessToken"])
    assert (caller.user_id, caller.tenant, caller.role) == (made.data["userId"], client.tenant, "student")


def test_every_wrong_field_is_named(client: Client) -> None:
    refused = client.post("/api/auth/register", {**ADA, "email": "nobody", "password": "short", "surprise": 1})
    assert (refused.status, refused.error.code) == (400, "VALIDATION_ERROR")
    assert refused.error.fields == {"email", "password", "surprise"}


def test_a_taken_name_is_a_conflict_and_leaves_nothing_behind(client: Client, tenant: str) -> None:
    client.post("/api/auth/register", ADA)
    before = len(client.cloud.items(tenant))
    refused = client.post("/api/auth/register", {**ADA, "email": "other@example.com", "username": "ADA.L"})
    assert (refused.status, refused.error.code) == (409, "ACCOUNT_EXISTS")
    assert len(client.cloud.items(tenant)) == before + 0


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


def test_failures_lock_for_a_while_and_then_end(client: Client, clock: Clock) -> None:
    client.post("/api/auth/register", ADA)
    for _ in range(5):
        client.post("/api/auth/login", {"identifier": "ada.l", "password": "not this one"})
    locked = client.post("/api/auth/login", {"identifier": "ada.l", "password": ADA["password"]})
    assert locked.status == 423 and int(locked.headers["Retry-After"]) == 16
    clock.advance(seconds=16)
    assert client.post("/api/auth/login", {"identifier": "ada.l", "password": ADA["password"]}).status == 200


def test_me_costs_one_storage_request(client: Client) -> None:
    me = client.as_("instructor")
    reply = me.get("/api/auth/me")
    assert reply.data["permissions"] and reply.data["session"]["sessionId"] == me.principal.session_id  # type: ignore[union-attr]
    assert reply.cost.operations == ["BatchGetItem"]


def test_login_costs_three_requests_one_of_them_a_transaction(client: Client) -> None:
    client.post("/api/auth/register", ADA)
    limit, *operations = client.post("/api/auth/login", {"identifier": "ada.l", "password": ADA["password"]}).cost.operations
    assert limit == "UpdateItem"
    assert operations == ["GetItem", "BatchGetItem", "TransactWriteItems"]
