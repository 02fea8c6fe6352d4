"""Making access and refresh tokens: KMS signs the former, the latter follow from a stored nonce and the secret."""

import hmac
import json
from typing import Any, NamedTuple

from lyceum.kit import base64url, clock, context, ids
from lyceum.kit.aws import clients
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.identity import sealing, tokens
from lyceum.kit.identity.permissions import Role, acting_role
from lyceum.kit.settings import settings
from lyceum.model.auth import RefreshKey
from lyceum.model.users.account import User


def access_token(user: User, session_id: str) -> str:
    """Sign an access token for a user's session (JWT, ES256 by KMS); its role is the one that the user may act in."""
    now = int(clock.now().timestamp())
    claims = {
        "iss": settings().issuer,
        "aud": tokens.AUDIENCE,
        "iat": now,
        "exp": now + settings().access_token_seconds,
        "jti": ids.new_id(),
        "sub": user.user_id,
        "org": context.tenant(),
        "role": acting_role(Role(user.role), is_verified=user.is_verified).value,
        "tier": user.tier,
        "sid": session_id,
        "ver": int(user.permissions_version),
    }
    return sign(claims)


def sign(claims: dict[str, Any]) -> str:
    """Sign claims as a compact JWS (RFC 7515, 3.1) with the current key."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    key_arn = settings().signing_key.split(",")[0]
    key_id = next(iter(tokens.public_keys()))
    signed = f"{_part({'alg': tokens.ALGORITHM, 'typ': 'JWT', 'kid': key_id})}.{_part(claims)}"
    answer = clients.client("kms").sign(
        KeyId=key_arn, Message=signed.encode(), MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
    )
    r, s = decode_dss_signature(answer["Signature"])
    return f"{signed}.{base64url.encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _part(value: dict[str, Any]) -> str:
    return base64url.encode(json.dumps(value, separators=(",", ":")).encode())


class RefreshName(NamedTuple):
    """What a refresh token says: whose, of which session, and how often it was rotated before."""

    user_id: str
    session_id: str
    generation: int


def refresh_token(key: RefreshKey, generation: int | None = None) -> str:
    """Make the refresh token of a key's generation, by default the current one."""
    parts = key.user_id, key.session_id, str(int(key.generation if generation is None else generation))
    return ".".join([*parts, sealing.mark("refresh", *parts, key.nonce)])


def read_refresh_token(token: str) -> RefreshName:
    """Read what a refresh token says of itself; raises Unauthenticated for a text of another form."""
    try:
        user_id, session_id, generation, _ = token.split(".")
        return RefreshName(user_id, session_id, int(generation))
    except ValueError:
        raise Unauthenticated("This refresh token is not valid.") from None


def is_genuine(token: str, key: RefreshKey) -> bool:
    """Say whether a token was made from this very key, in whatever generation."""
    return hmac.compare_digest(token.encode(), refresh_token(key, read_refresh_token(token).generation).encode())
