"""Live figures on the socket: for those who may see them, a message a second at most."""

from typing import Any

from lyceum.events.admin import AdminFiguresChanged
from lyceum.kit import context
from lyceum.kit.table import Unit
from lyceum.kit.telemetry.task import FoldTelemetry
from lyceum.model.realtime import Follower
from tests.support.clock import Clock
from tests.support.http import Client

from functions.admin.health import live_figures
from functions.realtime import topics

CALL: dict[str, Any] = {
    "group": "GET /api/topics", "count": 4, "failed": 1, "refused": 0, "anonymous": 2, "max_ms": 31.5
}  # fmt: skip


def sent(client: Client) -> list[Any]:
    found = client.cloud.published(context.MAIN_TENANT)
    return [entry for entry in found if entry["DetailType"] == AdminFiguresChanged.name]


def test_figures_are_sent_to_followers_a_message_a_second(client: Client, clock: Clock) -> None:
    batch = FoldTelemetry(function="catalog", calls=[CALL], failures=[])
    with context.working(context.RequestContext(context.MAIN_TENANT)):
        live_figures.show([batch])
        assert sent(client) == []
        Unit().put(Follower(topic="admin:requests", user_id="ada", connection_id="c")).commit()
        live_figures.show([batch, batch])
        live_figures.show([batch])
        assert len(sent(client)) == 1
        assert '"requests":8' in sent(client)[0]["Detail"]
        clock.advance(seconds=1)
        live_figures.show([batch])
    assert len(sent(client)) == 2


def test_figures_are_followed_by_those_who_may_see_operations(client: Client, clock: Clock) -> None:
    admin, moderator = client.as_("admin").principal, client.as_("moderator").principal
    assert admin is not None
    assert moderator is not None
    wanted = ["admin:requests", "everybody"]
    assert topics.allowed(admin, wanted) == wanted
    assert topics.allowed(moderator, wanted) == ["everybody"]
