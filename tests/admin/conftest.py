"""An operator of the main tenant, whose figures are the deployment's, and functions that tell of their work."""

from collections.abc import Iterator

import pytest

from lyceum.kit import context
from lyceum.kit.configuration import known
from lyceum.kit.settings import settings
from lyceum.kit.telemetry import collector, sending
from lyceum.rules.operating import status_page
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client


@pytest.fixture(autouse=True)
def _as_a_new_process(cloud: Cloud) -> Iterator[None]:
    """Nothing is known of other tests."""
    cloud.known.pop(context.MAIN_TENANT, None)
    for part in (known, collector, sending, status_page):
        part.forget()
    yield
    for part in (known, collector, sending, status_page):
        part.forget()


@pytest.fixture
def observed(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Clock]:
    """Functions tell of their work, as deployed ones do; the clock by which they send."""
    monkeypatch.setenv("LYCEUM_TELEMETRY", "true")
    settings.cache_clear()
    yield clock
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def operator(client: Client) -> Client:
    """An administrator of the main tenant."""
    return Client(client.cloud, context.MAIN_TENANT).as_("operator", "super_admin")
