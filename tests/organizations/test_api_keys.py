"""API keys: shown once, scoped, limited, rotated and revoked; they end with the rights of whoever made them."""

import itertools
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.errors import Unauthenticated
from lyceum.kit.identity import api_keys, request_signatures
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.workers import deliver

PATH = "/api/admin/organizations/harbour/api-keys"


def make(head: Client, *scopes: str, **more: object) -> dict[str, str]:
    reply = head.post(PATH, {"label": "timetable", "scopes": list(scopes or ("users:manage",)), **more})
    assert reply.status == 201, reply.body
    made: dict[str, str] = reply.data
    return made


def by(key: str, client: Client, path: str = "/api/users", method: str = "GET", body: object = None) -> Reply:
    return Client(client.cloud, client.tenant).send(method, path, body, None, {"authorization": f"Bearer {key}"})


@pytest.fixture
def head(harbour: Client) -> Client:
    return harbour.as_("admin")


def test_a_key_is_shown_once_and_opens_what_its_scopes_say(harbour: Client, head: Client) -> None:
    made = make(head)
    key = made["apiKey"]
    assert key.startswith("lyk_live_harbour_") and made["hint"] == key[: len(made["hint"])]
    assert by(key, harbour).status == 200
    assert by(key, harbour, "/api/webhooks").error.code == "API_KEY_SCOPE"
    for path in ("/api/auth/me", "/api/auth/sessions", PATH):
        assert by(key, harbour, path).error.code == "API_KEY_SCOPE", path
    shown = head.get(PATH)
    assert shown.cost.operations == ["BatchGetItem", "Query", "Query"]
    assert "apiKey" not in shown.data["keys"][0] and shown.data["keys"][0]["lastUsedAt"]
    secret = key.split("_")[4]
    assert not any(secret in str(item) for item in harbour.cloud.items("harbour"))


def test_keys_are_made_and_renewed_by_who_was_there_a_moment_ago(head: Client, clock: Clock) -> None:
    made = make(head)
    clock.advance(minutes=6)
    for path, body in ((PATH, {"label": "k", "scopes": ["users:manage"]}), (f"{PATH}/{made['keyId']}/rotate", {})):
        refused = head.post(path, body)
        assert (refused.status, refused.error.code) == (403, "CONFIRMATION_REQUIRED")


def test_a_warm_process_asks_nothing_about_a_key(harbour: Client, head: Client) -> None:
    key = make(head, "courses:learn")["apiKey"]
    first = by(key, harbour, "/api/courses/enrolled")
    again = by(key, harbour, "/api/courses/enrolled")
    assert first.status == again.status, first.body
    assert again.cost.operations.count("GetItem") == 0


@pytest.mark.parametrize("scope", ["organization:manage", "tenant:manage"])
def test_no_key_makes_keys_or_acts_as_operator(harbour: Client, scope: str) -> None:
    refused = harbour.as_("super_admin").post(PATH, {"label": "k", "scopes": [scope]})
    assert (refused.status, refused.error.fields) == (400, {"scopes"})


def test_no_key_is_more_than_its_maker_or_faster_than_its_tier(head: Client) -> None:
    for wrong in ({"callsPerMinute": 61}, {"expiresAt": "2020-01-01T00:00:00Z"}, {"scopes": ["no:such"]}):
        assert head.post(PATH, {"label": "k", "scopes": ["users:manage"], **wrong}).status == 400
    for _ in range(5):
        make(head)
    refused = head.post(PATH, {"label": "k", "scopes": ["users:manage"]})
    assert refused.error.fields == {"TOO_MANY_API_KEYS"}


