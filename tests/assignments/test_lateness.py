"""Lateness: days begun by the wall clock of the course, and what they cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.values import local_time

from functions.assignments.lateness import days_late, in_zone, kept_percent

LAGOS, PARIS = "Africa/Lagos", "Europe/Paris"
DUE = datetime(2027, 1, 20, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late", "days"),
    [
        (timedelta(0), 0),
        (timedelta(milliseconds=1), 1),
        (timedelta(days=1), 1),
        (timedelta(days=1, milliseconds=1), 2),
        (timedelta(days=-3), 0),
        (timedelta(days=400), 400),
    ],
)
def test_a_day_begun_counts(late: timedelta, days: int) -> None:
    assert days_late(DUE + late, DUE, LAGOS) == days
    assert days_late(DUE + late, None, LAGOS) == 0


def test_the_night_in_which_the_clocks_change_is_one_day() -> None:
    due = in_zone(datetime(2027, 3, 27, 23, 59), PARIS)  # noqa: DTZ001 - read in the zone
    a_day_later = in_zone(datetime(2027, 3, 28, 23, 59), PARIS)  # noqa: DTZ001 - read in the zone
    assert a_day_later - due == timedelta(hours=23)
    assert days_late(a_day_later, due, PARIS) == 1
    assert days_late(a_day_later + timedelta(minutes=1), due, PARIS) == 2


def test_a_time_is_read_by_the_courses_clock_unless_it_says_its_own() -> None:
    assert in_zone(datetime(2027, 1, 20, 23, 59), LAGOS) == DUE  # noqa: DTZ001 - read in the zone
    there = in_zone(DUE.astimezone(ZoneInfo(PARIS)), LAGOS)
    assert (there, there.tzinfo) == (DUE, UTC)


def test_a_time_that_clocks_skip_or_show_twice_is_read_by_the_kits_rule() -> None:
    for shown in (datetime(2027, 3, 28, 2, 30), datetime(2027, 10, 31, 2, 30)):  # noqa: DTZ001 - read in the zone
        assert in_zone(shown, PARIS) == local_time.to_utc(shown, ZoneInfo(PARIS))
        assert in_zone(shown.replace(fold=1), PARIS) == in_zone(shown, PARIS)


@pytest.mark.parametrize(("days", "kept"), [(0, "100"), (1, "90"), (3, "70"), (7, "30"), (8, "25"), (500, "25")])
def test_each_day_costs_its_share_down_to_the_floor(days: int, kept: str) -> None:
    policy = {"kind": "deduct", "percent_per_day": "10", "floor_percent": "25"}
    assert kept_percent(policy, days) == Decimal(kept)


POLICIES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["none", "deduct", "refuse"]),
        "percent_per_day": st.decimals(0, 100, places=2),
        "floor_percent": st.decimals(0, 100, places=2),
    }
)


@given(policy=POLICIES, days=st.integers(0, 500))
def test_what_is_kept_falls_by_the_day_and_never_below_the_floor(policy: dict[str, object], days: int) -> None:
    kept, next_day = kept_percent(policy, days), kept_percent(policy, days + 1)
    assert Decimal(0) <= next_day <= kept <= 100
    if policy["kind"] == "deduct":
        assert kept >= Decimal(str(policy["floor_percent"]))
    if policy["kind"] != "deduct" or days == 0:
        assert kept == 100


@given(
    seconds=st.integers(-100_000, 5_000_000),
    zone=st.sampled_from([LAGOS, PARIS, "America/New_York", "Australia/Lord_Howe"]),
)
def test_days_are_the_least_that_cover_the_delay(seconds: int, zone: str) -> None:
    due = datetime(2027, 3, 20, 12, 0, tzinfo=UTC)
    days = days_late(due + timedelta(seconds=seconds), due, zone)
    assert (days == 0) == (seconds <= 0)
    assert abs(days * 86_400 - max(seconds, 0)) <= 86_400 + 7200
