"""What an HTTP function does before its state is kept as a snapshot, and after it is brought back (Lambda SnapStart).

Before: what the first request would wait for is made and read, so that it is in the snapshot: clients, the deployment's
secret, the public keys, the models of requests and answers. After: what many copies of one snapshot must not share is
made anew, and what may be old is forgotten: random numbers, connections, the feed of ended rights. Credentials renew
themselves, since clients ask for them by their age.
"""

import random
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import BaseModel

from lyceum.kit.aws import clients
from lyceum.kit.configuration import known
from lyceum.kit.event import Message
from lyceum.kit.http.schemas import Request, Schema
from lyceum.kit.identity import api_keys, revocations, tokens
from lyceum.kit.settings import settings
from lyceum.kit.table.entity import Entity
from lyceum.kit.telemetry import collector, sending
from lyceum.kit.traffic import bans, callers

logger = Logger()


def register() -> bool:
    """Let the runtime call both; returns whether it is one that keeps snapshots."""
    try:
        hooks: Any = import_module("snapshot_restore_py")
    except ImportError:
        return False
    hooks.register_before_snapshot(prime)
    hooks.register_after_restore(renew)
    return True


def prime() -> None:
    """Make and read what the first request needs; what fails here is left to that request."""
    environment = settings()
    steps: list[Callable[[], object]] = [_complete_models, lambda: Entity._get_connection().connection.client]
    if environment.secret:
        steps.append(clients.secret_text)
    if environment.signing_key:
        steps.append(tokens.public_keys)
    for step in steps:
        try:
            step()
        except Exception as error:
            logger.warning("not primed", exc_info=error)


def renew() -> None:
    """Make anew what copies of a snapshot must not share, and forget what may be old."""
    random.seed()
    revocations.forget()
    api_keys.forget()
    known.forget()
    collector.forget()
    callers.forget()
    bans.forget()
    sending.forget()
    for client in _built():
        client._endpoint.http_session.close()


def _built() -> Iterator[Any]:
    """Yield the clients that this process has built; a closed session opens its connections again when it is used."""
    yield from clients.built
    if Entity._connection is not None and Entity._connection.connection._client is not None:
        yield Entity._connection.connection._client


def _complete_models() -> None:
    waiting: list[type[BaseModel]] = [Request, Schema, Message]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if not model.__pydantic_complete__:
            model.model_rebuild()
