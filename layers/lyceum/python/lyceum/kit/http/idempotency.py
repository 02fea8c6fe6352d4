"""One answer for one Idempotency-Key."""

import hashlib
from collections.abc import Callable
from contextlib import suppress

from lyceum.kit import clock
from lyceum.kit.errors import BadRequest, Conflict, Unavailable, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.http.exchange import Exchange
from lyceum.kit.http.records import IdempotencyRecord
from lyceum.kit.http.routes import Route
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.principal import Principal
from lyceum.kit.table import ConditionFailed, Unit

_KEEP_SECONDS = 24 * 3600
_LOCK_SECONDS = 60
_MAX_STORED_BYTES = 300_000


@frozen
class StoredResponse:
    """A finished answer: its status and body; `made` is the id of what was made, where a route shows that anew."""

    status: int
    body: str
    made: str | None = None

    @property
    def kept(self) -> str:
        """What is stored of it."""
        return self.body if self.made is None else self.made


def answer_once(exchange: Exchange, route: Route, make: Callable[[], StoredResponse]) -> tuple[StoredResponse, bool]:
    """Make an answer, or return what was kept of the one that the same Idempotency-Key got in the last 24 hours.

    Returns the answer and whether it is a repeated one; a repeated one holds in `body` what was kept. A request that
    failed leaves no answer: it may be sent again with the same key. Raises

    - Conflict IN_PROGRESS while the first request is still running, ALREADY_DONE when it was made with a role that the
      caller has lost since: what was said to that role is not said again;
    - RuleViolation IDEMPOTENCY_KEY_REUSED when the key came with another body.
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
        role=exchange.caller.role.value if exchange.caller else None,
    )
    earlier = _claim(record, exchange.caller)
    if earlier:
        return earlier, True
    try:
        stored = make()
    except Exception:
        with suppress(Unavailable):  # the lock ends by itself
            Unit().remove(record).commit()
        raise
    if len(stored.kept) <= _MAX_STORED_BYTES:
        done = [
            IdempotencyRecord.state.set("done"),
            IdempotencyRecord.status.set(stored.status),
            IdempotencyRecord.answer.set(stored.kept),
        ]
        with suppress(Unavailable):  # the answer is true, stored or not
            Unit().change(record, *done).commit()
    return stored, False


def _hash(exchange: Exchange) -> str:
    return hashlib.blake2b(exchange.body, digest_size=16).hexdigest()


def _claim(record: IdempotencyRecord, caller: Principal | None) -> StoredResponse | None:
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
        for name in ("subject", "route", "idempotency_key", "body_hash", "role", "state", "locked_until", "ttl")
        if getattr(record, name) is not None
    ]
    try:
        Unit().change(record, *actions, when=free, or_create=True).commit()
    except ConditionFailed as failure:
        return _earlier(IdempotencyRecord.from_raw_data(failure.item or {}), record.body_hash, caller)
    return None


def _earlier(earlier: IdempotencyRecord, body_hash: str, caller: Principal | None) -> StoredResponse:
    if earlier.body_hash != body_hash:
        raise rule_violation("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key came with another body before.")
    if earlier.state != "done" or earlier.answer is None:
        raise Conflict("The first request with this Idempotency-Key is still running.", code="IN_PROGRESS")
    if earlier.role and not (caller and caller.is_at_least(Role(earlier.role))):
        raise Conflict("This was done before, with rights that you do not have any more.", code="ALREADY_DONE")
    return StoredResponse(int(earlier.status), earlier.answer)
