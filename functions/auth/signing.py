"""Making access and refresh tokens: KMS signs the former, the latter are random and stored hashed."""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from lyceum import aws, clock, context, ids
from lyceum.identity import tokens
from lyceum.model import User
from lyceum.settings import settings


def access_token(user: User, session_id: str) -> str:
    """Sign an access token for a user's session (JWT, ES256 by KMS)."""
    now = int(clock.now().timestamp())
    claims = {
        "iss": settings().issuer,
        "aud": tokens.AUDIENCE,
        "iat": now,
        "exp": now + settings().access_token_seconds,
        "jti": ids.new_id(),
        "sub": user.user_id,
        "org": context.tenant(),
        "role": user.role,
        "tier": user.tier,
        "sid": session_id,
        "ver": int(user.permissions_version),
    }
    return sign(claims)


def sign(claims: dict[str, Any]) -> str:
    """Sign claims as a compact JWS (RFC 7515, 3.1) with the current key."""
    key_arn = settings().signing_key.split(",")[0]
    key_id = next(iter(tokens.public_keys()))
    signed = f"{_part({'alg': tokens.ALGORITHM, 'typ': 'JWT', 'kid': key_id})}.{_part(claims)}"
    answer = aws.client("kms").sign(KeyId=key_arn, Message=signed.encode(), MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256")
    r, s = decode_dss_signature(answer["Signature"])
    return f"{signed}.{_base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _part(value: dict[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """Return what is stored of a random token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
