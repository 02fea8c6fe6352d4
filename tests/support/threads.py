"""Callers that act at once."""

import contextvars
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest.mock import patch

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from lyceum.kit.errors import DomainError
from lyceum.kit.table.connection import StorageConnection
from tests.support.http import apis

T = TypeVar("T")
_current: "_Turns | None" = None
"""The turns that callers take at present."""


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Run calls in threads that take turns at each storage request, each in its own context; returns their results.

    So all of them have read before one of them writes. A process of the product serves one event at a time, which its
    resolver relies on; what that keeps goes with the turn.
    """
    gate, turns = threading.Barrier(len(calls)), _Turns()

    def run(call: Callable[[], T]) -> T:
        turns.ask()
        gate.wait()  # nobody begins before all have asked
        turns.wait()
        try:
            return call()
        finally:
            turns.give()

    with _turns_at_storage(turns), ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(contextvars.copy_context().run, run, call) for call in calls]
        return [future.result() for future in futures]


def status_of(rule: Callable[[], object]) -> int:
    """Return the status that a rule's outcome would have."""
    try:
        rule()
    except DomainError as refusal:
        return refusal.status
    return 200


def let_others_go() -> None:
    """Give those who act at the same time their turn, where callers take turns; else nothing happens."""
    if _current is not None and _current.is_mine():
        _current.pass_on()


class _Turns:
    """Lets one thread run at a time, each in the order in which it asked."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[int] = deque()

    def ask(self) -> None:
        with self._changed:
            self._waiting.append(threading.get_ident())

    def wait(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting[0] == threading.get_ident())

    def give(self) -> None:
        with self._changed:
            self._waiting.popleft()
            self._changed.notify_all()

    def is_mine(self) -> bool:
        """Say whether it is this thread that runs."""
        return bool(self._waiting) and self._waiting[0] == threading.get_ident()

    def pass_on(self) -> None:
        """Let the others go first, and find the resolvers as they were."""
        resolvers = [api.resolver for api in apis()]
        kept = [dict(resolver.context) for resolver in resolvers]
        served = {
            name: vars(BaseRouter)[name] for name in ("current_event", "lambda_context") if name in vars(BaseRouter)
        }
        self.give()
        self.ask()
        self.wait()
        for name, value in served.items():  # there is none before the first request
            setattr(BaseRouter, name, value)
        for resolver, context in zip(resolvers, kept, strict=True):
            resolver.context.clear()
            resolver.context.update(context)


@contextmanager
def _turns_at_storage(turns: _Turns) -> Iterator[None]:
    original = StorageConnection._call_once

    def call_in_turn(self: StorageConnection, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        turns.pass_on()
        return original(self, name, arguments)

    global _current
    _current = turns
    try:
        with patch.object(StorageConnection, "_call_once", call_in_turn):
            yield
    finally:
        _current = None
