"""The chain of events: each is signed with the session's key, and names the hash of the one before.

So one that is changed, added or moved on its way is seen, and one that is lost is seen as lost: its number is missing.
The key is derived from the deployment's secret, the session and its student, and is stored nowhere. It is known to the
student's own browser, so the chain proves what that browser said and in which order, and no more.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from lyceum.kit import base64url
from lyceum.kit.identity import sealing
from lyceum.model.proctoring import ProctorEvent, ProctorSession

MOST_NUMBER = 200_000
_MOST_GAPS = 100


def key_of(session: ProctorSession) -> str:
    """Return the key that the events of a session are signed with: 43 URL-safe characters."""
    return base64url.encode(sealing.mac("proctoring events", f"{session.session_id}\0{session.user_id}".encode()))


def canonical(session_id: str, number: int, type_: str, at: str, facts: dict[str, Any], previous_hash: str) -> bytes:
    """Write an event in the one form that is signed and hashed: JSON without spaces, names in order, as UTF-8."""
    values = [session_id, number, type_, at, facts, previous_hash]
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(event: ProctorEvent) -> str:
    """Return the hash of an event (SHA-256), which the next one names."""
    return hashlib.sha256(_written(event)).hexdigest()


def signature_of(event: ProctorEvent, key: str) -> str:
    """Return the signature of an event: HMAC-SHA256 in hexadecimal digits (RFC 2104)."""
    return hmac.digest(key.encode(), _written(event), hashlib.sha256).hex()


def _written(event: ProctorEvent) -> bytes:
    return canonical(event.session_id, int(event.number), event.type, event.seen_at, event.facts, event.previous_hash)


def gap_before(session: ProctorSession, number: int) -> list[int] | None:
    """Note the numbers that are missing before one that came, and return them; None where there are none."""
    first = int(session.length) + 1
    if number <= first:
        return None
    gap = [first, number - 1]
    session.missing = [*session.missing, gap][-_MOST_GAPS:]
    return gap


def fill(session: ProctorSession, number: int) -> bool:
    """Take a number out of those that are missing, and say whether it was among them."""
    for place, (first, last) in enumerate(session.missing):
        if first <= number <= last:
            left = [[first, number - 1], [number + 1, last]]
            kept = [each for each in left if each[0] <= each[1]]
            session.missing = [*session.missing[:place], *kept, *session.missing[place + 1 :]]
            return True
    return False


def is_intact(session: ProctorSession, events: Sequence[ProctorEvent]) -> bool:
    """Say whether stored events are unchanged and hang together; where some are missing, as far as they do."""
    before: ProctorEvent | None = None
    for event in events:
        if event.hash != hash_of(event):
            return False
        is_next = before is not None and int(before.number) + 1 == int(event.number)
        if is_next and before is not None and event.previous_hash != before.hash:
            return False
        before = event
    missing = sum(last - first + 1 for first, last in session.missing)
    return before is None or (before.hash == session.last_hash and len(events) + missing == int(session.length))
