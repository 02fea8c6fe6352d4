"""The profile with its owner's statistics."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.table import write_many
from lyceum.model.analytics.learners import LearnerFigures, TopicFigures
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.study.learners import Learner
from tests.support.clock import Clock
from tests.support.http import Client
from tests.users.conftest import People

from functions.users.statistics import streak

NOTHING_YET = {
    "totalStudyTime": 0,
    "totalQuestions": 0,
    "currentStreak": 0,
    "longestStreak": 0,
    "preferredStudyHours": [],
}


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


def test_statistics_cost_three_requests_and_one_to_know_a_childs_guardian(
    client: Client, people: People, clock: Clock
) -> None:
    student = client.as_("student")
    path, by_guardians = f"/api/users/{student.user_id}/profile", ["BatchGetItem", "Query", "Query", "Query"]
    assert client.as_("mentor").get(path).cost.operations == by_guardians
    people.change("student", profile={"birthDate": "2000-01-01"})
    sessions(student.user_id, clock.at, clock.at - timedelta(days=1), clock.at - timedelta(days=3))
    sessions(student.user_id, clock.at, state="running")
    reply = client.as_("mentor").get(path)
    assert reply.data["statistics"] == {
        "examsTaken": 3,
        "examsPassed": 3,
        "meanPercent": 60.0,
        "bestPercent": 60.0,
        "lastExamAt": "2027-01-11T09:00:00.000Z",
        "streakDays": 2,
    }
    assert reply.cost.operations == ["BatchGetItem", "Query", "Query"]
    assert reply.data["user"]["username"] == "student" and "email" not in reply.data["user"]
    assert student.get(path).data["user"]["email"] == "student@example.com"


def test_l1_a_result_that_is_kept_back_is_in_no_statistics(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    sessions(student.user_id, clock.at, is_released=False)
    shown = student.get(f"/api/users/{student.user_id}/profile").data["statistics"]
    assert (shown["examsTaken"], shown["examsPassed"], "meanPercent" in shown) == (1, 0, False)


def test_courses_of_many_years_are_all_counted(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    names = [f"C{number:03d}" for number in range(120)]
    write_many(Course(course_id=name, title=name, status="published", instructor_id="i") for name in names)
    write_many(
        Enrolment(course_id=name, user_id=student.user_id, state="active", enrolled_at=clock.at, completed_at=clock.at)
        for name in names
    )
    shown = student.get(f"/api/users/{student.user_id}/profile").data
    assert (shown["courseStatistics"]["coursesCompleted"], len(shown["enrolments"])) == (120, 120)


def test_nobody_has_done_anything_at_first(client: Client) -> None:
    mentor = client.as_("mentor")
    assert mentor.get(f"/api/users/{mentor.user_id}/profile").data["statistics"] == {
        "examsTaken": 0,
        "examsPassed": 0,
        "streakDays": 0,
        **NOTHING_YET,
        "strengths": [],
        "weaknesses": [],
    }
    assert mentor.get("/api/auth/me").data["statistics"] == NOTHING_YET


def learnt(user_id: str, clock: Clock) -> None:
    """Store what is known of a learner: five days in a row up to yesterday, and two topics."""
    first, last = ((clock.at - timedelta(days=back)).date().isoformat() for back in (5, 1))
    counted = {"questions": 9, "right": 6, "partial": 1, "wrong": 1, "exams": 2, "percent_sum": 15_000}
    known = {"low": 1_000, "high": 9_900, "medium_right": 3, "medium_wrong": 1, "observations": 4}
    bounds = {"mastery_low": known.pop("low"), "mastery_high": known.pop("high")}
    write_many(
        [
            Learner(user_id=user_id, runs=[[first, last]], time_zone="UTC"),
            LearnerFigures(user_id=user_id, study_seconds=5400, hour_20=3, hour_7=2, **counted),
            TopicFigures(user_id=user_id, topic_id="sets", title="Sets", mastery=9_300, **known, **bounds),
            TopicFigures(user_id=user_id, topic_id="logic", title="Logic", mastery=2_100, **known, **bounds),
        ]
    )


def test_where_a_learner_stands_is_in_their_profile_and_their_account(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    learnt(student.user_id, clock)
    numbers = {
        "totalStudyTime": 5400,
        "totalQuestions": 8,
        "accuracy": 81.25,
        "averageScore": 75.0,
        "currentStreak": 5,
        "longestStreak": 5,
        "lastActiveDate": "2027-01-10",
        "preferredStudyHours": [20, 7],
    }
    mine = student.get(f"/api/users/{student.user_id}/profile")
    shown = mine.data["statistics"]
    assert mine.cost.operations == ["BatchGetItem", "Query", "Query", "Query"]
    assert {name: shown[name] for name in numbers} == numbers
    assert [(each["title"], each["mastery"]["level"]) for each in shown["strengths"]] == [("Sets", "strong")]
    assert [(each["title"], each["mastery"]["level"]) for each in shown["weaknesses"]] == [("Logic", "weak")]
    analytics = student.get(f"/api/users/{student.user_id}/analytics/dashboard").data
    assert {name: analytics[name] for name in (*numbers, "strengths", "weaknesses")} == {
        name: shown[name] for name in (*numbers, "strengths", "weaknesses")
    }
    account = student.get("/api/auth/me")
    assert account.data["statistics"] == numbers and account.cost.operations == ["BatchGetItem"]


def test_where_a_learner_stands_is_for_them_their_school_and_their_guardians(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    learnt(student.user_id, clock)
    path = f"/api/users/{student.user_id}/profile"
    assert "weaknesses" in client.as_("admin").get(path).data["statistics"]
    stranger = client.as_("mentor").get(path).data["statistics"]
    assert "examsTaken" in stranger
    assert not {"weaknesses", "strengths", "currentStreak", "totalQuestions", "preferredStudyHours"} & set(stranger)


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
        assert "statistics" not in hidden.data and hidden.cost.operations == ["BatchGetItem"]
        assert "statistics" in student.get(path).data and "statistics" in client.as_("admin").get(path).data


@given(st.sets(st.integers(0, 40)), st.integers(0, 40))
def test_a_streak_is_the_longest_run_that_ends_today_or_yesterday(offsets: set[int], today_offset: int) -> None:
    first = date(2027, 1, 1)
    today, days = first + timedelta(today_offset), {first + timedelta(offset) for offset in offsets}
    length = streak(days, today)
    end = today if today in days else today - timedelta(1)
    assert all(end - timedelta(back) in days for back in range(length))
    assert end - timedelta(length) not in days
