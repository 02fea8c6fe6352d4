"""Web Push: messages to browsers, encrypted for each (RFC 8291) and signed by the deployment (VAPID, RFC 8292).

The signing key follows from the deployment's secret, so there is nothing to set up; a new secret ends all
subscriptions. Addresses come from browsers, so only those of the known push services are ever called.
"""

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from lyceum.kit import base64url, clock
from lyceum.kit.identity import sealing
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.settings import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "notify.windows.com",
    "web.push.apple.com",
    "push.apple.com",
)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256 (FIPS 186-5; SEC 2, 2.4.2): private keys lie between 1 and one less."""
_SIGNATURE_SECONDS = 12 * 3600
_KEPT_SECONDS = 24 * 3600
_GONE = frozenset({404, 410})
"""The subscription is no more (RFC 8030, 7.3)."""
_SALT_BYTES = 16
_RECORD_BYTES = 4096
"""What push services take of an encrypted message: one record, its header included (RFC 8291, 4)."""
_HEADER_BYTES = 16 + 4 + 1 + 65
_SEAL_BYTES = 16
_LAST_RECORD = b"\x02"
"""Ends the text of the last record; nothing pads it (RFC 8188, 2)."""
MOST_BYTES = _RECORD_BYTES - _HEADER_BYTES - _SEAL_BYTES - len(_LAST_RECORD)
"""The longest message that a browser can be sent."""


class Refused(Exception):
    """A push service did not take a message; `status` is its answer, None where its address may not be called."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"push service answered {status}" if status else "this address is not called")
        self.status = status

    @property
    def is_gone(self) -> bool:
        """Whether the browser takes no messages any more."""
        return self.status is None or self.status in _GONE

    @property
    def is_final(self) -> bool:
        """Whether the same message will be refused again."""
        return self.status is None or (400 <= self.status < 500 and self.status != 429)


def is_known(endpoint: str) -> bool:
    """Say whether an address is one of a known push service, reached over TLS at its usual port."""
    try:
        host = client().read(endpoint).host
    except AddressRefused:
        return False
    return any(host == service or host.endswith(f".{service}") for service in _SERVICES)


def public_key() -> str:
    """Return what browsers subscribe with: the public key as an uncompressed point in base64url."""
    return base64url.encode(_point(_key()))


def send(endpoint: str, key: str, secret: str, message: dict[str, Any], *, is_urgent: bool) -> None:
    """Encrypt a message for one browser and hand it to its push service.

    Raises Refused, or what the network fails with.
    """
    body = encrypt(json.dumps(message).encode(), _bytes(key), _bytes(secret))
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(_KEPT_SECONDS),
        "Urgency": "high" if is_urgent else "normal",
    }
    try:
        headers["Authorization"] = f"vapid t={_signature(endpoint)}, k={public_key()}"
        answer = client().call("POST", endpoint, body=body, headers=headers)
    except AddressRefused:
        raise Refused(None) from None
    if answer.status not in {200, 201, 202, 204}:
        raise Refused(answer.status)


def encrypt(
    text: bytes,
    browser_key: bytes,
    secret: bytes,
    *,
    salt: bytes | None = None,
    own_key: "EllipticCurvePrivateKey | None" = None,
) -> bytes:
    """Return a text as one encrypted record that only one browser can read (aes128gcm: RFC 8188, 2; RFC 8291, 3).

    Salt and own key are made for each message; only examples bring theirs. Raises ValueError for a text longer than
    MOST_BYTES or a key that is none.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(text) > MOST_BYTES:
        raise ValueError(f"a push message has at most {MOST_BYTES} bytes")
    salt = salt or os.urandom(_SALT_BYTES)
    own_key = own_key or ec.generate_private_key(ec.SECP256R1())
    shared = own_key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser_key))
    own_point = _point(own_key)
    keying = _derived(shared, secret, b"WebPush: info\0" + browser_key + own_point, 32)
    sealed = AESGCM(_derived(keying, salt, b"Content-Encoding: aes128gcm\0", 16)).encrypt(
        _derived(keying, salt, b"Content-Encoding: nonce\0", 12), text + _LAST_RECORD, None
    )
    return salt + _RECORD_BYTES.to_bytes(4, "big") + bytes([len(own_point)]) + own_point + sealed


def _derived(material: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, salt, purpose).derive(material)


def _signature(endpoint: str) -> str:
    import jwt

    expires = int(clock.now().timestamp()) + _SIGNATURE_SECONDS
    claims = {"aud": client().read(endpoint).origin, "exp": expires, "sub": settings().issuer}
    return jwt.encode(claims, _key(), algorithm="ES256")


@cache
def _key() -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    number = int.from_bytes(sealing.mac("vapid", b"high") + sealing.mac("vapid", b"low"), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def _bytes(text: str) -> bytes:
    return base64url.decode(text.rstrip("="))


def _point(key: "EllipticCurvePrivateKey") -> bytes:
    """Return the public half of a key as an uncompressed point."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
