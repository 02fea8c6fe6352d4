"""Local times: of two the first, in a gap by the offset before it (RFC 5545, 3.3.5), whatever the zone does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyceum.kit.values import local_time, time_zones

BERLIN, LAGOS, BLANTYRE = (ZoneInfo(name) for name in ("Europe/Berlin", "Africa/Lagos", "Africa/Blantyre"))
CAIRO, APIA, NEW_YORK = (ZoneInfo(name) for name in ("Africa/Cairo", "Pacific/Apia", "America/New_York"))
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})).map(ZoneInfo)
SHOWN = st.datetimes(datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2037-12-30"))


def wall(*parts: int, fold: int = 0) -> datetime:
    """Return what a clock on a wall shows."""
    return datetime(*parts, fold=fold)  # type: ignore[misc, arg-type]  # noqa: DTZ001


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("zone", "shown", "moment"),
    [
        (LAGOS, wall(2027, 1, 11, 8), utc(2027, 1, 11, 7)),
        (LAGOS, wall(2027, 7, 11, 8), utc(2027, 7, 11, 7)),
        (BLANTYRE, wall(2027, 1, 11, 8), utc(2027, 1, 11, 6)),
        (BLANTYRE, wall(2027, 7, 11, 0, 30), utc(2027, 7, 10, 22, 30)),
        (BERLIN, wall(2027, 1, 11, 8), utc(2027, 1, 11, 7)),
        (BERLIN, wall(2027, 7, 11, 8), utc(2027, 7, 11, 6)),
    ],
)
def test_a_time_that_exists_once_is_that_moment(zone: ZoneInfo, shown: datetime, moment: datetime) -> None:
    assert local_time.to_utc(shown, zone) == moment
    assert local_time.to_local(moment, zone) == shown


@pytest.mark.parametrize("fold", [0, 1])
def test_of_two_times_it_is_the_first(fold: int) -> None:
    assert local_time.to_utc(wall(2027, 10, 31, 2, 30, fold=fold), BERLIN) == utc(2027, 10, 31, 0, 30)
    assert local_time.to_utc(wall(2007, 11, 4, 1, 30, fold=fold), NEW_YORK) == utc(2007, 11, 4, 5, 30)


@pytest.mark.parametrize("fold", [0, 1])
def test_in_a_gap_the_offset_before_it_tells(fold: int) -> None:
    assert local_time.to_utc(wall(2027, 3, 28, 2, 30, fold=fold), BERLIN) == utc(2027, 3, 28, 1, 30)
    assert local_time.to_local(utc(2027, 3, 28, 1, 30), BERLIN) == wall(2027, 3, 28, 3, 30)
    assert local_time.to_utc(wall(2007, 3, 11, 2, 30, fold=fold), NEW_YORK) == utc(2007, 3, 11, 7, 30)


def test_a_local_time_has_no_offset_and_a_moment_has_one() -> None:
    with pytest.raises(ValueError, match="no offset"):
        local_time.to_utc(utc(2027, 1, 1), BERLIN)
    with pytest.raises(ValueError, match="needs its offset"):
        local_time.to_local(wall(2027, 1, 1), BERLIN)


def test_days_are_as_long_as_clocks_make_them() -> None:
    lengths = [local_time.day_length(day, BERLIN) for day in (date(2027, 3, 28), date(2027, 10, 31), date(2027, 7, 1))]
    assert lengths == [timedelta(hours=23), timedelta(hours=25), timedelta(hours=24)]
    assert {local_time.day_length(date(2027, 1, 1) + timedelta(days=n), LAGOS) for n in range(365)} == {
        timedelta(days=1)
    }


def test_a_day_without_midnight_begins_when_clocks_have_moved_on() -> None:
    assert local_time.day_begins(date(2027, 4, 30), CAIRO) == utc(2027, 4, 29, 22)
    assert local_time.to_local(utc(2027, 4, 29, 22), CAIRO) == wall(2027, 4, 30, 1)


def test_a_day_that_a_zone_left_out_has_no_length() -> None:
    assert local_time.day_length(date(2011, 12, 30), APIA) == timedelta(0)
    assert local_time.day_of(utc(2011, 12, 30, 10), APIA) == date(2011, 12, 31)


def test_a_daily_time_comes_once_a_day_whatever_clocks_do() -> None:
    spring = local_time.next_at(time(2, 30), BERLIN, utc(2027, 3, 27, 12))
    assert spring == utc(2027, 3, 28, 1, 30)
    assert local_time.next_at(time(2, 30), BERLIN, spring) == utc(2027, 3, 29, 0, 30)
    autumn = local_time.next_at(time(2, 30), BERLIN, utc(2027, 10, 30, 12))
    assert autumn == utc(2027, 10, 31, 0, 30)
    assert local_time.next_at(time(2, 30), BERLIN, autumn) == utc(2027, 11, 1, 1, 30)


def test_the_moment_itself_is_not_behind_it() -> None:
    at = local_time.next_at(time(8), BLANTYRE, utc(2027, 1, 11))
    assert local_time.next_at(time(8), BLANTYRE, at) == at + timedelta(days=1)


def test_times_of_other_modules_follow_the_rule() -> None:
    assert time_zones.at_time("2027-03-28", "02:30", "Europe/Berlin") == utc(2027, 3, 28, 1, 30)
    assert time_zones.at_time("2027-10-31", "02:30", "Europe/Berlin") == utc(2027, 10, 31, 0, 30)


@settings(deadline=None)
@given(SHOWN, ZONES)
def test_every_time_is_shown_at_its_moment_or_lies_in_a_gap(shown: datetime, zone: ZoneInfo) -> None:
    moment = local_time.to_utc(shown, zone)
    again = local_time.to_local(moment, zone)
    if again == shown:
        earlier = [moment - timedelta(minutes=minutes) for minutes in range(15, 26 * 60, 15)]
        assert shown not in [local_time.to_local(each, zone) for each in earlier], "of two it is the first"
    else:
        gap = again - shown
        assert gap > timedelta(0)
        assert local_time.to_local(moment - gap, zone) < shown, "the offset before the gap tells"


@settings(deadline=None)
@given(SHOWN, ZONES, st.times())
def test_the_next_daily_time_is_at_most_two_days_away(after: datetime, zone: ZoneInfo, shown: time) -> None:
    start = after.replace(tzinfo=UTC)
    assert timedelta(0) < local_time.next_at(shown, zone, start) - start <= timedelta(days=2, hours=2)
