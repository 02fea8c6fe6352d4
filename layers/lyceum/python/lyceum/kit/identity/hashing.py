"""Slow hashes of passwords and PINs (argon2id, RFC 9106, section 4), with the parameters of the settings."""

from functools import cache
from typing import TYPE_CHECKING

from lyceum.kit import ids
from lyceum.kit.settings import settings

PIN_DIGITS = 6


if TYPE_CHECKING:
    from argon2 import PasswordHasher


@cache
def hasher() -> "PasswordHasher":
    """Return the hasher; it also says when a hash was made with other parameters."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=settings().argon2_passes, memory_cost=settings().argon2_memory_kib, parallelism=1)


@cache
def _nobodys_hash() -> str:
    return hasher().hash("nobody has this password")


def matches(stored: str | None, given: str) -> bool:
    """Say whether a text is the one that was hashed; the same work is done when there is no hash to compare with."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return hasher().verify(stored or _nobodys_hash(), given) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def new_pin() -> str:
    """Return a random PIN."""
    return ids.new_code(PIN_DIGITS, "0123456789")


def hash_pin(pin: str) -> str:
    """Return what is stored of a PIN."""
    return hasher().hash(pin)
