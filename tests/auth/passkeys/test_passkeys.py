"""Passkeys with an authenticator in software: registered, used, and what does not fit refused."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.utils import sha256
from soft_webauthn import SoftWebauthnDevice

from lyceum.kit import base64url
from tests.auth.conftest import Post, Visitor, prove, signed_in
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply
from tests.support.threads import at_once

_VERIFIED = 0x04
_FLAGS = 32


class Authenticator(SoftWebauthnDevice):  # type: ignore[misc]
    """An authenticator that verifies who holds it, where it is not told otherwise."""

    verifies = True

    def create(self, options: dict[str, Any], origin: str) -> dict[str, Any]:
        """Make a credential."""
        made: dict[str, Any] = super().create(options, origin)
        if self.verifies:
            attestation = cbor.decode(made["response"]["attestationObject"])
            attestation["authData"] = self._marked(attestation["authData"])
            made["response"]["attestationObject"] = cbor.encode(attestation)
        return made

    def get(self, options: dict[str, Any], origin: str) -> dict[str, Any]:
        """Use it."""
        made: dict[str, Any] = super().get(options, origin)
        if self.verifies:
            told = made["response"]
            told["authenticatorData"] = self._marked(told["authenticatorData"])
            signed = told["authenticatorData"] + sha256(told["clientDataJSON"])
            told["signature"] = self.private_key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return made

    @staticmethod
    def _marked(data: bytes) -> bytes:
        return data[:_FLAGS] + bytes([data[_FLAGS] | _VERIFIED]) + data[_FLAGS + 1 :]


def in_json(value: Any) -> Any:
    """Write what an authenticator made as a browser's `toJSON()` does."""
    if isinstance(value, dict):
        return {name: in_json(inner) for name, inner in value.items()}
    return base64url.encode(value) if isinstance(value, bytes) else value


def asked(reply: Reply) -> dict[str, Any]:
    """Read options as a browser does."""
    options = reply.data["publicKey"]
    options["challenge"] = base64url.decode(options["challenge"])
    if "user" in options:
        options["user"]["id"] = base64url.decode(options["user"]["id"])
    return {"publicKey": options}


def given(made: dict[str, Any]) -> dict[str, Any]:
    """Write a credential as it is sent."""
    return {**in_json(made), "id": base64url.encode(made["rawId"]), "clientExtensionResults": {}}


@pytest.fixture
def person(client: Client) -> Client:
    return client.as_("student")


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


def origin(client: Client) -> str:
    return f"https://{client.tenant}.localhost"


def register(person: Client, device: Authenticator, **changes: Any) -> Reply:
    options = asked(person.post("/api/auth/passkeys/register/options"))
    made = given(device.create(options, changes.get("origin", origin(person))))
    return person.post("/api/auth/passkeys/register/verify", {"name": "My phone", "credential": made})


def use(client: Client, device: Authenticator, **changes: Any) -> dict[str, Any]:
    options = asked(client.post("/api/auth/passkeys/login/options"))
    return given(device.get(options, changes.get("origin", origin(client))))


def enter(client: Client, credential: dict[str, Any], **more: Any) -> Reply:
    return client.post("/api/auth/passkeys/login/verify", {"credential": credential, **more})


def test_a_passkey_is_registered_and_signs_in(client: Client, person: Client, device: Authenticator) -> None:
    made = register(person, device)
    assert (made.status, made.data["name"]) == (201, "My phone")
    reply = enter(client, use(client, device))
    assert signed_in(client, reply).user_id == person.user_id
    assert any(cookie.startswith("refresh_token=") for cookie in reply.cookies)
    (listed,) = person.get("/api/auth/passkeys").data["passkeys"]
    assert listed["lastUsedAt"]
    assert reply.cost.operations == ["UpdateItem", "GetItem", "Query", "GetItem", "TransactWriteItems"]


def test_its_owner_is_told_when_a_passkey_comes_and_goes(
    client: Client, cloud: Cloud, person: Client, device: Authenticator
) -> None:
    register(person, Authenticator())
    name = register(person, device).data["credentialId"]
    cloud.published(client.tenant)
    assert person.delete(f"/api/auth/passkeys/{name}").status == 200
    told = [
        json.loads(each["Detail"]) for each in cloud.published(client.tenant) if each["DetailType"] == "way_in.changed"
    ]
    assert [(each["userId"], each["change"], each["label"]) for each in told] == [
        (person.user_id, "passkey_added", "My phone"),
        (person.user_id, "passkey_added", "My phone"),
        (person.user_id, "passkey_removed", "My phone"),
    ]


def test_options_ask_for_a_verified_holder_and_tell_of_nobody(
    client: Client, person: Client, device: Authenticator
) -> None:
    register(person, device)
    options = person.post("/api/auth/passkeys/register/options").data["publicKey"]
    assert options["rp"]["id"] == f"{client.tenant}.localhost"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert len(options["excludeCredentials"]) == 1
    login = client.post("/api/auth/passkeys/login/options").data["publicKey"]
    assert login.get("allowCredentials", []) == []


def test_whoever_did_not_prove_lately_to_be_the_one_registers_none(person: Client, clock: Clock) -> None:
    clock.advance(days=30)
    assert person.post("/api/auth/passkeys/register/options").error.code in {
        "CONFIRMATION_REQUIRED",
        "UNAUTHENTICATED",
    }


