"""A table of its own for each test: migrations walk over all that there is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from lyceum.kit import ids
from tests.support.cloud import Cloud
from tools.migrations.journal import KIND
from tools.migrations.runner import Migration
from tools.migrations.step import Item, Step


@dataclass
class Table:
    """A table with the product's keys, and what a migration said of it."""

    client: Any
    name: str
    said: list[str] = field(default_factory=list)

    def put(self, *items: Item) -> None:
        for item in items:
            self.client.put_item(TableName=self.name, Item=item)

    def items(self) -> list[Item]:
        """What is stored, but for what the table remembers of its migrations, without versions."""
        found = self.client.scan(TableName=self.name)["Items"]
        own = [item for item in found if item.get("kind") != {"S": KIND}]
        return sorted(({k: v for k, v in item.items() if k != "version"} for item in own), key=lambda i: i["PK"]["S"])

    def migration(self, *steps: Step, client: Any = None) -> Migration:
        return Migration(client or self.client, self.name, steps, self.said.append)


@pytest.fixture
def table(cloud: Cloud) -> Iterator[Table]:
    name = f"migrations-{ids.new_id()}"
    attributes = [{"AttributeName": key, "AttributeType": "S"} for key in ("PK", "SK")]
    schema = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
    cloud.dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=attributes, KeySchema=schema
    )
    yield Table(cloud.dynamodb, name)
    cloud.dynamodb.delete_table(TableName=name)
