"""One answer for one Idempotency-Key."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import BadRequest, Conflict, Unavailable, rule_violation
from lyceum.kit.http.exchange import Exchange
from lyceum.kit.http.records import IdempotencyRecord
from lyceum.kit.http.routes import Route
from lyceum.kit.table import ConditionFailed, Unit

_KEEP_SECONDS = 24 * 3600
_LOCK_SECONDS = 60
_MAX_STORED_BYTES = 300_000


@dataclass(frozen=True)
class StoredResponse:
    """A finished answer: its status and body."""

    status: int
    body: str


def answer_once(exchange: Exchange, route: Route, make: Callable[[], StoredResponse]) -> tuple[StoredResponse, bool]:
    """Make an answer, or return the one that the same Idempotency-Key got in the last 24 hours.

    Returns the answer and whether it is a repeated one. Raises Conflict while the first request is still running
    and RuleViolation when the key came with another body. A request that failed leaves no answer: it may be sent
    again with the same key.
    """
    key = exchange.headers.get("idempotency-key")
    if key is None:
        return make(), False
    if not 1 <= len(key) <= 128 or not key.isascii() or not key.isprintable():
        raise BadRequest("An Idempotency-Key has 1 to 128 printable ASCII characters.")
    record = IdempotencyRecord(
        subject=exchange.subject,
        route=f"{route.method} {exchange.event['rawPath']}",
        idempotency_key=key,
        body_hash=_hash(exchange),
    )
    earlier = _claim(record)
    if earlier:
        return earlier, True
    try:
        stored = make()
    except Exception:
        with suppress(Unavailable):  # the lock ends by itself
            Unit().remove(record).commit()
        raise
    if len(stored.body) <= _MAX_STORED_BYTES:
        done = [
            IdempotencyRecord.state.set("done"),
            IdempotencyRecord.status.set(stored.status),
            IdempotencyRecord.answer.set(stored.body),
        ]
        with suppress(Unavailable):  # the answer is true, stored or not
            Unit().change(record, *done).commit()
    return stored, False


def _hash(exchange: Exchange) -> str:
    return hashlib.blake2b(exchange.body, digest_size=16).hexdigest()


def _claim(record: IdempotencyRecord) -> StoredResponse | None:
    now = int(clock.now().timestamp())
    record.state, record.locked_until, record.ttl = "running", now + _LOCK_SECONDS, now + _KEEP_SECONDS
    record.fill_keys()
    abandoned = (
        (IdempotencyRecord.state == "running")
        & (IdempotencyRecord.locked_until < now)
        & (IdempotencyRecord.body_hash == record.body_hash)
    )
    free = IdempotencyRecord.pk.does_not_exist() | (IdempotencyRecord.ttl < now) | abandoned
    actions = [
        getattr(IdempotencyRecord, name).set(getattr(record, name))
        for name in ("subject", "route", "idempotency_key", "body_hash", "state", "locked_until", "ttl")
    ]
    try:
        Unit().change(record, *actions, when=free, or_create=True).commit()
    except ConditionFailed as failure:
        return _earlier(failure.item, record.body_hash)
    return None


def _earlier(raw: dict[str, Any] | None, body_hash: str) -> StoredResponse:
    earlier = IdempotencyRecord.from_raw_data(raw or {})
    if earlier.body_hash != body_hash:
        raise rule_violation("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key came with another body before.")
    if earlier.state != "done" or earlier.answer is None:
        raise Conflict("The first request with this Idempotency-Key is still running.", code="IN_PROGRESS")
    return StoredResponse(int(earlier.status), earlier.answer)
