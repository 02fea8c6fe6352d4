"""Order that follows from a seed."""

import hashlib
from collections.abc import Iterable

ALGORITHM = 1


def digest(seed: str, purpose: str, name: str) -> str:
    """Return 64 hexadecimal digits that only the seed's holder can foresee."""
    return hashlib.sha256(f"{ALGORITHM}|{seed}|{purpose}|{name}".encode()).hexdigest()


def shuffled(names: Iterable[str], seed: str, purpose: str) -> list[str]:
    """Put names in the order that the seed gives them, whatever order they come in."""
    return sorted(names, key=lambda name: digest(seed, purpose, name))
