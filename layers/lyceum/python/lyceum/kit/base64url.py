"""Base64 for addresses and tokens: without padding, of letters that need no escape (RFC 4648, 5; RFC 7515, 2)."""

import base64


def encode(raw: bytes) -> str:
    """Write bytes as text."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read bytes from text; raises ValueError for what `encode` does not write."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encode(raw) != text:
        raise ValueError("not base64url")
    return raw
