"""Before a snapshot everything is ready; after it nothing is shared that must not be."""

import random
import sys
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

from lyceum.kit import snapshots
from lyceum.kit.aws import clients
from lyceum.kit.http.schemas import Schema
from lyceum.kit.identity import revocations
from lyceum.kit.table.entity import Entity
from tests.support.cloud import Cloud, forget_clients


class LateAnswer(Schema):
    """A model that nobody has used yet."""

    text: str


def is_complete(model: type[BaseModel]) -> bool:
    return bool(model.__pydantic_complete__)


def test_before_a_snapshot_clients_keys_and_models_are_made(cloud: Cloud) -> None:
    forget_clients()
    snapshots.prime()
    assert is_complete(LateAnswer)
    assert Entity._connection is not None and Entity._connection.connection._client is not None
    assert clients.secret_text.cache_info().currsize == 1


def test_what_can_not_be_read_is_left_to_the_first_request(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise ConnectionError

    monkeypatch.setattr(clients, "secret_text", fail)
    snapshots.prime()


def test_after_a_snapshot_copies_draw_different_numbers(cloud: Cloud) -> None:
    kept = random.getstate()
    drawn = []
    for _ in range(2):
        random.setstate(kept)
        snapshots.renew()
        drawn.append(random.random())
    assert drawn[0] != drawn[1]


def test_after_a_snapshot_old_connections_and_old_rights_are_gone(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[str] = []
    monkeypatch.setattr(revocations, "forget", lambda: forgotten.append("rights"))
    session = clients.client("kms")._endpoint.http_session
    monkeypatch.setattr(session, "close", lambda: forgotten.append("connections"))
    snapshots.renew()
    assert "rights" in forgotten
    assert "connections" in forgotten


def test_the_runtime_is_asked_where_it_keeps_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not snapshots.register()
    hooks: Any = ModuleType("snapshot_restore_py")
    registered: list[Any] = []
    hooks.register_before_snapshot = hooks.register_after_restore = registered.append
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", hooks)
    assert snapshots.register()
    assert registered == [snapshots.prime, snapshots.renew]
