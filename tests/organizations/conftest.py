"""An operator in the main tenant, and organisations that tests make."""

from collections.abc import Iterator
from typing import Any

import pytest

from lyceum.kit.configuration import known
from lyceum.kit.identity import api_keys
from lyceum.kit.tenancy import directory
from tests.support.clock import Clock
from tests.support.cloud import forget_items
from tests.support.http import Client, Reply

from functions.organizations import domains
from functions.organizations.moving import files

NAMES = ("harbour", "harbour-copy", "quay")


@pytest.fixture
def operator(client: Client, clock: Clock) -> Iterator[Client]:
    """A super admin of the main tenant; what it makes is gone after the test."""
    _forget()
    yield client.of("main").as_("super_admin")
    for name in NAMES:
        forget_items(f"{name}|")
        for folder in files.ALL:
            files.remove(files.page(f"{folder}{name}/", None)[0])
    forget_items("main|")
    _forget()


def _forget() -> None:
    directory.forget()
    known.forget()
    api_keys.forget()


def make(operator: Client, name: str = "harbour", **more: Any) -> Reply:
    """Make an organisation."""
    body = {
        "organizationId": name,
        "title": "Harbour School",
        "firstAdministrator": {"email": "head@harbour.org"},
        **more,
    }
    return operator.post("/api/admin/organizations", body)


@pytest.fixture
def harbour(operator: Client) -> Client:
    """Strangers at the host of an organisation that was just made."""
    assert make(operator).status == 201
    return Client(operator.cloud, "harbour")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The name system: TXT records by name, asked of both resolvers."""
    records: dict[str, list[str]] = {}
    monkeypatch.setattr(domains, "_texts", lambda _resolver, name: records.get(name, []))
    return records
