"""The API's own door in process: what a function sends to its deployment is handed to the function that answers it."""

import contextvars
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from urllib.parse import parse_qsl, urlsplit

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from lyceum.kit import context
from lyceum.kit.frozen import frozen
from lyceum.kit.outgoing.client import Method, OutgoingClient, Reply
from tests.support.cloud import Cloud
from tests.support.http import Client

_KEPT = ("current_event", "lambda_context")


def _nothing(method: str, path: str) -> None:
    """Let every request through."""


@frozen
class OwnDoor(OutgoingClient):
    """Answers as the gateway would; `before` and `after` may raise what goes wrong on the way there or back."""

    cloud: Cloud | None = None
    before: Callable[[str, str], None] = field(default=_nothing)
    after: Callable[[str, str], None] = field(default=_nothing)

    def call(
        self, method: Method, address: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Hand a request to its function, in a context of its own."""
        assert self.cloud is not None
        url = urlsplit(address)
        self.before(method, url.path)
        caller = Client(self.cloud, context.tenant())
        text = body.decode() if body is not None else None
        with _router_kept():
            answer = contextvars.copy_context().run(
                caller.send, method, url.path, text, dict(parse_qsl(url.query)), dict(headers or {})
            )
        self.after(method, url.path)
        content = answer.content
        return Reply(
            answer.status,
            {name.lower(): value for name, value in answer.headers.items()},
            content[: self.most_bytes],
            is_whole=len(content) <= self.most_bytes,
        )


@contextmanager
def _router_kept() -> Iterator[None]:
    """Let the resolver that asked find its own event again; a process of the product serves one at a time."""
    kept = {name: vars(BaseRouter)[name] for name in _KEPT if name in vars(BaseRouter)}
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(BaseRouter, name, value)
