"""The lake: each event once whatever happens, late ones in their own day, nobody by name, and equal to live figures."""

import random
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from lyceum.events.auth import SessionStarted
from lyceum.events.community import QuestionAnswered
from lyceum.events.courses import CourseCompleted, CourseEnrolled, CourseLeft, LessonCompleted
from lyceum.events.payments import RefundMade, SubscriptionRenewed
from lyceum.events.questions import QuestionApproved
from lyceum.events.users import UserRegistered, UserVerified
from lyceum.kit.event import Event
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.insights.activity import ActivityDay
from lyceum.model.insights.journeys import FunnelMonth, Journey
from lyceum.model.insights.lake import LakeDay
from lyceum.model.insights.sales import SalesDay
from tests.insights.conftest import booked, bought, bring
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run

from functions.insights import jobs
from functions.insights.lake import compacting, engine, metrics, raw, rebuilding


@pytest.fixture
def bucket(client: Client) -> Any:
    """The bucket, without what other tests left in the tenant's lake."""
    s3 = client.cloud.s3
    for each in s3.list_objects_v2(Bucket=settings().bucket, Prefix=raw.PREFIX).get("Contents", []):
        s3.delete_object(Bucket=settings().bucket, Key=each["Key"])
    return s3


def day_of(at: datetime, people: int) -> list[Event]:
    """Make the events of a day."""
    users = [f"user-{number}" for number in range(people)]
    return [
        *(UserRegistered(user_id=user, role="student", at=at) for user in users),
        *(SessionStarted(user_id=user, session_id="s", at=at) for user in users),
        *(CourseEnrolled(course_id="a", user_id=user, at=at) for user in users[:3]),
        *(LessonCompleted(course_id="a", lesson_id=f"l{number}", user_id=users[0], at=at) for number in range(4)),
        booked(at, bank=10_000, discount=500, revenue=-9_800, tax=-700),
        booked(at, "USD", refunds=300, bank=-300),
        bought(users[0], "plan:plus", at),
    ]


def told_of(at: datetime) -> list[Event]:
    """Make events of every other kind of a day: of the funnel, of questions, of money that goes back."""
    bought("user-9", "plan:pro", at, country=None)
    named = {"payment_id": f"user-9-plan:pro-{at:%Y%m%d%H%M%S}", "user_id": "user-9", "currency": "NGN"}
    return [
        UserVerified(user_id="user-1", what="email", at=at),
        SubscriptionRenewed(**named, subscription_id="s", plan="Pro", amount_minor=900, ends_at=at, at=at),
        RefundMade(**named, refund_id="r", amount_minor=400, what="Pro", at=at),
        QuestionApproved(question_id="q", topic_id="t", course_id="c", author_id="a", first_time=True, at=at),
        QuestionAnswered(
            thread_id="q", asker_id="a", answerer_id="b", title="?", is_first=True, seconds=90, at=at
        ),
        CourseCompleted(course_id="a", user_id="user-0", title="A", at=at),
        CourseLeft(course_id="a", user_id="user-2", at=at),
    ]  # fmt: skip


def keys(bucket: Any, prefix: str) -> list[str]:
    return [each["Key"] for each in bucket.list_objects_v2(Bucket=settings().bucket, Prefix=prefix).get("Contents", [])]


def rows(day: str) -> list[tuple[Any, ...]]:
    with engine.opened() as (duck, folder):
        (folder / "day.parquet").write_bytes(compacting.fetched(day))
        return list(duck.execute("FROM '{}'".format(folder / "day.parquet")).fetchall())


def test_figures_worked_out_of_the_lake_equal_the_live_ones(client: Client, clock: Clock, bucket: Any) -> None:
    yesterday = clock.at - timedelta(days=1)
    events = [*day_of(yesterday, 7), *day_of(clock.at, 4)]
    random.Random(2).shuffle(events)
    bring(events, times=2)
    run(jobs, "put_lake_together")
    for at, people in ((yesterday, 7), (clock.at, 4)):
        noted = LakeDay.require(day=f"{at:%Y-%m-%d}")
        assert (noted.differences, int(noted.events)) == ([], 2 * people + 10)
    found = metrics.of_day(f"{yesterday:%Y-%m-%d}")
    assert found["active"] == 7
    assert found["money"] == {
        "NGN#discount": 500, "NGN#revenue": 9_800, "NGN#tax": 700, "USD#refunds": 300
    }  # fmt: skip
    assert keys(bucket, raw.raw_folder()) == []


def test_each_event_is_there_once_however_batches_are_cut(client: Client, clock: Clock, bucket: Any) -> None:
    events = day_of(clock.at, 6)
    bring(events)
    bring(list(reversed(events)))  # other batches: other files
    day = f"{clock.at:%Y-%m-%d}"
    assert compacting.compact() == {day: len(events)}
    late = SessionStarted(user_id="late", session_id="s", at=clock.at)
    clock.advance(days=2)
    bring([late, *events[:5]], times=2)
    assert compacting.compact() == {day: len(events) + 1}
    assert compacting.compact() == {}


