"""The tenants of tests: each is made before it is used, as the command makes those of a deployment."""

from collections.abc import Iterator
from contextlib import contextmanager

from lyceum.kit import context
from lyceum.kit.table import Unit
from lyceum.kit.tenancy import directory
from lyceum.kit.tenancy.records import Tenant

_open: list[str] = []


@contextmanager
def existing(name: str) -> Iterator[None]:
    """Let there be a tenant for the length of the block."""
    _open.append(name)
    begin_now()
    try:
        yield
    finally:
        _open.remove(name)
        directory.forget()


def begin_now() -> None:
    """Let the tenants of the running test begin at this moment of the product's clock, and schedules with them."""
    for name in _open:
        make(name)


def make(name: str) -> None:
    """Make a tenant that goes with what the running test's own one has left."""
    with context.working(context.RequestContext(context.MAIN_TENANT, actor="test")):
        Unit().put(Tenant(tenant_name=name)).commit()
    directory.forget()
