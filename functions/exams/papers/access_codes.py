"""The access code of an exam.

It is short and said aloud in a hall, so it is kept as a salted scrypt hash (RFC 7914). Guesses are bounded for each
student and exam by a delay that doubles with each wrong one; no other exam waits for it (EXAM W10).
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

COST = {"n": 2**13, "r": 8, "p": 1}


def hash_code(code: str) -> str:
    """Return the salted hash under which an access code is kept."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_digest(code, salt)}"


def _digest(code: str, salt: bytes) -> str:
    return hashlib.scrypt(code.strip().encode(), salt=salt, n=COST["n"], r=COST["r"], p=COST["p"], dklen=32).hex()


def is_right(policy: Mapping[str, Any], given: str | None) -> bool:
    """Say whether this is the access code of an exam that has one."""
    salt, _, expected = policy["access_code_hash"].partition("$")
    return given is not None and hmac.compare_digest(_digest(given, bytes.fromhex(salt)), expected)
