"""Who may sit an exam beyond being a student: from which networks, with which code.

An access code is short and said aloud in a hall, so it is kept as a salted scrypt hash (RFC 7914), and each guess is
counted before it is compared (`code_tries`).
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from lyceum.kit.errors import Forbidden

_COST = {"n": 2**13, "r": 8, "p": 1}


def hash_code(code: str) -> str:
    """Return the salted hash under which an access code is kept."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_digest(code, salt)}"


def _digest(code: str, salt: bytes) -> str:
    return hashlib.scrypt(code.strip().encode(), salt=salt, n=_COST["n"], r=_COST["r"], p=_COST["p"], dklen=32).hex()


def check_code(policy: Mapping[str, Any], given: str | None) -> None:
    """Raise Forbidden ACCESS_CODE_WRONG unless the exam needs no access code or this is it."""
    kept = policy.get("access_code_hash")
    if not kept:
        return
    salt, _, expected = kept.partition("$")
    if given is None or not hmac.compare_digest(_digest(given, bytes.fromhex(salt)), expected):
        raise Forbidden("This exam opens with its access code only.", code="ACCESS_CODE_WRONG")
