"""Forged, stale and misdirected access tokens: the guard lets none of them pass."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from lyceum.kit.http import OPTIONAL, USER, Api, Caller, MaybeCaller, Schema, exchange
from lyceum.kit.identity import tokens
from lyceum.model.users.account import User
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client

from functions.auth.sign_in import token_signing

N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256 (SEC 2, 2.4.2)."""


door = Api("door")


class Known(Schema):
    """Who came in."""

    name: str


@door.get("/api/door", access=USER)
def enter(caller: Caller) -> Known:
    """Let somebody in who is signed in."""
    return Known(name="/".join(caller.to_context().values()))


@door.get("/api/window", access=OPTIONAL)
def look(caller: MaybeCaller) -> Known:
    """Let anybody look in."""
    return Known(name=caller.user_id if caller else "nobody")


@pytest.fixture
def holder(client: Client) -> Client:
    """A student with a session."""
    return client.as_("student")


@pytest.fixture
def token(holder: Client) -> str:
    """The student's access token."""
    assert holder.principal is not None
    return token_signing.access_token(User.require(user_id=holder.user_id), holder.principal.session_id)


def knock(header: str | None, path: str = "/api/door") -> dict[str, Any]:
    """Ask a guard, with an Authorization header or without one."""
    event = {
        "version": "2.0",
        "rawPath": path,
        "headers": {"host": "localhost"} | ({} if header is None else {"authorization": header}),
        "requestContext": {"requestId": "r", "stage": "$default", "http": {"method": "GET", "path": path}},
    }
    return door.handler(event, LAMBDA)


def passes(token: str, scheme: str = "Bearer") -> bool:
    """Ask a guard; what does not pass is a 401 in the envelope, on routes for anybody too."""
    answers = [knock(f"{scheme} {token}"), knock(f"{scheme} {token}", "/api/window")]
    for answer in answers:
        if answer["statusCode"] != 200:
            assert (answer["statusCode"], answer["headers"]["WWW-Authenticate"]) == (401, "Bearer")
            assert json.loads(answer["body"])["error"]["code"] == "UNAUTHENTICATED"
    assert answers[0]["statusCode"] == answers[1]["statusCode"]
    return bool(answers[0]["statusCode"] == 200)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    header, payload, signature = token.split(".")
    return json.loads(unb64(header)), json.loads(unb64(payload)), unb64(signature)


def joined(header: dict[str, Any], payload: dict[str, Any], signature: bytes) -> str:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(payload).encode())}.{b64(signature)}"


def test_a_good_token_passes_with_its_claims(token: str, holder: Client) -> None:
    answer = knock(f"bearer {token}")
    assert holder.principal is not None
    assert json.loads(answer["body"])["data"]["name"].split("/") == list(holder.principal.to_context().values())


def test_proving_a_caller_reads_nothing_for_the_request(token: str) -> None:
    assert passes(token)
    assert exchange.current().context.usage.operations == []


def test_without_a_token_the_door_is_closed_and_the_window_open() -> None:
    assert knock(None)["statusCode"] == 401
    assert json.loads(knock(None, "/api/window")["body"])["data"]["name"] == "nobody"


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "", "HS256", "HS512", "RS256", "ES384", "ES256K", "PS256", "EdDSA", None]
)
def test_other_algorithms_are_refused(token: str, alg: str | None) -> None:
    header, payload, signature = parts(token)
    assert not passes(joined({**header, "alg": alg}, payload, signature))
    assert not passes(joined({**header, "alg": alg}, payload, b""))


@pytest.mark.parametrize("shape", ["jwk", "point", "der"])
def test_the_public_key_is_no_shared_secret(token: str, shape: str) -> None:
    header, payload, _ = parts(token)
    jwk = tokens.public_keys()[header["kid"]]
    secret = {
        "jwk": json.dumps(jwk).encode(),
        "point": b"\x04" + unb64(jwk["x"]) + unb64(jwk["y"]),
        "der": jwk["x"].encode(),
    }[shape]
    signed = joined({**header, "alg": "HS256"}, payload, b"").removesuffix(".")
    assert not passes(f"{signed}.{b64(hmac.digest(secret, signed.encode(), hashlib.sha256))}")