def test_a_holder_that_was_not_verified_is_refused(client: Client, person: Client, device: Authenticator) -> None:
    device.verifies = False
    assert register(person, device).error.fields == {"PASSKEY_WRONG"}
    device.verifies = True
    register(person, device)
    device.verifies = False
    assert enter(client, use(client, device)).error.fields == {"PASSKEY_WRONG"}


@pytest.mark.parametrize("elsewhere", ["https://evil.example.org", "http://localhost", "https://localhost"])
def test_a_passkey_that_was_used_on_another_site_is_refused(
    client: Client, person: Client, device: Authenticator, elsewhere: str
) -> None:
    assert register(person, device, origin=elsewhere).status == 422
    register(person, device)
    assert enter(client, use(client, device, origin=elsewhere)).status == 422


def test_an_answer_is_good_once(client: Client, person: Client, device: Authenticator) -> None:
    register(person, device)
    credential = use(client, device)
    assert sorted(reply.status for reply in at_once(*[lambda: enter(client, credential)] * 2)) == [200, 422]
    assert enter(client, credential).status == 422


def test_a_challenge_is_over_after_five_minutes_and_for_one_purpose(
    clock: Clock, client: Client, person: Client, device: Authenticator
) -> None:
    register(person, device)
    options = asked(person.post("/api/auth/passkeys/register/options"))
    misused = {"publicKey": {**options["publicKey"], "rpId": device.rp_id}}
    assert enter(client, given(device.get(misused, origin(client)))).status == 422
    credential = use(client, device)
    clock.advance(minutes=6)
    assert enter(client, credential).status == 422


def test_what_was_changed_or_made_up_is_refused_in_the_same_words(
    client: Client, person: Client, device: Authenticator
) -> None:
    register(person, device)
    other = Authenticator()
    other.cred_init(device.rp_id, device.user_handle)
    good = use(client, device)
    changes: list[dict[str, str]] = [
        {"signature": base64url.encode(b"x" * 70)},
        {"authenticatorData": "AAAA"},
        {"userHandle": base64url.encode(b"0" * 26)},
        {"userHandle": "____"},
        {"clientDataJSON": base64url.encode(b"[]")},
        {"clientDataJSON": base64url.encode(json.dumps({"challenge": 7}).encode())},
    ]
    replies = [enter(client, {**good, "response": {**good["response"], **change}}) for change in changes]
    replies.append(enter(client, use(client, other)))
    assert {(reply.status, reply.error.message) for reply in replies} == {
        (422, "This passkey does not fit, or too much time passed. Begin again.")
    }
    assert enter(client, good).status == 200


def test_a_copy_that_counts_behind_is_refused(client: Client, person: Client, device: Authenticator) -> None:
    register(person, device)
    assert enter(client, use(client, device)).status == 200
    device.sign_count = 0
    assert enter(client, use(client, device)).status == 422


def test_a_passkey_belongs_to_one_account(client: Client, person: Client, device: Authenticator) -> None:
    options = asked(person.post("/api/auth/passkeys/register/options"))
    made = given(device.create(options, origin(client)))
    body = {"name": "One", "credential": made}
    assert person.post("/api/auth/passkeys/register/verify", body).status == 201
    assert person.post("/api/auth/passkeys/register/verify", body).status == 422
    assert client.as_("eve", "student").post("/api/auth/passkeys/register/verify", body).status == 422


def test_whoever_is_suspended_stays_outside(client: Client, person: Client, device: Authenticator) -> None:
    register(person, device)
    client.as_("admin").post(f"/api/users/{person.user_id}/suspend", {"reason": "left"})
    assert enter(client, use(client, device)).error.code == "ACCOUNT_SUSPENDED"


def test_the_last_passkey_stays_where_there_is_no_other_way_in(
    client: Client, person: Client, device: Authenticator
) -> None:
    first = register(person, device).data["credentialId"]
    assert person.delete(f"/api/auth/passkeys/{first}").error.code == "LAST_WAY_IN"
    assert person.delete("/api/auth/passkeys/AAAA").error.code == "NOT_FOUND"
    register(person, Authenticator())
    assert person.delete(f"/api/auth/passkeys/{first}").status == 200
    assert enter(client, use(client, device)).status == 422
    assert len(person.get("/api/auth/passkeys").data["passkeys"]) == 1


def test_a_passkey_is_a_second_step_too(ada: Visitor, client: Client, post: Post, device: Authenticator) -> None:
    prove(client, post)
    owner = signed_in(client, ada.login())
    assert register(owner, device).status == 201
    assert owner.post("/api/auth/2fa/enable", {"method": "email"}).status == 200
    assert owner.post("/api/auth/2fa/verify", {"code": post.code()}).status == 200
    challenged = ada.login().data
    assert "passkey" in challenged["methods"]
    token = challenged["challengeToken"]
    assert enter(client, use(client, device), challengeToken="a.b.c").status == 401
    reply = enter(client, use(client, device), challengeToken=token)
    assert signed_in(client, reply).user_id == owner.user_id
    assert enter(client, use(client, device), challengeToken=token).status == 401
