"""Signatures of what is sent, by Standard Webhooks 1.0: symmetric (`v1`), with two of them while a secret changes."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
_SECRET_BYTES = 32


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