@pytest.mark.parametrize(("r", "s"), [(0, 0), (0, 1), (1, 0), (N, N), (N, 1), (1, N), (N + 1, 1), (N - 1, N - 1)])
def test_signatures_of_special_values_are_refused(token: str, r: int, s: int) -> None:
    header, payload, _ = parts(token)
    assert not passes(joined(header, payload, r.to_bytes(32, "big") + s.to_bytes(32, "big")))


def test_signatures_of_another_form_are_refused(token: str) -> None:
    header, payload, signature = parts(token)
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    for other in (
        der,
        signature[:-1],
        signature + b"\0",
        b"\0" + signature,
        signature[:32],
        signature[32:] + signature[:32],
        b"",
    ):
        assert not passes(joined(header, payload, other))


def test_a_key_that_the_token_brings_along_is_not_believed(token: str) -> None:
    header, payload, _ = parts(token)
    own = ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256", "x": b64(point.x.to_bytes(32, "big")), "y": b64(point.y.to_bytes(32, "big"))}
    for more in (
        {"jwk": jwk},
        {"jwk": jwk, "kid": tokens.thumbprint(jwk)},
        {"jku": "https://evil.example/keys"},
        {"x5c": ["AAAA"]},
    ):
        forged = {**header, **more}
        signed = joined(forged, payload, b"").removesuffix(".")
        r, s = decode_dss_signature(own.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        assert not passes(f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}")


@pytest.mark.parametrize("kid", [None, "", "unknown", "../../etc/passwd", 1, ["x"], {"a": 1}])
def test_unknown_keys_are_refused(token: str, kid: object) -> None:
    header, payload, signature = parts(token)
    assert not passes(joined({**header, "kid": kid}, payload, signature))


@pytest.mark.parametrize(
    ("claim", "value"), [("role", "super_admin"), ("org", "elsewhere"), ("sub", "somebody"), ("exp", 9_999_999_999)]
)
def test_a_changed_claim_breaks_the_signature(token: str, claim: str, value: object) -> None:
    header, payload, signature = parts(token)
    assert not passes(joined(header, {**payload, claim: value}, signature))


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"sub": None},
        {"sub": 1},
        {"org": None},
        {"sid": None},
        {"sid": 1},
        {"ver": None},
        {"ver": "x"},
        {"role": "emperor"},
        {"tier": None},
        {"iat": 4_000_000_000, "exp": 4_000_000_900},
        {"exp": 1},
    ],
)
def test_well_signed_tokens_that_say_something_else_are_refused(token: str, change: dict[str, Any]) -> None:
    _, payload, _ = parts(token)
    claims = {name: value for name, value in {**payload, **change}.items() if value is not None}
    assert not passes(token_signing.sign(claims))


def test_a_token_ends_after_fifteen_minutes(clock: Clock, client: Client) -> None:
    student = client.as_("student")
    assert student.principal is not None
    token = token_signing.access_token(User.require(user_id=student.user_id), student.principal.session_id)
    clock.advance(minutes=15, seconds=-1)
    assert passes(token)
    clock.advance(seconds=1)
    assert not passes(token)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "bearer a.b",
        "Bearer a.b.c.d",
        "Bearer ....",
        "Bearer \u00e9.\u00e9.\u00e9",
    ],
)
def test_headers_that_hold_no_token_are_refused(header: str) -> None:
    assert knock(header)["statusCode"] == 401


def test_padding_and_white_space_are_refused(token: str) -> None:
    header, payload, signature = token.split(".")
    for forged in (
        f"{header}=.{payload}.{signature}",
        f"{header}.{payload}.{signature}==",
        f"{header}.\n{payload}.{signature}",
        f" .{token}",
    ):
        assert not passes(forged)


def test_a_token_of_another_scheme_is_refused(token: str) -> None:
    assert not passes(token, "Token")
