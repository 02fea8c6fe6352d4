"""Who may sit an exam beyond being a student: from which networks, with which code.

An access code is short and said aloud in a hall, so it is kept as a salted scrypt hash (RFC 7914), and guesses are
bounded by the limit of starts.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
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


def check_address(policy: Mapping[str, Any], address: str) -> None:
    """Raise Forbidden ADDRESS_NOT_ALLOWED for an address outside the networks of the exam."""
    networks: Sequence[str] = policy.get("allowed_networks") or ()
    if networks and not _is_inside(address, networks):
        raise Forbidden("This exam can not be taken from here.", code="ADDRESS_NOT_ALLOWED")


def _is_inside(address: str, networks: Sequence[str]) -> bool:
    try:
        place = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(place, "ipv4_mapped", None) or place
    return any(mapped in ip_network(each) for each in networks)
