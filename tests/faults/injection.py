"""Faults at storage: the n-th call of a run fails once, before or after it was applied."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

KINDS = ("throttled", "conflict", "timeout", "crash after write")
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}


class Faults:
    """Counts storage calls and lets one of them fail; tokens of transactions are honoured as the real service does."""

    def __init__(self, kind: str | None = None, at: int | None = None) -> None:
        self.kind = kind
        self.at = at
        self.operations: list[str] = []
        self.struck: str | None = None
        self._applied: set[str] = set()

    def call(self, original: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        """Pass a call on, or fail it when its turn has come."""
        if client.meta.service_model.service_name != "dynamodb" or operation == "Scan":  # the product never scans
            return original(client, operation, arguments)
        token = arguments.get("ClientRequestToken")
        if token in self._applied:
            return {}
        self.operations.append(operation)
        if len(self.operations) == self.at:
            self.struck = operation
            self._strike(original, client, operation, arguments, token)
        answer = original(client, operation, arguments)
        if token:
            self._applied.add(token)
        return answer

    def places(self, kind: str) -> list[int]:
        """Return the calls that can fail so.

        Reads neither conflict nor crash after writing, and losing their answer is as being throttled.
        """
        is_of_writes = kind != "throttled"
        return [at for at, operation in enumerate(self.operations, 1) if operation in _WRITES or not is_of_writes]

    def _strike(self, original: Any, client: Any, operation: str, arguments: dict[str, Any], token: str | None) -> None:
        if self.kind == "throttled":
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, operation)
        if self.kind == "conflict" and operation == "TransactWriteItems":
            reasons = [{"Code": "TransactionConflict"}, *({"Code": "None"} for _ in arguments["TransactItems"][1:])]
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": reasons,
            }
            raise ClientError(answer, operation)
        if self.kind == "conflict" and operation in _WRITES:
            raise ClientError({"Error": {"Code": "TransactionConflictException", "Message": ""}}, operation)
        if self.kind == "crash after write" and operation in _WRITES:
            original(client, operation, arguments)
            if token:
                self._applied.add(token)
        raise ReadTimeoutError(endpoint_url="http://storage")


@contextmanager
def injected(faults: Faults) -> Iterator[Faults]:
    """Put the faults between the product and its storage."""
    original = BaseClient._make_api_call

    def call(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        return faults.call(original, self, operation, arguments)

    with patch.object(BaseClient, "_make_api_call", call), patch("time.sleep"):
        yield faults
