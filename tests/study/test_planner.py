"""The planner: whatever is asked of it, no day is above the cap and nothing is left out without being said."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.study.plans.planner import CircularTopics, Layout, PlannedTopic, in_order, lay, study_days

MONDAY = date(2027, 1, 11)


def days(count: int) -> list[date]:
    return [MONDAY + timedelta(days=number) for number in range(count)]


@st.composite
def topic_lists(draw: st.DrawFn) -> list[PlannedTopic]:
    """Topics that build on earlier ones alone."""
    count = draw(st.integers(1, 12))
    topics = []
    for number in range(count):
        after = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        topics.append(
            PlannedTopic(
                key=f"t{number}",
                priority=draw(st.integers(1, 5)),
                mastery=draw(st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0])),
                minutes=draw(st.integers(10, 900)),
                studied_minutes=draw(st.sampled_from([0, 0, 30, 600])),
                after=tuple(f"t{each}" for each in sorted(after)),
                is_done=draw(st.booleans()) and draw(st.booleans()),
            )
        )
    return topics


def learnt(layout: Layout) -> dict[str, list[tuple[date, int]]]:
    """Return the sittings of each topic."""
    found: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for entry in layout.entries:
        if entry.kind == "learn":
            found[entry.key].append((entry.day, entry.minutes))
    return found


@given(topic_lists(), st.integers(0, 90), st.sampled_from([15, 45, 60, 185, 720]))
def test_the_cap_holds_and_every_minute_is_placed_or_named(
    topics: list[PlannedTopic], count: int, cap_minutes: int
) -> None:
    layout = lay(topics, days(count), cap_minutes)
    by_day: dict[date, int] = defaultdict(int)
    for entry in layout.entries:
        assert entry.minutes > 0
        by_day[entry.day] += entry.minutes
    assert all(minutes <= cap_minutes for minutes in by_day.values())
    sittings = learnt(layout)
    for topic in topics:
        placed = sum(minutes for _, minutes in sittings[topic.key])
        assert placed + layout.unplaced.get(topic.key, 0) == topic.needed_minutes
        if placed and topic.key not in layout.unplaced:
            assert len({day for day, _ in sittings[topic.key]}) >= 2
    assert lay(topics, days(count), cap_minutes) == layout


@given(topic_lists(), st.integers(3, 90), st.sampled_from([30, 60, 185]))
def test_topics_come_after_what_they_build_on_and_before_the_revision(
    topics: list[PlannedTopic], count: int, cap_minutes: int
) -> None:
    layout = lay(topics, days(count), cap_minutes)
    sittings = learnt(layout)
    for topic in topics:
        for before in topic.after:
            if sittings[topic.key] and sittings[before]:
                assert max(day for day, _ in sittings[before]) <= min(day for day, _ in sittings[topic.key])
    assert layout.revision_from == days(count)[count - -(-count * 15 // 100)]
    for entry in layout.entries:
        assert (entry.day >= layout.revision_from) == (entry.kind == "revise")


def test_a_calendar_is_worked_out_backwards_and_level() -> None:
    layout = lay([PlannedTopic("a", minutes=600)], days(20), 120)
    learning = {entry.day: entry.minutes for entry in layout.entries if entry.kind == "learn"}
    assert list(learning) == days(17)
    assert max(learning.values()) - min(learning.values()) <= 12


def test_little_to_learn_is_spread_over_all_the_time() -> None:
    layout = lay([PlannedTopic("a", minutes=60), PlannedTopic("b", minutes=60)], days(60), 120)
    learning = sorted({entry.day for entry in layout.entries if entry.kind == "learn"})
    assert learning[0] <= days(60)[7]
    assert max((after - before).days for before, after in pairwise(learning)) <= 8


def test_what_matters_more_is_kept_when_time_is_short() -> None:
    topics = [PlannedTopic("minor", priority=1, minutes=300), PlannedTopic("major", priority=5, minutes=300)]
    layout = lay(topics, days(10), 45)
    assert set(layout.unplaced) == {"minor"}
    assert sum(minutes for _, minutes in learnt(layout)["major"]) == 300


def test_what_something_important_builds_on_is_as_important() -> None:
    topics = [
        PlannedTopic("other", priority=3),
        PlannedTopic("base", priority=1),
        PlannedTopic("top", priority=5, after=("base",)),
    ]
    assert [topic.key for topic in in_order(topics)] == ["base", "top", "other"]


def test_mastery_shortens_a_topic_and_time_spent_is_taken_off() -> None:
    assert PlannedTopic("a", minutes=100, mastery=0.5).needed_minutes == 50
    assert PlannedTopic("a", minutes=100, studied_minutes=33).needed_minutes == 70
    assert PlannedTopic("a", minutes=100, mastery=1.0).needed_minutes == 10
    assert PlannedTopic("a", minutes=100, is_done=True).needed_minutes == 0


def test_a_circle_is_refused() -> None:
    with pytest.raises(CircularTopics) as circle:
        lay([PlannedTopic("a", after=("b",)), PlannedTopic("b", after=("a",)), PlannedTopic("c")], days(10), 60)
    assert circle.value.keys == ["a", "b"]


def test_days_off_and_the_day_of_the_exam_are_free() -> None:
    found = study_days(MONDAY, MONDAY + timedelta(days=7), lambda day: day.weekday() == 5)
    assert found == [day for day in days(7) if day.weekday() != 5]
