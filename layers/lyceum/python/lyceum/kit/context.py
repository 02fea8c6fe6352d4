"""What belongs to the request or message being worked on: its tenant, actor, correlation id and storage use."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

MAIN_TENANT = "main"


@dataclass
class Usage:
    """Storage requests made so far, with the capacity units that DynamoDB reported for them."""

    requests: int = 0
    read_units: float = 0.0
    write_units: float = 0.0
    operations: list[str] = field(default_factory=list)


@dataclass
class RequestContext:
    """One request or message: whose it is, who acts, what to call it in logs, what it cost."""

    tenant: str = MAIN_TENANT
    actor: str = "system"
    correlation_id: str = ""
    usage: Usage = field(default_factory=Usage)


_current: ContextVar[RequestContext] = ContextVar("lyceum_work", default=RequestContext())  # noqa: B039 - replaced, never mutated


def current() -> RequestContext:
    """Return the work in progress; outside any, one of the main tenant done by the system."""
    return _current.get()


def tenant() -> str:
    """Return the tenant whose items the work in progress may name."""
    return _current.get().tenant


@contextmanager
def working(work: RequestContext) -> Iterator[RequestContext]:
    """Make `work` current for the length of the block."""
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)
