"""The lake: each event once whatever happens, late ones in their own day, nobody by name, and equal to live figures."""

import random
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from lyceum.events.auth import SessionStarted
from lyceum.events.courses import CourseEnrolled, LessonCompleted
from lyceum.events.users import UserRegistered
from lyceum.kit.event import Event
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.insights.activity import ActivityDay
from lyceum.model.insights.journeys import Journey
from lyceum.model.insights.lake import LakeDay
from tests.insights.conftest import booked, bought, bring
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run

from functions.insights import jobs
from functions.insights.lake import compacting, engine, metrics, raw


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
