"""The profile with its owner's statistics."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.table import write_many
from lyceum.model.exams.sessions import ExamSession
from tests.support.clock import Clock
from tests.support.http import Client
from tests.users.conftest import People

from functions.users.statistics import streak


def sessions(
    user_id: str, *ends: datetime, percent: str = "60.00", state: str = "finished", is_released: bool = True
) -> None:
    """Store exam sessions of a user that ended at these times."""
    numbers = {"question_count": 1, "algorithm": 1, "scoring": 1, "max_score": "1"}
    texts = {
        "due_minute": "m",
        "mode": "practice",
        "scope": "s",
        "policy": {},
        "seed": "s",
        "paper_hash": "h",
        "topic_ids": [],
    }
    write_many(
        ExamSession(
            exam_id=f"{state}{number}",
            user_id=user_id,
            state=state,
            started_at=end,
            deadline_at=end,
            closes_at=end,
            is_passed=float(percent) >= 50,
            finished_at=end if state == "finished" else None,
            percent=percent if state == "finished" else None,
            released_at=end if state == "finished" and is_released else None,
            **texts,
            **numbers,
        )
        for number, end in enumerate(ends)
    )


def test_statistics_cost_three_requests(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    sessions(student.user_id, clock.at, clock.at - timedelta(days=1), clock.at - timedelta(days=3))
    sessions(student.user_id, clock.at, state="running")
    reply = client.as_("mentor").get(f"/api/users/{student.user_id}/profile")
    assert reply.data["statistics"] == {
        "examsTaken": 3,
        "examsPassed": 3,
        "meanPercent": 60.0,
        "bestPercent": 60.0,
        "lastExamAt": "2027-01-11T09:00:00.000Z",
        "streakDays": 2,
    }
    assert reply.cost.operations == ["GetItem", "Query", "Query"]
    assert reply.data["user"]["username"] == "student" and "email" not in reply.data["user"]
    assert student.get(f"/api/users/{student.user_id}/profile").data["user"]["email"] == "student@example.com"


def test_l1_a_result_that_is_kept_back_is_in_no_statistics(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    sessions(student.user_id, clock.at, is_released=False)
    shown = student.get(f"/api/users/{student.user_id}/profile").data["statistics"]
    assert (shown["examsTaken"], shown["examsPassed"], "meanPercent" in shown) == (1, 0, False)


def test_nobody_has_done_anything_at_first(client: Client) -> None:
    mentor = client.as_("mentor")
    assert mentor.get(f"/api/users/{mentor.user_id}/profile").data["statistics"] == {
        "examsTaken": 0,
        "examsPassed": 0,
        "streakDays": 0,
    }


def test_days_are_those_of_the_users_time_zone(client: Client, people: People, clock: Clock) -> None:
    student = client.as_("student")
    clock.move_to(datetime(2027, 1, 11, 12, tzinfo=UTC))
    sessions(student.user_id, datetime(2027, 1, 10, 23, 30, tzinfo=UTC), datetime(2027, 1, 10, 12, tzinfo=UTC))
    path = f"/api/users/{student.user_id}/profile"
    assert student.get(path).data["statistics"]["streakDays"] == 1
    people.change("student", time_zone="Africa/Lagos")
    assert student.get(path).data["statistics"]["streakDays"] == 2


def test_statistics_are_hidden_from_others_on_wish(client: Client, people: People) -> None:
    student = client.as_("student")
    for privacy in ({"showStatistics": False}, {"profile": "private"}):
        people.change("student", preferences={"privacy": privacy}, profile={"birthDate": "2000-01-01"})
        path = f"/api/users/{student.user_id}/profile"
        hidden = client.as_("mentor").get(path)
        assert "statistics" not in hidden.data and hidden.cost.operations == ["GetItem"]
        assert "statistics" in student.get(path).data and "statistics" in client.as_("admin").get(path).data


@given(st.sets(st.integers(0, 40)), st.integers(0, 40))
def test_a_streak_is_the_longest_run_that_ends_today_or_yesterday(offsets: set[int], today_offset: int) -> None:
    first = date(2027, 1, 1)
    today, days = first + timedelta(today_offset), {first + timedelta(offset) for offset in offsets}
    length = streak(days, today)
    end = today if today in days else today - timedelta(1)
    assert all(end - timedelta(back) in days for back in range(length))
    assert end - timedelta(length) not in days
