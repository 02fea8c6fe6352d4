"""Boards that are closed stay as they were; boards that move tell it once a second."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from lyceum.kit.table import find_all
from lyceum.model.gamification.boards import FrozenBoard
from tests.gamification.conftest import exam, regraded
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.workers import deliver

from functions.gamification import jobs
from functions.gamification.boards import closing

GLOBAL = "/api/leaderboards/global"


def places(client: Client, name: str) -> list[tuple[int, str, int]]:
    shown = client.get(GLOBAL, {"name": name}).data
    return [(row["rank"], row["name"], row["points"]) for row in shown["rankings"]]


def test_a_week_is_closed_on_tuesday_and_kept(client: Client, tell: Callable[..., None], clock: Clock) -> None:
    ada, eve = client.as_("ada", "student"), client.as_("eve", "student")
    first = exam(ada.user_id, "rrr")
    tell(first, exam(eve.user_id, "rrw"), exam(eve.user_id, "p", course_id="c"))
    before = places(ada, "2027-W02")
    assert [row[1:] for row in before] == [("Ada", 30), ("Eve", 25)]
    run(jobs)
    clock.move_to(datetime(2027, 1, 18, 23, tzinfo=UTC))
    run(jobs)
    assert list(find_all(FrozenBoard, board="global")) == []
    clock.move_to(datetime(2027, 1, 19, 0, 25, tzinfo=UTC))
    run(jobs)
    run(jobs)
    assert [each.period for each in find_all(FrozenBoard, board="global")] == ["2027-W02"]
    assert [each.period for each in find_all(FrozenBoard, board="course~c")] == ["2027-W02"]
    tell(regraded(first, "www"))
    assert places(ada, "2027-W02") == before
    shown = ada.get(GLOBAL, {"name": "2027-W02"})
    assert (shown.data["userCount"], shown.data["closedAt"][:10]) == (2, "2027-01-19")
    assert shown.cost.requests <= 2
    assert "closedAt" not in ada.get(GLOBAL).data


def test_months_are_closed_on_the_second() -> None:
    days = [datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 2, tzinfo=UTC), datetime(2027, 3, 3, tzinfo=UTC)]
    assert [closing.periods_to_close(day) for day in days] == [[], ["2027-W08", "2027-02"], []]


def test_a_board_tells_once_a_second_that_it_moved(
    client: Client, cloud: Cloud, tenant: str, tell: Callable[..., None], clock: Clock
) -> None:
    ada = client.as_("ada", "student")

    def told() -> list[dict[str, Any]]:
        return [each for each in cloud.published(tenant) if each["DetailType"] == "board.moved"]

    tell(*(exam(ada.user_id, "r") for _ in range(3)))
    assert len(told()) == 1
    clock.advance(seconds=1)
    tell(exam(ada.user_id, "w"))
    assert len(told()) == 1
    tell(exam(ada.user_id, "r", course_id="c"))
    assert deliver(cloud, tenant, only="realtime") == 0
    events = [item for item in cloud.items(tenant) if item["kind"] == {"S": "channel_event"}]
    assert sorted({item["channel"]["S"] for item in events}) == ["course:c", "leaderboard"]


def test_closing_waits_until_the_week_is_over_everywhere(
    client: Client, tell: Callable[..., None], clock: Clock
) -> None:
    clock.move_to(datetime(2027, 1, 18, 9, tzinfo=UTC))
    ada = client.as_("ada", "student")
    tell(exam(ada.user_id, "rr", finished_at=clock.at - timedelta(hours=10)))
    clock.move_to(datetime(2027, 1, 19, 1, tzinfo=UTC))
    run(jobs)
    assert places(ada, "2027-W02") == [(1, "Ada", 20)]
