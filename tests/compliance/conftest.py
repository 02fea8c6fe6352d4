"""Acts that are audited, and a look at how they are stored."""

from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit import context
from lyceum.kit.table import Unit
from lyceum.model.audit import AuditEvent, audit
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.jobs import run

from functions.compliance import jobs

Act = Callable[..., AuditEvent]


@pytest.fixture
def act(tenant: str, clock: Clock) -> Act:
    """Let somebody do something that is audited, a second after what was done before."""

    def go(action: str = "user.suspend", subject: str = "ada", actor: str = "grace") -> AuditEvent:
        clock.advance(seconds=1)
        with context.working(context.RequestContext(tenant=tenant, actor=actor, correlation_id="c-1")):
            event = audit(action, subject, before={"status": "active"}, after={"status": "suspended"}, reason="spam")
            Unit().create(event).commit()
        return event

    return go


@pytest.fixture
def link(clock: Clock) -> Callable[[], None]:
    """Let the minute pass and the job link what there is."""

    def go() -> None:
        clock.advance(minutes=1)
        run(jobs, "link_audit_events")

    return go


@pytest.fixture
def tamper(cloud: Cloud) -> Callable[..., None]:
    """Change an item behind the product's back, as somebody with the table's keys could; None removes an attribute."""

    def go(item: Any, **values: str | None) -> None:
        key = {"PK": {"S": item.pk}, "SK": {"S": item.sk}}
        stored = cloud.dynamodb.get_item(TableName="lyceum-test", Key=key)["Item"]
        for name, value in values.items():
            stored.pop(name, None)
            if value is not None:
                stored[name] = {"N" if name == "place" else "S": value}
        cloud.dynamodb.put_item(TableName="lyceum-test", Item=stored)

    return go


@pytest.fixture
def delete(cloud: Cloud) -> Callable[[Any], None]:
    """Remove an item behind the product's back."""

    def go(item: Any) -> None:
        cloud.dynamodb.delete_item(TableName="lyceum-test", Key={"PK": {"S": item.pk}, "SK": {"S": item.sk}})

    return go
