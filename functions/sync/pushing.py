"""What a device did without a line: each operation in its order, with its effect once, and a result that stays.

An operation is claimed, sent as the request that does the same with a line, and settled: its outcome is stored in the
transaction that raises the device's number. When a worker dies in between, the operation is sent again after its
lease; the request knows its own repetition by the operation's id.
"""

import hashlib
import json
import time
from dataclasses import dataclass, field
from datetime import timedelta

from lyceum.events.sync import SyncAdvanced
from lyceum.kit import clock
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Principal
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch
from lyceum.kit.telemetry import collector
from lyceum.model.sync import OPERATIONS, PUSHES, WAITING, SyncDevice, SyncOperation

from functions.sync import applying
from functions.sync.applying import Outcome
from functions.sync.schemas import Operation, OperationResult, PushOperations, PushResult

KEPT = timedelta(days=90)
DEVICE_KEPT = timedelta(days=400)
LEASE = timedelta(seconds=30)
"""Longer than any function that answers a push runs."""
SECONDS = 22
_TOLD_EVERY = 10
_RETRY_SECONDS = 5
_BUSY = Outcome("retry", "IN_PROGRESS", "This operation is being worked on.")
_LATER = Outcome("retry", "EARLIER_WAITS", "An operation before this one has to be sent again first.")
_NO_TIME = Outcome("retry", "UNAVAILABLE", "There was no time for this one.")
_GAP = Outcome("retry", "OUT_OF_ORDER", "Operations before this one are missing; `nextSeq` is the first of them.")
_NUMBER_USED = Outcome("rejected", "SEQUENCE_REUSED", "The device sent another operation under this number before.")
_ID_USED = Outcome("rejected", "OPERATION_ID_REUSED", "This id came with another operation before.")
_FAILED_BEFORE = Outcome("rejected", "EARLIER_FAILED", "An operation before this one, on the same thing, failed.")


@dataclass
class _Push:
    """One call: the device as it was read, what is known of its operations, and how far they are."""

    caller: Principal
    device: SyncDevice
    known: dict[str, SyncOperation]
    total: int
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    failed: set[str] = field(default_factory=set)
    settled: int = 0
    waiting: bool = False

    @property
    def next_seq(self) -> int:
        """The number of the operation that comes next."""
        return int(self.device.last_seq) + 1


def push(caller: Principal, body: PushOperations) -> PushResult:
    """Settle operations in their order, as far as time allows (1 read; a write and a transaction each, beside its own).

    An operation that was settled before gets the result that it got then. One that has to be sent again stops those
    after it, so nothing overtakes; one that failed stops those on the same thing.
    """
    device = SyncDevice.at(user_id=caller.user_id, device_id=body.device_id)
    names = [SyncOperation.at(user_id=caller.user_id, operation_id=each.operation_id) for each in body.operations]
    found_device, *found = batch_fetch([device, *names], consistent=True)
    known = {item.operation_id: item for item in found if isinstance(item, SyncOperation)}
    if not isinstance(found_device, SyncDevice):
        found_device = SyncDevice(user_id=caller.user_id, device_id=body.device_id)
    work = _Push(caller, found_device, known, len(body.operations))
    results = [_shown(each, _settle(work, each)) for each in body.operations]
    if work.waiting:
        _tell_waiting(work)
    collector.tally(PUSHES)
    collector.tally(OPERATIONS, count=work.total)
    collector.tally(WAITING, count=work.total - work.settled)
    return PushResult(
        results=results, next_seq=work.next_seq, retry_after_seconds=_RETRY_SECONDS if work.waiting else None
    )


def _shown(operation: Operation, outcome: Outcome) -> OperationResult:
    return OperationResult(operation_id=operation.operation_id, seq=operation.seq, **outcome._asdict())


def _settle(work: _Push, operation: Operation) -> Outcome:
    """Settle one operation, or say what it was settled as before."""
    record = work.known.get(operation.operation_id)
    digest = _digest(operation)
    if record is not None and record.digest != digest:
        return _ID_USED
    if record is not None and record.state == "done":
        if operation.seq == work.next_seq:  # settled for another device of the user
            work.device.last_seq = operation.seq
        work.settled += 1
        return _noted(work, operation, Outcome(**record.outcome))
    if work.waiting:
        return _LATER
    if operation.seq < work.next_seq:
        return _NUMBER_USED
    outcome = _GAP if operation.seq > work.next_seq else _carried_out(work, operation, record, digest)
    work.waiting = outcome.status == "retry"
    return _noted(work, operation, outcome)


def _noted(work: _Push, operation: Operation, outcome: Outcome) -> Outcome:
    if outcome.status in {"conflict", "rejected"} and operation.key:
        work.failed.add(operation.key)
    return outcome


def _carried_out(work: _Push, operation: Operation, record: SyncOperation | None, digest: str) -> Outcome:
    """Claim an operation, send it, and settle it; raises nothing of what others do meanwhile."""
    now = clock.now()
    if record is not None and record.leased_until > now:
        return _BUSY
    if time.monotonic() > work.until:
        return _NO_TIME
    if record is None:
        record = SyncOperation(
            user_id=work.caller.user_id,
            operation_id=operation.operation_id,
            device_id=work.device.device_id,
            seq=operation.seq,
            type=operation.type,
            digest=digest,
            device_at=operation.at,
        )
    record.leased_until, record.ttl = now + LEASE, KEPT
    try:
        Unit().save(record).commit()
        outcome = _FAILED_BEFORE if operation.key in work.failed else applying.apply(operation)
        return _stored(work, operation, record, outcome)
    except (Conflict, ConditionFailed):
        return _BUSY


def _stored(work: _Push, operation: Operation, record: SyncOperation, outcome: Outcome) -> Outcome:
    """Store an outcome in the transaction that raises the device's number; one to be sent again gives the claim up."""
    if outcome.status == "retry":
        record.leased_until = clock.now()
        Unit().replace(record).commit()
        return outcome
    record.state, record.outcome = "done", outcome._asdict()
    work.device.last_seq, work.device.pushed_at, work.device.ttl = operation.seq, clock.now(), DEVICE_KEPT
    work.settled += 1
    work.known[operation.operation_id] = record
    told = [_advanced(work)] if work.settled == work.total or work.settled % _TOLD_EVERY == 1 else []
    try:
        Unit().replace(record).save(work.device, *told).commit()
    except (Conflict, ConditionFailed):
        work.device.last_seq, work.settled = operation.seq - 1, work.settled - 1
        del work.known[operation.operation_id]
        raise
    return outcome


def _advanced(work: _Push) -> SyncAdvanced:
    is_all = work.settled == work.total
    state = "waiting" if work.waiting else "done" if is_all else "syncing"
    return SyncAdvanced(
        user_id=work.caller.user_id,
        device_id=str(work.device.device_id),
        state=state,
        settled=work.settled,
        total=work.total,
    )


def _tell_waiting(work: _Push) -> None:
    told = _advanced(work)
    Unit().put(OutboxItem.of(told), told).commit()


def _digest(operation: Operation) -> str:
    asked = operation.model_dump(mode="json", include={"type", "key", "value", "base_version"})
    return hashlib.blake2b(json.dumps(asked, sort_keys=True).encode(), digest_size=16).hexdigest()
