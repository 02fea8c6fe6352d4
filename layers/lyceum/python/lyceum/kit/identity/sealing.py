"""Keyed marks made with the deployment's secret: sealed tokens, one-time codes and encrypted values.

Every use has a purpose of its own, so that what was made for one is worth nothing for another.
"""

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from lyceum.kit import base64url
from lyceum.kit.aws import clients

if TYPE_CHECKING:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class BrokenSeal(ValueError):
    """A token was not made here for this purpose."""


def mac(purpose: str, payload: bytes) -> bytes:
    """Return 32 bytes that only holders of the deployment's secret can make (HMAC-SHA256, RFC 2104)."""
    return hmac.digest(clients.secret_text().encode(), purpose.encode() + b"\0" + payload, hashlib.sha256)


def mark(purpose: str, *parts: str) -> str:
    """Return the mark of some texts as 43 URL-safe characters."""
    return base64url.encode(mac(purpose, "\0".join(parts).encode()))


def seal(purpose: str, *parts: str) -> str:
    """Join texts without dots into a token that `unseal` can tell from a forged one."""
    return ".".join([*parts, mark(purpose, *parts)])


def unseal(purpose: str, token: str, count: int) -> list[str]:
    """Return the `count` texts of a token; raises BrokenSeal."""
    *parts, given = token.split(".")
    if len(parts) != count or not token.isascii() or not hmac.compare_digest(given, mark(purpose, *parts)):
        raise BrokenSeal
    return parts


def six_digits(purpose: str, *parts: str) -> str:
    """Return the one-time code of some texts (dynamic truncation of RFC 4226, 5.3, over HMAC-SHA256).

    The code follows from an unguessable id and the secret, so neither storage nor events need to hold it.
    """
    digest = mac(purpose, "\0".join(parts).encode())
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def encrypt(purpose: str, text: str) -> str:
    """Encrypt a text for storage (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(purpose: str, sealed: str) -> str:
    """Return an encrypted text; raises BrokenSeal when it was not encrypted here for this purpose."""
    from cryptography.fernet import InvalidToken

    try:
        return _cipher(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise BrokenSeal from None


def conceal(purpose: str, plain: bytes, bound_to: str) -> str:
    """Write bytes as a token that shows nothing of them and opens only with what it is bound to (RFC 5297).

    The same bytes make the same token, so that an answer that holds one keeps its ETag.
    """
    return base64url.encode(_deterministic_cipher(purpose).encrypt(plain, [bound_to.encode()]))


def reveal(purpose: str, token: str, bound_to: str) -> bytes:
    """Return the bytes of a token; raises BrokenSeal for one made elsewhere, for another purpose or bound otherwise."""
    from cryptography.exceptions import InvalidTag

    try:
        return _deterministic_cipher(purpose).decrypt(base64url.decode(token), [bound_to.encode()])
    except (InvalidTag, ValueError):
        raise BrokenSeal from None


def _deterministic_cipher(purpose: str) -> "AESSIV":
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(mac(f"conceal {purpose}", b"mac") + mac(f"conceal {purpose}", b"key"))


def _cipher(purpose: str) -> "Fernet":
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(mac(f"encrypt {purpose}", b"")))
