"""Streaks against a count day by day, and students who move between time zones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lyceum.model.study.learners import Learner
from lyceum.rules.learners import learner_days
from lyceum.rules.learners.learner_days import DAYS_TO_A_FREEZE, MOST_FREEZE_DAYS, Streak

FIRST = date(2027, 1, 1)


def counted_day_by_day(active: set[date], bridged: set[date], today: date) -> Streak:
    """Return the streak as somebody counts it who looks at each day once, in order."""
    current = longest = freezes = 0
    day = min(active, default=today)
    while day <= today:
        if day in active:
            current += 1
            longest = max(longest, current)
            if current % DAYS_TO_A_FREEZE == 0:
                freezes = min(MOST_FREEZE_DAYS, freezes + 1)
        elif day not in bridged and day < today:
            current, freezes = (current, freezes - 1) if freezes else (0, 0)
        day += timedelta(days=1)
    return Streak(
        current, longest, freezes, today in active, max((each for each in active if each <= today), default=None)
    )


class Days(RuleBasedStateMachine):
    """Days are entered in any order, some are bridged, and time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[list[str]] = []
        self.bridged: list[list[str]] = []
        self.active: set[date] = set()
        self.skipped: set[date] = set()
        self.today = FIRST

    @rule(days=st.integers(0, 12))
    def time_goes_on(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(days=st.integers(1, 25))
    def every_day_for_a_while(self, days: int) -> None:
        for _ in range(days):
            self.today += timedelta(days=1)
            self._enter(self.today)

    @rule(back=st.integers(0, 40))
    def something_is_counted(self, back: int) -> None:
        self._enter(max(FIRST, self.today - timedelta(days=back)))

    @rule(back=st.integers(1, 20))
    def a_day_is_bridged(self, back: int) -> None:
        day = self.today - timedelta(days=back)
        if day not in self.active:
            self.skipped.add(day)
            self.bridged = learner_days.with_day(self.bridged, day)

    def _enter(self, day: date) -> None:
        if day not in self.skipped:
            self.active.add(day)
            self.runs = learner_days.with_day(self.runs, day)

    @invariant()
    def the_streak_is_the_one_that_is_counted_day_by_day(self) -> None:
        found = learner_days.streak(self.runs, self.bridged, self.today)
        assert found == counted_day_by_day(self.active, self.skipped, self.today)

    @invariant()
    def runs_are_apart_and_in_order(self) -> None:
        ends = [date.fromisoformat(each) for run in self.runs for each in run]
        assert ends == sorted(ends)
        gaps = [(after - before).days for before, after in zip(ends[1::2], ends[2::2], strict=False)]
        assert all(gap > 1 for gap in gaps)


TestDays = Days.TestCase


@given(st.lists(st.integers(0, 30)))
def test_the_order_in_which_days_are_entered_does_not_matter(numbers: list[int]) -> None:
    runs: list[list[str]] = []
    for number in numbers:
        runs = learner_days.with_day(runs, FIRST + timedelta(days=number))
    other: list[list[str]] = []
    for number in sorted(numbers):
        other = learner_days.with_day(other, FIRST + timedelta(days=number))
    assert runs == other


def learner(*moments: tuple[str, str]) -> Learner:
    """Return a student who did something at moments (UTC), each in a zone."""
    found = Learner(user_id="u")
    for moment, zone in moments:
        learner_days.enter(found, datetime.fromisoformat(moment).replace(tzinfo=UTC), zone)
    return found


def streak_at(found: Learner, moment: str, zone: str) -> Streak:
    return learner_days.streak_of(found, datetime.fromisoformat(moment).replace(tzinfo=UTC), zone)


def test_a_day_ends_at_midnight_of_the_student_and_not_of_utc() -> None:
    found = learner(("2027-01-10T23:30", "Africa/Lagos"), ("2027-01-11T22:30", "Africa/Lagos"))
    assert found.runs == [["2027-01-11", "2027-01-11"]]


def test_a_move_to_the_east_that_leaves_a_day_out_does_not_end_a_streak() -> None:
    found = learner(
        ("2027-01-10T20:00", "America/Los_Angeles"),
        ("2027-01-11T20:00", "America/Los_Angeles"),
        ("2027-01-12T20:00", "Pacific/Auckland"),
    )
    assert found.runs == [["2027-01-10", "2027-01-11"], ["2027-01-13", "2027-01-13"]]
    assert streak_at(found, "2027-01-12T20:00", "Pacific/Auckland").current == 3


def test_a_streak_is_whole_before_something_is_done_in_the_new_zone() -> None:
    found = learner(("2027-01-10T20:00", "America/Los_Angeles"), ("2027-01-11T20:00", "America/Los_Angeles"))
    assert streak_at(found, "2027-01-12T20:00", "Pacific/Auckland").current == 2


def test_a_move_to_the_west_does_not_count_a_day_twice() -> None:
    found = learner(
        ("2027-01-11T20:00", "Pacific/Auckland"),
        ("2027-01-12T02:00", "America/Los_Angeles"),
        ("2027-01-12T20:00", "America/Los_Angeles"),
    )
    assert found.runs == [["2027-01-12", "2027-01-12"]]
    assert streak_at(found, "2027-01-13T02:00", "America/Los_Angeles").current == 1


def test_hopping_between_zones_gains_no_days() -> None:
    found = learner(
        *(
            (f"2027-01-11T{hour:02d}:30", zone)
            for hour, zone in enumerate(["Pacific/Kiritimati", "Pacific/Pago_Pago"] * 12)
        )
    )
    assert streak_at(found, "2027-01-11T23:45", "UTC").current <= 2


def test_a_day_that_was_missed_by_the_old_clock_too_is_missed() -> None:
    found = learner(("2027-01-10T12:00", "Europe/London"), ("2027-01-13T12:00", "Asia/Tokyo"))
    assert found.bridged == []
    assert streak_at(found, "2027-01-13T12:00", "Asia/Tokyo").current == 1


def test_what_is_told_late_counts_for_its_own_day() -> None:
    found = learner(("2027-01-12T12:00", "UTC"), ("2027-01-11T12:00", "UTC"))
    assert found.runs == [["2027-01-11", "2027-01-12"]]
    assert found.last_active_at == datetime(2027, 1, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(("missed", "current"), [(1, 14), (2, 14), (3, 0)])
def test_freeze_days_are_used_up_by_days_that_are_missed(missed: int, current: int) -> None:
    runs: list[list[str]] = []
    for number in range(14):
        runs = learner_days.with_day(runs, FIRST + timedelta(days=number))
    found = learner_days.streak(runs, [], FIRST + timedelta(days=14 + missed))
    assert (found.current, found.longest) == (current, 14)
    assert found.freeze_days == max(0, 2 - missed)
