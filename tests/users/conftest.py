"""People of every kind, and a look at what is stored of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lyceum.kit.table import Unit, write_many
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User
from tests.support.http import Client
from tests.support.workers import deliver


@dataclass
class People:
    """The people of one test."""

    client: Client

    def stored(self, name: str) -> User:
        """Return what is stored of somebody."""
        return User.require(user_id=self.client.as_(name).user_id, consistent=True)

    def change(self, name: str, **values: Any) -> User:
        """Change somebody as other parts of the product would; the names that they sign in by are guarded."""
        user = self.stored(name)
        for field, value in values.items():
            setattr(user, field, value)
        Unit().replace(user).commit()
        write_many([LoginName(name=each, user_id=user.user_id) for each in (user.username, user.email) if each])
        return user

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the events of one kind that are on their way."""
        return [
            json.loads(entry["Detail"])
            for entry in self.client.cloud.outbox(self.client.tenant)
            if entry["DetailType"] == name
        ]

    def acts(self) -> list[AuditEvent]:
        """Return the audit trail."""
        items = self.client.cloud.items(self.client.tenant)
        return [AuditEvent.from_raw_data(item) for item in items if item["kind"]["S"] == "audit_event"]

    def settle(self) -> None:
        """Let every event have its effects."""
        assert deliver(self.client.cloud, self.client.tenant) == 0


@pytest.fixture
def people(client: Client) -> People:
    """The people of the test's tenant."""
    return People(client)


@pytest.fixture
def as_admin(client: Client) -> Callable[[str, str, Any], Any]:
    """Act as an admin on somebody: `as_admin("suspend", user_id, body)`."""

    def act(verb: str, user_id: str, body: Any = None) -> Any:
        return client.as_("admin").post(f"/api/admin/users/{user_id}/{verb}", body)

    return act
