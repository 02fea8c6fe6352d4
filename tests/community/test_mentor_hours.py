"""When a mentor is there, by their own clocks; exceptions stand in place of the weekday's hours."""

from datetime import UTC, datetime

import pytest

from lyceum.model.mentors import MentorHours
from lyceum.rules.mentor_hours import is_there

HOURS = MentorHours(
    user_id="m",
    time_zone="Africa/Lagos",
    weekly={"0": [["08:00", "10:00"], ["22:00", "24:00"]]},
    exceptions={"2027-01-18": [], "2027-01-19": [["06:00", "07:00"]]},
)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2027-01-11T07:00", True),
        ("2027-01-11T06:59", False),
        ("2027-01-11T09:00", False),
        ("2027-01-11T22:59", True),
        ("2027-01-11T23:00", False),
        ("2027-01-12T07:30", False),
        ("2027-01-18T07:30", False),
        ("2027-01-19T05:30", True),
    ],
)
def test_hours_are_by_the_mentors_clocks(moment: str, expected: bool) -> None:
    assert is_there(HOURS, datetime.fromisoformat(moment).replace(tzinfo=UTC)) is expected


def test_who_states_no_hours_is_always_there() -> None:
    now = datetime(2027, 1, 11, 3, tzinfo=UTC)
    assert is_there(None, now) and is_there(MentorHours(user_id="m"), now)
