"""Access tokens: JWT by ES256 (RFC 7518, 3.4), verified with the public half of the KMS signing keys.

Verifying needs no secret and no storage: every function that asks who calls does it for itself.
"""

import hashlib
import json
import re
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lyceum.kit import base64url, clock
from lyceum.kit.aws import clients
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.identity import api_keys, scopes
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.principal import Principal
from lyceum.kit.settings import settings

ALGORITHM = "ES256"
AUDIENCE = "lyceum"
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")
"""A compact JWS with an ES256 signature: base64url without padding (RFC 7515, 2 and 7.1; RFC 7518, 3.4)."""


class Claims(BaseModel):
    """What an access token says: user, tenant, role, tier, session and permissions version.

    That of an app names its `client_id`, and its `scope` (RFC 9068, 2.2); `cpm` is how many calls a minute an installed
    one may make. That of a program names the API `key` for which it stands for a while.
    """

    model_config = ConfigDict(defer_build=True)

    sub: str
    org: str
    role: Role
    tier: str
    sid: str
    ver: int
    exp: int
    scope: str | None = None
    client_id: str | None = None
    cpm: int | None = None
    key: str | None = None


@cache
def _verifying_key(key_id: str) -> Any:
    """Return a public key as the library verifies with it; raises KeyError for one that is not ours."""
    import jwt

    return jwt.PyJWK(public_keys()[key_id])


@cache
def public_keys() -> dict[str, dict[str, str]]:
    """Return the public signing keys as JWKs by key id; asked of KMS once a process."""
    return {key["kid"]: key for key in map(_public_jwk, filter(None, settings().signing_key.split(",")))}


def _public_jwk(key_arn: str) -> dict[str, str]:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    der = clients.client("kms").get_public_key(KeyId=key_arn)["PublicKey"]
    numbers = load_der_public_key(der).public_numbers()  # type: ignore[union-attr]
    point = {"crv": "P-256", "kty": "EC", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}  # type: ignore[union-attr]
    return {**point, "kid": thumbprint(point), "alg": ALGORITHM, "use": "sig"}


def _coordinate(number: int) -> str:
    return base64url.encode(number.to_bytes(32, "big"))


def thumbprint(jwk: dict[str, str]) -> str:
    """Name a key by its JWK thumbprint (RFC 7638, section 3)."""
    return base64url.encode(hashlib.sha256(json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()).digest())


def read(token: str) -> Claims:
    """Check signature, issuer, audience and times of a token; raises Unauthenticated for any that fails."""
    import jwt

    if not _COMPACT.fullmatch(token):
        raise Unauthenticated("This access token is not valid.")
    try:
        payload: dict[str, Any] = jwt.decode(
            token,
            _verifying_key(jwt.get_unverified_header(token)["kid"]),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=settings().issuer,
            options={
                "require": ["exp", "iat", "sub", "iss", "aud"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        if not payload["iat"] - 60 <= clock.now().timestamp() < payload["exp"]:
            raise Unauthenticated("Your session has ended. Sign in again.")
        return Claims.model_validate(payload)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, ValidationError):
        raise Unauthenticated("This access token is not valid.") from None


def holder(token: str) -> Principal:
    """Return whom a token was made for, with the rights that it gives; raises Unauthenticated when it does not hold.

    That those rights may have ended since is told by `revocations.check`. A program's token is taken by `caller` alone.
    """
    claims = read(token)
    if claims.key is not None:
        raise Unauthenticated("This access token is a program's.")
    return _person(claims)


def caller(token: str) -> Principal:
    """Return who calls by a token: whom it was made for, or a program with what its API key allows now.

    Raises Unauthenticated when it does not hold, or its key is good no more.
    """
    claims = read(token)
    return _person(claims) if claims.key is None else api_keys.named(claims.org, claims.key)


def _person(claims: Claims) -> Principal:
    given = scopes.read(claims.scope or "") if claims.client_id else None
    who = claims.sub, claims.org, claims.role, claims.tier, claims.sid, claims.ver
    return Principal(*who, scopes=given, client_id=claims.client_id, client_calls=claims.cpm)


def forget() -> None:
    """Forget the public keys, as a new process does; for tests."""
    public_keys.cache_clear()
    _verifying_key.cache_clear()


def bearer(authorization: str) -> str:
    """Take the token out of an Authorization header (RFC 6750, 2.1); raises Unauthenticated."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send the access token as a bearer token.")
    return token.strip()
