"""Web Push: messages to browsers, encrypted for each (RFC 8291) and signed by the deployment (VAPID, RFC 8292).

The signing key follows from the deployment's secret, so there is nothing to set up; a new secret ends all
subscriptions. Addresses come from browsers, so only those of the known push services are ever called.
"""

import base64
import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lyceum.kit import clock
from lyceum.kit.identity import sealing
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


class Refused(Exception):
    """A push service did not take a message; `status` is its answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"push service answered {status}")
        self.status = status

    @property
    def is_gone(self) -> bool:
        """Whether the browser takes no messages any more."""
        return self.status in _GONE

    @property
    def is_final(self) -> bool:
        """Whether the same message will be refused again."""
        return 400 <= self.status < 500 and self.status != 429


def is_known(endpoint: str) -> bool:
    """Say whether an address is one of a known push service, reached over TLS at its usual port."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    is_plain = parts.scheme == "https" and parts.netloc == host
    return is_plain and any(host == service or host.endswith(f".{service}") for service in _SERVICES)


def public_key() -> str:
    """Return what browsers subscribe with: the public key as an uncompressed point in base64url."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _base64url(_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def send(endpoint: str, key: str, secret: str, message: dict[str, Any], *, is_urgent: bool) -> None:
    """Encrypt a message for one browser and hand it to its push service.

    Raises Refused, or what the network fails with.
    """
    import http_ece
    import urllib3
    from cryptography.hazmat.primitives.asymmetric import ec

    body = http_ece.encrypt(
        json.dumps(message).encode(),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=base64.urlsafe_b64decode(key + "="),
        auth_secret=base64.urlsafe_b64decode(secret + "=="),
        version="aes128gcm",
    )
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(_KEPT_SECONDS),
        "Urgency": "high" if is_urgent else "normal",
        "Authorization": f"vapid t={_signature(endpoint)}, k={public_key()}",
    }
    answer = urllib3.request(
        "POST", endpoint, body=body, headers=headers, redirect=False, retries=False, timeout=urllib3.Timeout(5)
    )
    if answer.status not in {200, 201, 202, 204}:
        raise Refused(answer.status)


def _signature(endpoint: str) -> str:
    import jwt

    parts = urlsplit(endpoint)
    expires = int(clock.now().timestamp()) + _SIGNATURE_SECONDS
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": expires, "sub": settings().issuer}
    return jwt.encode(claims, _key(), algorithm="ES256")


@cache
def _key() -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    number = int.from_bytes(sealing.mac("vapid", b"high") + sealing.mac("vapid", b"low"), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
