"""A month of one student, whose figures are worked out a second time from what happened, second by second."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from lyceum.kit.table import find_all
from lyceum.model.study.learners import DailyTotals
from tests.study.conftest import Student
from tests.support.clock import Clock
from tests.support.http import Client

LAGOS = ZoneInfo("Africa/Lagos")
FREE_DAYS = {6, 13, 14, 20, 21, 22, 23}
"""Numbers of days on which nothing is done: one, two, and four in a row."""


def test_a_months_totals_are_those_of_its_seconds(
    client: Client, tenant: str, student: Student, clock: Clock, sit: Callable[..., str], settle: Callable[[], None]
) -> None:
    student.live_in("Africa/Lagos")
    seconds: set[int] = set()
    told: dict[str, dict[str, Any]] = {}
    answers: dict[date, int] = defaultdict(int)
    chance = Random(7)
    for number in range(30):
        clock.move_to(datetime(2027, 1, 11, 21, 40, tzinfo=UTC) + timedelta(days=number))
        if number not in FREE_DAYS:
            for _ in _study_on_two_devices(student, clock, chance, seconds):
                told |= _told(client, tenant)
            if number % 5 == 0:
                clock.advance(hours=2)
                sit(["right", "wrong", "blank"], [60, 90, 0])
                end = int(clock.at.timestamp())
                seconds |= set(range(end - 150, end))
                answers[_local(end)] += 2
                told |= _told(client, tenant)
    settle()
    expected: dict[date, int] = defaultdict(int)
    for second in seconds:
        expected[_local(second)] += 1
    stored = {date.fromisoformat(day.day): day for day in find_all(DailyTotals, user_id=student.client.user_id)}
    assert {day: int(total.seconds) for day, total in stored.items() if total.seconds} == expected
    assert {day: int(total.questions) for day, total in stored.items() if total.questions} == answers
    by_day: dict[date, int] = defaultdict(int)
    for detail in told.values():
        by_day[date.fromisoformat(detail["day"])] += detail["seconds"]
    assert by_day == expected
    streak = student.client.get("/api/study/goals").data["streak"]
    assert (streak["current"], streak["longest"]) == _streak(set(stored), _local(int(clock.at.timestamp())))


def _told(client: Client, tenant: str) -> dict[str, dict[str, Any]]:
    """Return what was told of counted time since the last write of each item, by event."""
    found = [json.loads(entry["Detail"]) for entry in client.cloud.published(tenant)
             if entry["DetailType"] == "study.recorded"]  # fmt: skip
    return {detail["eventId"]: detail for detail in found}


def _study_on_two_devices(student: Student, clock: Clock, chance: Random, seconds: set[int]) -> Iterator[str]:
    """Let two devices run for a while each, partly at once, over midnight in Lagos; note the seconds."""
    begun = {}
    for device in ("phone", "laptop"):
        session_id = student.client.post("/api/study-sessions", {"title": device}).data["sessionId"]
        begun[session_id] = int(clock.at.timestamp())
        clock.advance(minutes=chance.randrange(1, 40))
    for session_id, first in begun.items():
        student.client.patch(f"/api/study-sessions/{session_id}", {"action": "finish"})
        seconds |= set(range(first, int(clock.at.timestamp())))
        yield session_id
        clock.advance(minutes=chance.randrange(1, 40))


def _local(second: int) -> date:
    return datetime.fromtimestamp(second, tz=LAGOS).date()


def _streak(active: set[date], today: date) -> tuple[int, int]:
    """Count day by day."""
    current = longest = freezes = 0
    day = min(active)
    while day <= today:
        if day in active:
            current += 1
            longest = max(longest, current)
            freezes = min(2, freezes + (current % 7 == 0))
        elif day < today:
            current, freezes = (current, freezes - 1) if freezes else (0, 0)
        day += timedelta(days=1)
    return current, longest
