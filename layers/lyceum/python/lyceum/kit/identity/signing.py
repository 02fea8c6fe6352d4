"""Statements signed with the key of audits at KMS, as compact JWS (RFC 7515, 3.1; ES256 of RFC 7518, 3.4).

It is another key than that of access tokens: who may sign the one may not make the other. The `typ` of the header keeps
kinds of statements apart (RFC 8725, 3.11).
"""

import hashlib
import json
from functools import cache
from typing import Any

from lyceum.kit import base64url
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

ALGORITHM = "ES256"


class BrokenSignature(ValueError):
    """A statement was not signed by this deployment as the kind that it is read as."""


def sign(claims: dict[str, Any], kind: str) -> str:
    """Sign claims as a statement of a kind."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    signed = f"{_part({'alg': ALGORITHM, 'typ': kind})}.{_part(claims)}"
    answer = clients.client("kms").sign(
        KeyId=settings().audit_key, Message=signed.encode(), MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
    )
    r, s = decode_dss_signature(answer["Signature"])
    return f"{signed}.{base64url.encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def read(statement: str, kind: str) -> dict[str, Any]:
    """Return the claims of a statement; raises BrokenSignature for another kind, key or signature."""
    import jwt

    try:
        header = jwt.get_unverified_header(statement)
        claims: dict[str, Any] = json.loads(
            jwt.PyJWS().decode(statement, _public_key(settings().audit_key), algorithms=[ALGORITHM])
        )
    except (jwt.PyJWTError, TypeError, ValueError, RecursionError):
        raise BrokenSignature("this statement was not signed here") from None
    if header.get("typ") != kind:
        raise BrokenSignature(f"this statement is no {kind}")
    return claims


def read_of(statement: str, kind: str, signer: str) -> dict[str, Any]:
    """Return the claims of a statement that another deployment signed, which is known by its key's thumbprint.

    The statement names its key in the claim `key`; the thumbprint (RFC 7638) says whether it is the one that is
    trusted. Raises BrokenSignature as `read` does.
    """
    import jwt

    try:
        unproven: dict[str, Any] = json.loads(jwt.PyJWS().decode(statement, options={"verify_signature": False}))
        if thumbprint(unproven["key"]) != signer:
            raise BrokenSignature("this statement was signed by somebody else")
        claims: dict[str, Any] = json.loads(
            jwt.PyJWS().decode(statement, jwt.PyJWK(unproven["key"], algorithm=ALGORITHM).key, algorithms=[ALGORITHM])
        )
        header = jwt.get_unverified_header(statement)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise BrokenSignature("this statement was not signed by that deployment") from None
    if header.get("typ") != kind:
        raise BrokenSignature(f"this statement is no {kind}")
    return claims


def own_key() -> dict[str, str]:
    """Return the public half of the key that signs here, as a JWK without further members (RFC 7518, 6.2.1)."""
    numbers = _public_key(settings().audit_key).public_numbers()
    sides = {"x": numbers.x, "y": numbers.y}
    return {"crv": "P-256", "kty": "EC", **{k: base64url.encode(n.to_bytes(32, "big")) for k, n in sides.items()}}


def thumbprint(jwk: dict[str, str]) -> str:
    """Name a key by its JWK thumbprint (RFC 7638, section 3)."""
    named = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return base64url.encode(hashlib.sha256(json.dumps(named, sort_keys=True, separators=(",", ":")).encode()).digest())


@cache
def _public_key(key_arn: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(clients.client("kms").get_public_key(KeyId=key_arn)["PublicKey"])


def _part(value: dict[str, Any]) -> str:
    return base64url.encode(json.dumps(value, separators=(",", ":")).encode())