def test_a_night_that_dies_before_it_cleans_up_does_no_harm(
    client: Client, clock: Clock, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = day_of(clock.at, 5)
    bring(events)
    kept = {
        key: bucket.get_object(Bucket=settings().bucket, Key=key)["Body"].read()
        for key in keys(bucket, raw.raw_folder())
    }
    compacting.compact()
    for key, body in kept.items():
        bucket.put_object(Bucket=settings().bucket, Key=key, Body=body)
    assert compacting.compact() == {f"{clock.at:%Y-%m-%d}": len(events)}


def test_a_figure_that_went_astray_is_noted(client: Client, clock: Clock, bucket: Any) -> None:
    bring(day_of(clock.at, 5))
    day = f"{clock.at:%Y-%m-%d}"
    Unit().change(ActivityDay.at(day=day), ActivityDay.enrolled.add(2)).commit()
    run(jobs, "put_lake_together")
    assert LakeDay.require(day=day).differences == [{"figure": "enrolled", "lake": 3, "figures": 5}]


def everything(months: set[str]) -> dict[str, Any]:
    """Return every figure that the lake can work out, as it is stored."""
    return {str(each): rebuilding._stored(each, months) for each in rebuilding.FIGURES}


def test_every_figure_is_worked_out_of_the_lake_to_the_unit(client: Client, clock: Clock, bucket: Any) -> None:
    months = set()
    for days in (0, 9, 40):
        clock.advance(days=days)
        months.add(f"{clock.at:%Y-%m}")
        bring([*day_of(clock.at, 6), *told_of(clock.at)], times=2)
    right = everything(months)
    assert all(right.values()), "each kind of figure has something to say"
    items, wrong = rebuilding.rebuild()
    assert (wrong, everything(months)) == (0, right)
    assert items == sum(len(each) for each in right.values())
    day = f"{clock.at:%Y-%m-%d}"
    Unit().change(ActivityDay.at(day=day), ActivityDay.enrolled.add(2), ActivityDay.active_7.add(-1)).commit()
    Unit().change(SalesDay.at(day=day, currency="NGN"), SalesDay.revenue.add(1)).commit()
    Unit().remove(FunnelMonth.at(cohort=f"{clock.at - timedelta(days=49):%Y-%m}")).commit()
    assert everything(months) != right
    assert rebuilding.rebuild()[1] == 4
    assert everything(months) == right
    assert rebuilding.rebuild()[1] == 0


def test_a_figure_that_is_being_counted_is_left_for_the_next_time(
    client: Client, clock: Clock, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(day_of(clock.at, 5))
    day, whole = f"{clock.at:%Y-%m-%d}", rebuilding._worked_out

    def meanwhile() -> Any:
        found = whole()
        bring([CourseEnrolled(course_id="a", user_id="late", at=clock.at)])
        return found

    monkeypatch.setattr(rebuilding, "_worked_out", meanwhile)
    rebuilding.rebuild()
    assert int(ActivityDay.require(day=day).enrolled) == 4
    monkeypatch.undo()
    assert rebuilding.rebuild()[1] == 0


def test_the_lake_names_nobody_and_without_the_journey_a_name_leads_nowhere(
    client: Client, clock: Clock, bucket: Any
) -> None:
    bring(day_of(clock.at, 5))
    compacting.compact()
    found = rows(f"{clock.at:%Y-%m-%d}")
    assert not any("user-" in str(cell) for row in found for cell in row if cell is not None)
    alias = Journey.require(user_id="user-0").alias
    assert sum(row[3] == alias for row in found) == 8
    Unit().remove(Journey.at(user_id="user-0")).commit()
    bring([SessionStarted(user_id="user-0", session_id="s")])
    assert Journey.require(user_id="user-0").alias != alias


def test_tenants_have_lakes_of_their_own(client: Client, clock: Clock, bucket: Any) -> None:
    bring(day_of(clock.at, 5))
    assert all(f"/{client.tenant}/" in key for key in keys(bucket, f"{raw.PREFIX}raw/"))
    compacting.compact()
    assert [key for key in keys(bucket, raw.PREFIX) if f"tenant={client.tenant}/" not in key] == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/elsewhere.parquet' (FORMAT parquet)",
        "INSTALL httpfs",
        "SET enable_external_access=true",
        "SET allowed_directories=['/']",
        "SELECT * FROM 'https://example.com/a.parquet'",
    ],
)
def test_the_engine_reaches_nothing_but_its_folder(sql: str) -> None:
    with engine.opened() as (duck, _), pytest.raises(duckdb.Error):
        duck.execute(sql).fetchall()


def test_a_day_without_events_has_no_file(client: Client) -> None:
    with pytest.raises(compacting.NothingThere):
        metrics.of_day("2020-01-01")
