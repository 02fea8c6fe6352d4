"""When a mentor is there, whatever clocks do; and cells, which know no clocks."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tutoring.conftest import OFFER, Lessons

from functions.tutoring.availability import cells
from functions.tutoring.availability.hours import Hours, Span, covers, spans

_FIRST, _LAST = datetime.fromisoformat("2026-12-01"), datetime.fromisoformat("2028-01-01")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", "2027-03-28", 5),  # 02:00 to 03:00 is left out
        ("Europe/Paris", "2027-10-31", 7),  # 02:00 to 03:00 comes twice
        ("America/New_York", "2027-03-14", 5),
        ("America/New_York", "2027-11-07", 7),
        ("Africa/Lagos", "2027-03-28", 6),
    ],
)
def test_a_night_is_as_long_as_its_clocks_make_it(zone: str, day: str, hours: int) -> None:
    only = {day: [["00:00", "06:00"]]}
    found = spans(Hours(zone, {}, only), at(f"{day}T00:00") - timedelta(days=1), at(f"{day}T00:00") + timedelta(days=2))
    assert sum((span.ends - span.begins for span in found), timedelta()) == timedelta(hours=hours)


def test_hours_keep_what_clocks_on_the_wall_show() -> None:
    hours = Hours("Europe/Paris", {"4": [["16:00", "18:00"]]}, {})
    winter, summer = at("2027-01-15T00:00"), at("2027-07-16T00:00")
    day = timedelta(days=1)
    assert spans(hours, winter, winter + day) == [Span(at("2027-01-15T15:00"), at("2027-01-15T17:00"))]
    assert spans(hours, summer, summer + day) == [Span(at("2027-07-16T14:00"), at("2027-07-16T16:00"))]


def test_exceptions_stand_in_place_of_a_weekday_and_midnight_is_no_border() -> None:
    hours = Hours("UTC", {"0": [["20:00", "24:00"]], "1": [["00:00", "02:00"]]}, {"2027-01-18": []})
    assert covers(hours, at("2027-01-11T23:00"), at("2027-01-12T01:00"))
    assert not covers(hours, at("2027-01-18T23:00"), at("2027-01-19T01:00"))
    assert not covers(hours, at("2027-01-12T01:30"), at("2027-01-12T02:30"))
    assert spans(Hours("UTC", {}, {}), at("2027-01-11T00:00"), at("2027-01-18T00:00")) == []


@given(
    st.datetimes(_FIRST, _LAST),
    st.integers(1, 48),
    st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Lagos"]),
)
def test_spans_lie_within_what_was_asked_in_order_and_apart(begins: datetime, length: int, zone: str) -> None:
    first = begins.replace(tzinfo=UTC)
    last = first + timedelta(hours=length)
    weekly = {str(day): [["01:30", "03:30"], ["09:00", "12:00"], ["22:00", "24:00"]] for day in range(7)}
    found = spans(Hours(zone, weekly, {}), first, last)
    assert all(first <= span.begins < span.ends <= last for span in found)
    assert all(one.ends < other.begins for one, other in itertools.pairwise(found))


@given(
    st.datetimes(_FIRST, _LAST), st.integers(1, 12), st.integers(-12, 12),
    st.integers(1, 12),
)  # fmt: skip
def test_cells_meet_where_times_meet(begins: datetime, length: int, shift: int, other: int) -> None:
    first = begins.replace(tzinfo=UTC, minute=begins.minute // 15 * 15, second=0, microsecond=0)
    quarter = timedelta(minutes=15)
    second = first + shift * quarter
    meet = first < second + other * quarter and second < first + length * quarter
    taken = set(cells.taken(first, first + length * quarter))
    assert bool(taken & set(cells.taken(second, second + other * quarter))) is meet
    assert cells.is_aligned(first) and sum(map(len, cells.by_day(taken).values())) == length


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekly": {"7": []}},
        {"weekly": {"0": [{"start": "10:00", "end": "09:00"}]}},
        {"weekly": {"0": [{"start": "09:00", "end": "11:00"}, {"start": "10:00", "end": "12:00"}]}},
        {"weekly": {"0": [{"start": "09:10", "end": "11:00"}]}},
        {"timeZone": "Mars/Olympus"},
        {"durations": [20]},
        {"subjects": []},
    ],
)
def test_hours_that_make_no_sense_are_refused(lessons: Lessons, wrong: dict[str, Any]) -> None:
    mentor = lessons.client.as_("mentor")
    assert mentor.put("/api/tutoring/availability", {**OFFER, **wrong}).status == 400


def test_packages_need_a_price(lessons: Lessons) -> None:
    refused = lessons.client.as_("mentor").put("/api/tutoring/availability", {**OFFER, "packages": [{"hours": 5}]})
    assert refused.error.fields == {"PACKAGES_NEED_A_PRICE"}


def test_a_subject_that_is_taught_no_more_is_found_no_more(lessons: Lessons) -> None:
    mentor, student = lessons.mentor(), lessons.student()
    assert len(student.get("/api/tutoring/available-tutors", {"subject": "PHYSICS"}).data) == 1
    lessons.mentor(subjects=["Algebra"])
    assert student.get("/api/tutoring/available-tutors", {"subject": "physics"}).data == []
    found = student.get("/api/tutoring/available-tutors", {"mentorId": mentor.user_id}).data
    assert [each["subjects"] for each in found] == [["Algebra"]]


def test_filters_leave_out_who_does_not_fit(lessons: Lessons) -> None:
    lessons.mentor(hourlyAmount=3000, currency="USD")
    student = lessons.student()

    def count(**query: Any) -> int:
        return len(student.get("/api/tutoring/available-tutors", query).data)

    assert count(maxAmount=3000, currency="USD", level="undergraduate", language="en", durationMinutes=30) == 1
    assert [count(maxAmount=2999), count(currency="EUR"), count(level="primary"), count(language="fr")] == [0] * 4
    assert count(durationMinutes=120) == 0


def test_pages_go_on_where_they_ended(lessons: Lessons) -> None:
    for number in range(5):
        lessons.mentor(f"mentor{number}")
    student, found, cursor = lessons.student(), [], {}
    for _ in range(3):
        page = student.get("/api/tutoring/available-tutors", {"limit": 2, **cursor})
        found += [each["mentorId"] for each in page.data]
        cursor = {"cursor": page.pagination.get("nextCursor", "")}
    assert len(set(found)) == len(found) == 5
