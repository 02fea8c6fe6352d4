"""Signatures of what is sent to other systems and what they send, by Standard Webhooks 1.0.

They are symmetric (`v1`), with two of them while a secret changes.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

PREFIX = "whsec_"
_SECRET_BYTES = 32
_TOLERANCE_SECONDS = 300
_MOST_DIGITS = 12
_MOST_SIGNATURES = 5


def new_secret() -> str:
    """Make a secret: 256 random bits in base64 (the standard asks for 24 to 64 bytes)."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, at: datetime, body: str) -> str:
    """Sign a message: `v1,` and the HMAC-SHA256 of its id, second and body in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{int(at.timestamp())}.{body}"
    return "v1," + base64.b64encode(hmac.digest(key, signed.encode(), hashlib.sha256)).decode()


def headers(keys: Sequence[str], message_id: str, at: datetime, body: str) -> dict[str, str]:
    """Return the headers of a message; it is signed with each of the secrets."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Lyceum-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(sign(key, message_id, at, body) for key in keys),
    }


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Say whether a message is signed with a secret, and within five minutes of a moment.

    `headers` are by their names in small letters.
    """
    message_id, second = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not second.isascii() or not second.isdigit() or len(second) > _MOST_DIGITS:
        return False
    if abs(now.timestamp() - int(second)) > _TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{message_id}.{second}.".encode() + body, hashlib.sha256)
    expected = b"v1," + base64.b64encode(digest)
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split(b" ")
    return any(hmac.compare_digest(each, expected) for each in given[:_MOST_SIGNATURES])
