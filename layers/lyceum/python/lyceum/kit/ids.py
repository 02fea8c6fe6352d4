"""Identifiers: ULIDs, which sort by the time they were made."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from ulid import ULID

from lyceum.kit import clock

_MILLISECOND = timedelta(milliseconds=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def new_id() -> str:
    """Return a fresh ULID of 26 characters, its time part taken from the product's clock."""
    return str(ULID.from_datetime(clock.now()))


def new_id_after(earlier: str | None) -> str:
    """Return a fresh ULID that sorts behind another one, also where clocks disagree or stand still."""
    fresh = new_id()
    if earlier is None or fresh > earlier:
        return fresh
    return str(ULID.from_datetime(ULID.from_str(earlier).datetime + _MILLISECOND))


def derived_id(moment: datetime, *parts: str) -> str:
    """Return the one id of a fact: 26 characters that sort by its time and follow from it, so it can not be twice."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return time_part(moment) + digest[:16].upper()


def related_id(to: str, *parts: str) -> str:
    """Return the one id that follows from another id and says what for; it sorts by the time of that one."""
    return to[:10] + hashlib.sha256("\0".join((to, *parts)).encode()).hexdigest()[:16].upper()


def time_part(moment: datetime) -> str:
    """Return the ten characters with which every id of a moment begins; times before 1970 have those of 1970."""
    return str(ULID.from_datetime(max(moment, _BEGINNING)))[:10]


def new_code(length: int, alphabet: str = "23456789ABCDEFGHJKMNPQRSTVWXYZ") -> str:
    """Return an unguessable short text that people type; by default of letters and digits that do not look alike."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_secret(size_bytes: int = 32) -> str:
    """Return an unguessable URL-safe text of `size_bytes` random bytes."""
    return secrets.token_urlsafe(size_bytes)
