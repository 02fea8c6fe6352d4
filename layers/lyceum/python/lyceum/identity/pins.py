"""PINs of pupils: six digits, of which only a slow hash is stored.

A million PINs can be tried against a stolen hash in hours: the hashes are for nobody but the function that signs in, which
asks for the class's join code too and counts failed tries, and PINs are reset when they may have been seen.
"""

from lyceum import ids
from lyceum.identity import hashing

PIN_DIGITS = 6


def new_pin() -> str:
    """Return a random PIN."""
    return ids.new_code(PIN_DIGITS, "0123456789")


def hash_pin(pin: str) -> str:
    """Return what is stored of a PIN."""
    return hashing.hasher().hash(pin)