def test_a_key_has_its_own_limit(harbour: Client, head: Client, clock: Clock) -> None:
    key = make(head, callsPerMinute=3)["apiKey"]
    replies = [by(key, harbour) for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert replies[-1].error.fields == {"API_KEY_LIMIT"}
    assert head.get("/api/users").status == 200
    clock.advance(minutes=1)
    assert by(key, harbour).status == 200


def test_a_rotated_key_is_good_beside_its_former_secret_for_a_while(
    harbour: Client, head: Client, clock: Clock
) -> None:
    made = make(head)
    rotated = head.post(f"{PATH}/{made['keyId']}/rotate", {"overlapHours": 2}).data
    clock.advance(seconds=11)
    assert [by(key, harbour).status for key in (made["apiKey"], rotated["apiKey"])] == [200, 200]
    clock.advance(hours=2)
    assert [by(key, harbour).status for key in (made["apiKey"], rotated["apiKey"])] == [401, 200]
    other = harbour.as_("eve", "admin")
    assert other.post(f"{PATH}/{made['keyId']}/rotate", {}).status == 404


def test_a_rotated_key_is_good_at_once_where_the_former_one_was_just_used(harbour: Client, head: Client) -> None:
    made = make(head)
    assert by(made["apiKey"], harbour).status == 200
    for _ in range(2):
        rotated = head.post(f"{PATH}/{made['keyId']}/rotate", {"overlapHours": 2}).data
        assert [by(key, harbour).status for key in (rotated["apiKey"], made["apiKey"])] == [200, 200]
        made = rotated


def test_a_revoked_or_expired_key_is_refused_within_ten_seconds(harbour: Client, head: Client, clock: Clock) -> None:
    made, other = make(head), make(head, "courses:learn", expiresAt="2027-01-11T10:00:00Z")
    assert by(made["apiKey"], harbour).status == 200
    assert head.delete(f"{PATH}/{made['keyId']}").status == 200
    assert by(made["apiKey"], harbour).status == 401, "what administers is read afresh at once"
    clock.advance(seconds=11)
    assert by(made["apiKey"], harbour).status == 401
    clock.advance(hours=1)
    assert by(other["apiKey"], harbour).status == 401


def test_keys_end_with_their_makers_rights(harbour: Client, head: Client, clock: Clock) -> None:
    chief = harbour.as_("super_admin")
    keys = [make(head), make(chief)]
    assert [by(key["apiKey"], harbour).status for key in keys] == [200, 200]
    suspended = chief.post(f"/api/admin/users/{head.user_id}/suspend", {"reason": "left the office"})
    assert suspended.status == 200, suspended.body
    clock.advance(seconds=11)
    assert [by(key["apiKey"], harbour).status for key in keys] == [401, 200]
    assert deliver(harbour.cloud, "harbour", only="organizations") == 0
    listed = {key["keyId"]: key for key in chief.get(PATH).data["keys"]}
    assert listed[keys[0]["keyId"]]["revokedReason"] == "owner"
    clock.advance(hours=1)
    assert [by(key["apiKey"], harbour).status for key in keys] == [401, 200]


def test_a_key_is_good_in_its_own_organisation_alone(harbour: Client, head: Client, client: Client) -> None:
    key = make(head)["apiKey"]
    assert [user["username"] for user in by(key, client).data] == [
        user["username"] for user in by(key, harbour).data
    ], "the key names its tenant, whatever the host"
    forged = api_keys.write(client.tenant, key.split("_")[3], key.split("_")[4])
    assert by(forged, client).status == 401


def test_a_key_of_a_suspended_organisation_is_refused(
    operator: Client, harbour: Client, head: Client, clock: Clock
) -> None:
    key = make(head)["apiKey"]
    assert operator.post("/api/admin/organizations/harbour/suspend", {"reason": "unpaid"}).status == 200
    clock.advance(seconds=11)
    assert by(key, harbour).error.code == "ORGANIZATION_SUSPENDED"


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=220))
def test_what_is_no_key_is_refused_before_storage_is_asked(text: str) -> None:
    with pytest.raises(Unauthenticated):
        api_keys.read(f"lyk_live_{text}")


def test_a_key_with_any_letter_changed_fails_its_checksum() -> None:
    key = api_keys.write("harbour", "0" * 26, api_keys.new_secret())
    assert api_keys.read(key).tenant == "harbour"
    for place, letter in itertools.product(range(len("lyk_live_"), len(key)), "aZ9"):
        changed = key[:place] + letter + key[place + 1 :]
        if changed != key:
            with pytest.raises(Unauthenticated):
                api_keys.read(changed)


def test_a_key_that_must_sign_takes_signed_requests_alone(harbour: Client, head: Client, clock: Clock) -> None:
    made = make(head, mustSign=True)
    assert made["mustSign"]
    key = made["apiKey"]
    secret = key.split("_")[4]

    def send(signature: str | None, query: str = "limit=2") -> int:
        headers = {"authorization": f"Bearer {key}"} | ({"lyceum-signature": signature} if signature else {})
        asked = dict([query.split("=")])
        return Client(harbour.cloud, harbour.tenant).send("GET", "/api/users", None, asked, headers).status

    def signed(query: str = "limit=2", method: str = "GET") -> str:
        return request_signatures.sign(secret, clock.at, method, "/api/users", query, b"")

    assert send(None) == 401
    good = signed()
    assert send(good) == 200
    changed = [signed("limit=3"), signed(method="POST"), good[:-1] + ("0" if good[-1] != "0" else "1"), "v1=x", ""]
    assert [send(each or "t=1") for each in changed] == [401] * 5
    clock.advance(minutes=5)
    assert send(good) == 200
    clock.advance(seconds=1)
    assert send(good) == 401, "what somebody kept back is too old"


def test_a_signature_covers_the_body_and_is_checked_on_keys_that_need_none(
    harbour: Client, head: Client, clock: Clock
) -> None:
    key = make(head)["apiKey"]
    secret = key.split("_")[4]
    body = {"email": "sam@example.com", "firstName": "Sam", "lastName": "Ade", "role": "student"}
    other = json.dumps({**body, "role": "admin"}).encode()
    forged = request_signatures.sign(secret, clock.at, "POST", "/api/admin/users/invite", "", other)
    headers = {"authorization": f"Bearer {key}", "lyceum-signature": forged}
    stranger = Client(harbour.cloud, harbour.tenant)
    assert stranger.send("POST", "/api/admin/users/invite", body, None, headers).status == 401
    assert by(key, harbour).status == 200


@given(st.text(), st.text(), st.binary(), st.text())
def test_a_signature_holds_for_its_own_request_alone(path: str, query: str, body: bytes, secret: str) -> None:
    now = datetime(2027, 1, 11, tzinfo=UTC)
    written = request_signatures.sign(secret, now, "PUT", path, query, body)
    again = request_signatures.sign(secret, now, "PUT", path, query, body + b"x")
    assert written != again
    assert written == request_signatures.sign(secret, now, "PUT", path, query, body)
