"""A drill restores the table under another name and tells losses from what was written meanwhile."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyceum.kit import ids
from tests.support.cloud import Cloud
from tools.restore_drill import Drill, NotRestored

NOW = datetime.now(UTC)
BEFORE, AFTER = ((NOW + timedelta(hours=hours)).isoformat() for hours in (-1, 1))
Item = dict[str, dict[str, Any]]


def item(number: int, *, version: int = 1, at: str = BEFORE, **more: Any) -> Item:
    times = {name: {"S": at} for name in ("created_at", "updated_at")}
    return {"PK": {"S": f"main|NOTE#{number}"}, "SK": {"S": "NOTE"}, "version": {"N": str(version)}} | times | more


class Storage:
    """A table with backups; `meanwhile` happens after it is restored and before it is compared."""

    def __init__(self, client: Any, table: str) -> None:
        self.client = client
        self.table = table
        self.meanwhile: Callable[[str], None] = lambda _: None
        self.statuses = ["CREATING", "ACTIVE"]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def put(self, *items: Item, table: str = "") -> None:
        for each in items:
            self.client.put_item(TableName=table or self.table, Item=each)

    def remove(self, number: int, table: str = "") -> None:
        key = {name: item(number)[name] for name in ("PK", "SK")}
        self.client.delete_item(TableName=table or self.table, Key=key)

    def describe_continuous_backups(self, TableName: str) -> dict[str, Any]:  # noqa: N803 - as AWS calls them
        told = self.client.describe_continuous_backups(TableName=TableName)
        told["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["LatestRestorableDateTime"] = NOW
        return dict(told)

    def restore_table_to_point_in_time(self, **asked: Any) -> Any:
        answer = self.client.restore_table_to_point_in_time(**asked)
        self.meanwhile(asked["TargetTableName"])
        return answer

    def describe_table(self, TableName: str) -> dict[str, Any]:  # noqa: N803, ARG002 - as AWS calls them
        return {"Table": {"TableStatus": self.statuses.pop(0) if self.statuses else "ACTIVE"}}


@pytest.fixture
def storage(cloud: Cloud) -> Iterator[Storage]:
    name = f"drilled-{ids.new_id()}"
    attributes = [{"AttributeName": key, "AttributeType": "S"} for key in ("PK", "SK")]
    schema = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
    cloud.dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=attributes, KeySchema=schema
    )
    cloud.dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    yield Storage(cloud.dynamodb, name)
    for table in cloud.dynamodb.list_tables()["TableNames"]:
        if table.startswith(name):
            cloud.dynamodb.delete_table(TableName=table)


def drill(storage: Storage, said: list[str] | None = None, *, keep: bool = False) -> dict[str, int]:
    say = [] if said is None else said
    return dict(Drill(storage, storage.table, say.append, lambda _: None).run(keep=keep))


def copies(storage: Storage) -> list[str]:
    return [name for name in storage.client.list_tables()["TableNames"] if name.startswith(f"{storage.table}-drill-")]


def test_what_nobody_wrote_is_the_same(storage: Storage) -> None:
    storage.put(*(item(number) for number in range(120)))
    said: list[str] = []
    assert drill(storage, said) == {"same": 120, "in both": 120}
    assert copies(storage) == []
    assert said[0].startswith(f"restoring {storage.table} as of")


def test_the_copy_can_be_kept(storage: Storage) -> None:
    drill(storage, keep=True)
    assert len(copies(storage)) == 1


def test_what_was_written_meanwhile_is_no_loss(storage: Storage) -> None:
    storage.put(*(item(number) for number in range(4)))

    def go_on(_: str) -> None:
        storage.put(item(0, version=2), item(9, at=AFTER))
        storage.put(item(1, at=AFTER))
        storage.remove(2)

    storage.meanwhile = go_on
    assert drill(storage) == {"same": 1, "changed since": 2, "removed since": 1, "new since": 1, "in both": 3}


def test_what_differs_although_nobody_wrote_it_is_told(storage: Storage) -> None:
    storage.put(item(0), item(1))
    storage.meanwhile = lambda copy: storage.put(item(0, text={"S": "other"}), table=copy)
    assert drill(storage)["different"] == 1


def test_what_was_there_and_is_not_restored_is_told(storage: Storage) -> None:
    storage.put(item(0), item(1), item(2, ttl={"N": "1"}))

    def lose(copy: str) -> None:
        storage.remove(0, copy)
        storage.remove(2, copy)

    storage.meanwhile = lose
    found = drill(storage)
    assert (found["missing"], found["new since"]) == (1, 1)


def test_a_table_without_backups_fails(storage: Storage) -> None:
    off = {"PointInTimeRecoveryEnabled": False}
    storage.client.update_continuous_backups(TableName=storage.table, PointInTimeRecoverySpecification=off)
    with pytest.raises(NotRestored, match="point-in-time recovery is off"):
        drill(storage)


def test_a_restoring_that_fails_leaves_nothing(storage: Storage) -> None:
    storage.statuses = ["CREATING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"]
    with pytest.raises(NotRestored, match="INACCESSIBLE"):
        drill(storage)
    assert copies(storage) == []
