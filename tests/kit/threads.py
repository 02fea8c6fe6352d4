"""Callers that act at once."""

import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest.mock import patch

from lyceum.errors import DomainError
from lyceum.table.connection import StorageConnection

T = TypeVar("T")


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Run calls in threads that start together, each in a context of its own, and return what they returned."""
    gate = threading.Barrier(len(calls))

    def wait_and_run(call: Callable[[], T]) -> T:
        gate.wait()
        return call()

    with _one_request_at_a_time(), ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(contextvars.copy_context().run, wait_and_run, call) for call in calls]
        return [future.result() for future in futures]


def status_of(rule: Callable[[], object]) -> int:
    """Return the status that a rule's outcome would have; for callers at once, which the resolver does not serve."""
    try:
        rule()
    except DomainError as refusal:
        return refusal.status
    return 200


@contextmanager
def _one_request_at_a_time() -> Iterator[None]:
    """Make each storage request atomic, as the service's are and the emulator's are not."""
    lock = threading.Lock()
    call = StorageConnection._call_once

    def locked(self: StorageConnection, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        with lock:
            return call(self, name, arguments)

    with patch.object(StorageConnection, "_call_once", locked):
        yield
