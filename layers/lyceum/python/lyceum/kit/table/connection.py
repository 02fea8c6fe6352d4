"""The one connection to the table: it retries where that is safe, counts every request and names failures."""

import random
import time
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session
from pynamodb.connection import Connection, TableConnection

from lyceum.kit import context
from lyceum.kit.errors import Unavailable
from lyceum.kit.settings import settings
from lyceum.kit.table import wire
from lyceum.kit.telemetry import collector

THROTTLED = frozenset({
    "ProvisionedThroughputExceededException", "ThrottlingException", "ThrottlingError", "RequestLimitExceeded",
    "TransactionInProgressException", "ReplicatedWriteConflictException",
})  # fmt: skip
_BROKEN = frozenset({"InternalServerError", "ServiceUnavailable"})
_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
_REPEATABLE = _READS | {"PutItem"}
_ATTEMPTS = 3
_FIRST_WAIT_SECONDS = 0.025
_READ_SECONDS = 5


class ConditionFailed(Exception):
    """A write's condition did not hold; `item` is the raw item as it stands, when storage told."""

    def __init__(self, item: dict[str, Any] | None = None) -> None:
        super().__init__("the condition of a write did not hold")
        self.item = item


class TransactionFailed(Exception):
    """A transaction was cancelled; `reasons` has a code (or None) and the item as it stands for each write."""

    def __init__(self, reasons: list[tuple[str | None, dict[str, Any] | None]]) -> None:
        super().__init__("a transaction was cancelled")
        self.reasons = reasons


class _Outcome(Exception):
    """A failed call: worth another try or not, and what to raise in the end."""

    def __init__(self, error: Exception, *, retry: bool) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry = retry


class StorageConnection(Connection):
    """PynamoDB's connection with Lyceum's retries, accounting and error names.

    A throttled call was not applied, so each is tried again, with full jitter. A call that timed out may have been
    applied: repeated are reads, transactions (they carry a client token) and puts. A repeated put whose condition fails
    on the very item that it puts has been applied before.
    """

    @property
    def session(self) -> Session:
        """The session of this thread."""
        if getattr(self._local, "session", None) is None:
            self._local.session = wire.open_session()
        return self._local.session

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        operation_kwargs["ReturnConsumedCapacity"] = "TOTAL"
        waits, is_repeated, started = _waits(), False, time.perf_counter()
        while True:
            try:
                response = self._call_once(operation_name, operation_kwargs)
            except _Outcome as outcome:
                if is_repeated and _is_own_put(outcome.error, operation_kwargs):
                    return {}
                wait = next(waits, None)
                if not outcome.retry or wait is None:
                    raise outcome.error from outcome.__cause__
                time.sleep(wait)
                is_repeated = True
            else:
                units = _account(operation_name, response.get("ConsumedCapacity"))
                milliseconds = (time.perf_counter() - started) * 1000
                collector.storage_call(operation_name, operation_kwargs, milliseconds, units)
                return response

    def _call_once(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        usage = context.current().usage
        usage.requests += 1
        usage.operations.append(operation_name)
        repeatable = operation_name in _REPEATABLE or "ClientRequestToken" in operation_kwargs
        try:
            response: dict[str, Any] = self.client._make_api_call(operation_name, operation_kwargs)
        except ClientError as error:
            raise _explain(error, repeatable) from error
        except BotoCoreError as error:
            raise _Outcome(Unavailable(), retry=repeatable) from error
        return response


def _is_own_put(error: Exception, operation_kwargs: dict[str, Any]) -> bool:
    return isinstance(error, ConditionFailed) and error.item is not None and error.item == operation_kwargs.get("Item")


def _waits() -> Iterator[float]:
    for attempt in range(_ATTEMPTS - 1):
        yield random.uniform(0, _FIRST_WAIT_SECONDS * 2**attempt)  # noqa: S311 - jitter, not a secret


def _explain(error: ClientError, repeatable: bool) -> _Outcome:
    code = error.response["Error"]["Code"]
    response: dict[str, Any] = dict(error.response)
    if code == "ConditionalCheckFailedException":
        return _Outcome(ConditionFailed(response.get("Item")), retry=False)
    if code == "TransactionCanceledException":
        reasons = [
            (None if reason["Code"] == "None" else reason["Code"], reason.get("Item"))
            for reason in response["CancellationReasons"]
        ]
        codes = {reason for reason, _ in reasons if reason}
        if codes & {"ConditionalCheckFailed"}:
            return _Outcome(TransactionFailed(reasons), retry=False)
        if codes & {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}:
            return _Outcome(Unavailable(), retry=True)
        return _Outcome(error, retry=False)
    if code in THROTTLED:
        return _Outcome(Unavailable(), retry=True)
    if code == "TransactionConflictException":
        return _Outcome(Unavailable(), retry=True)
    if code in _BROKEN:
        return _Outcome(Unavailable(), retry=repeatable)
    return _Outcome(error, retry=False)


def _account(operation_name: str, consumed: Any) -> float:
    """Add what a call took to the work in progress, and return its capacity units."""
    usage, total = context.current().usage, 0.0
    for entry in consumed if isinstance(consumed, list) else [consumed] if consumed else []:
        units = float(entry.get("CapacityUnits", 0))
        total += units
        if operation_name in _READS:
            usage.read_units += units
        else:
            usage.write_units += units
    return total


def connect(table_name: str, meta_table: Any) -> TableConnection:
    """Open the connection to one table; nothing is sent before the first request."""
    table = TableConnection(table_name, meta_table=meta_table)
    seconds = _READ_SECONDS * settings().patience
    storage = StorageConnection(connect_timeout_seconds=2, read_timeout_seconds=seconds, max_retry_attempts=0)
    storage.add_meta_table(meta_table)
    table.connection = storage
    return table
