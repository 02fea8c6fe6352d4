"""Whether the table can be restored is looked at each hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from tests.support.clock import Clock
from tests.support.http import LAMBDA

from functions.system import jobs


@pytest.fixture
def backups(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What storage says of the table's backups."""
    point: dict[str, Any] = {"PointInTimeRecoveryStatus": "ENABLED"}

    def describe(TableName: str) -> dict[str, Any]:  # noqa: N803 - as AWS calls them
        assert TableName == settings().table
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": point}}

    monkeypatch.setattr(clients.client("dynamodb"), "describe_continuous_backups", describe)
    return point


def test_the_age_of_the_newest_backup_is_measured(
    backups: dict[str, Any], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[tuple[Any, ...]] = []
    monkeypatch.setattr(jobs.metrics, "measure", lambda *told, **by: measured.append((*told, by)))
    backups["LatestRestorableDateTime"] = jobs.clock.now() - timedelta(minutes=5)
    jobs.handler({"job": "watch_backups"}, LAMBDA)
    backups["LatestRestorableDateTime"] = datetime.now(UTC) + timedelta(days=9999)
    jobs.handler({"job": "watch_backups"}, LAMBDA)
    assert measured == [("BackupAge", 300.0, "Seconds", {}), ("BackupAge", 0, "Seconds", {})]


def test_a_table_without_backups_is_an_error(backups: dict[str, Any]) -> None:
    backups["PointInTimeRecoveryStatus"] = "DISABLED"
    with pytest.raises(jobs.BackupsOff):
        jobs.handler({"job": "watch_backups"}, LAMBDA)
