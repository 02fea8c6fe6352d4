"""Rate limits and kept answers: one conditional write each, on items that disappear by themselves."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lyceum import clock
from lyceum.errors import BadRequest, Conflict, RateLimited, Unavailable, rule_violation
from lyceum.http.exchange import Exchange
from lyceum.http.route import Limit, Route
from lyceum.model.kit import KeptAnswer, RateWindow
from lyceum.table import ConditionFailed, Unit

_KEEP_SECONDS = 24 * 3600
_LOCK_SECONDS = 60
_MAX_KEPT_BYTES = 300_000


def count(limit: Limit, subject: str, route: str) -> None:
    """Count one call; raises RateLimited with the seconds until the window ends when it is one too many."""
    now = int(clock.now().timestamp())
    ends = now - now % limit.seconds + limit.seconds
    window = RateWindow.at(subject=subject, route=route, window=str(ends))
    refuse = RateLimited("Too many requests. Slow down.", retry_after_seconds=max(1, ends - now))
    free = RateWindow.calls.does_not_exist() | (RateWindow.calls < limit.calls)
    actions = [RateWindow.calls.add(1), RateWindow.ttl.set(ends + 60)]
    Unit().change(window, *actions, when=free, refuse=refuse, or_create=True).commit()


@dataclass(frozen=True)
class Kept:
    """A finished answer: its status and body."""

    status: int
    body: str


def answer_once(exchange: Exchange, route: Route, make: Callable[[], Kept]) -> tuple[Kept, bool]:
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
    record = KeptAnswer(subject=exchange.subject, route=f"{route.method} {exchange.event['rawPath']}", idempotency_key=key, body_hash=_hash(exchange))
    earlier = _claim(record)
    if earlier:
        return earlier, True
    try:
        kept = make()
    except Exception:
        with suppress(Unavailable):  # the lock ends by itself
            Unit().remove(record).commit()
        raise
    if len(kept.body) <= _MAX_KEPT_BYTES:
        done = [KeptAnswer.state.set("done"), KeptAnswer.status.set(kept.status), KeptAnswer.answer.set(kept.body)]
        with suppress(Unavailable):  # the answer is true, kept or not
            Unit().change(record, *done).commit()
    return kept, False


def _hash(exchange: Exchange) -> str:
    return hashlib.blake2b(exchange.body, digest_size=16).hexdigest()


def _claim(record: KeptAnswer) -> Kept | None:
    now = int(clock.now().timestamp())
    record.state, record.locked_until, record.ttl = "running", now + _LOCK_SECONDS, now + _KEEP_SECONDS
    record.fill_keys()
    abandoned = (KeptAnswer.state == "running") & (KeptAnswer.locked_until < now) & (KeptAnswer.body_hash == record.body_hash)
    free = KeptAnswer.pk.does_not_exist() | (KeptAnswer.ttl < now) | abandoned
    actions = [
        getattr(KeptAnswer, name).set(getattr(record, name))
        for name in ("subject", "route", "idempotency_key", "body_hash", "state", "locked_until", "ttl")
    ]
    try:
        Unit().change(record, *actions, when=free, or_create=True).commit()
    except ConditionFailed as failure:
        return _earlier(failure.item, record.body_hash)
    return None


def _earlier(raw: dict[str, Any] | None, body_hash: str) -> Kept:
    earlier = KeptAnswer.from_raw_data(raw or {})
    if earlier.body_hash != body_hash:
        raise rule_violation("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key came with another body before.")
    if earlier.state != "done" or earlier.answer is None:
        raise Conflict("The first request with this Idempotency-Key is still running.", code="IN_PROGRESS")
    return Kept(int(earlier.status), earlier.answer)
