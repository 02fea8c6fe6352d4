"""Study sessions: measured by the server's clock, on several devices, and each second counted once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import ids
from lyceum.kit.table import Unit
from lyceum.model.study.learners import StudyClock
from lyceum.model.study.sessions import StudySession
from tests.study.conftest import Student, Syllabus
from tests.support.clock import Clock
from tests.support.http import Client

from functions.study import activity

PATH = "/api/study-sessions"


def begin(student: Student, **values: Any) -> str:
    reply = student.client.post(PATH, values)
    assert reply.status == 201, reply.body
    return str(reply.data["sessionId"])


def act(student: Student, session_id: str, action: str, **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = student.client.patch(f"{PATH}/{session_id}", {"action": action, **values}).data
    return found


def test_a_session_counts_while_it_runs_and_not_while_it_is_paused(student: Student, clock: Clock) -> None:
    session_id = begin(student)
    clock.advance(minutes=20)
    assert act(student, session_id, "pause")["countedSeconds"] == 1200
    clock.advance(minutes=30)
    assert act(student, session_id, "pause")["countedSeconds"] == 1200
    assert act(student, session_id, "resume")["state"] == "running"
    clock.advance(minutes=10)
    done = act(student, session_id, "finish")
    assert (done["state"], done["countedSeconds"], done["elapsedSeconds"]) == ("finished", 1800, 1800)
    assert act(student, session_id, "finish")["finishedAt"] == done["finishedAt"]
    refused = student.client.patch(f"{PATH}/{session_id}", {"action": "resume"})
    assert (refused.status, refused.error.code) == (409, "SESSION_FINISHED")
    history = student.client.get(PATH)
    assert (history.data["secondsToday"], history.data["secondsThisWeek"]) == (1800, 1800)
    assert history.cost.requests == 2


def test_devices_that_overlap_are_counted_once(student: Student, clock: Clock) -> None:
    phone, laptop = begin(student), begin(student)
    clock.advance(minutes=30)
    assert act(student, phone, "finish")["countedSeconds"] == 1800
    clock.advance(minutes=10)
    assert act(student, laptop, "finish")["countedSeconds"] == 600
    assert student.client.get(PATH).data["secondsToday"] == 2400


def test_two_devices_that_end_a_session_at_once_count_it_once(
    student: Student, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = begin(student)
    clock.advance(minutes=5)
    replace = Unit.replace

    def late(self: Unit, item: Any, *args: Any, **options: Any) -> Unit:
        if isinstance(item, StudySession):
            monkeypatch.setattr(Unit, "replace", replace)
            assert act(student, session_id, "finish")["countedSeconds"] == 300
        return replace(self, item, *args, **options)

    monkeypatch.setattr(Unit, "replace", late)
    assert act(student, session_id, "pause")["state"] == "finished"
    assert student.client.get(PATH).data["secondsToday"] == 300


def test_a_pomodoro_counts_its_focus_alone(student: Student, clock: Clock) -> None:
    session_id = begin(student, timer="pomodoro", focusMinutes=25, breakMinutes=5)
    clock.advance(minutes=27)
    shown = student.client.get(PATH).data["sessions"][0]["pomodoro"]
    assert (shown["phase"], shown["round"], shown["phaseEndsAt"]) == ("break", 1, "2027-01-11T09:30:00.000Z")
    assert act(student, session_id, "pause")["countedSeconds"] == 25 * 60
    clock.advance(hours=1)
    act(student, session_id, "resume")
    clock.advance(minutes=13)
    done = act(student, session_id, "finish")
    assert done["countedSeconds"] == 35 * 60
    assert (done["pomodoro"]["phase"], done["pomodoro"]["round"]) == ("focus", 2)


def test_what_nobody_ends_stops_counting_after_four_hours(student: Student, clock: Clock) -> None:
    session_id = begin(student)
    clock.advance(hours=9)
    assert student.client.get(PATH).data["sessions"][0]["state"] == "paused"
    assert act(student, session_id, "finish")["countedSeconds"] == 4 * 3600


def test_time_goes_to_the_students_own_days(student: Student, clock: Clock) -> None:
    student.live_in("Africa/Lagos")
    clock.move_to(datetime(2027, 1, 11, 22, 30, tzinfo=UTC))
    session_id = begin(student)
    clock.advance(hours=1)
    act(student, session_id, "finish")
    days = {day["date"]: day["seconds"] for day in student.client.get(PATH).data["days"] if day["seconds"]}
    assert days == {"2027-01-11": 1800, "2027-01-12": 1800}


def test_time_is_told_to_the_plan_and_by_topic(
    student: Student, clock: Clock, settle: Callable[[], None], client: Client, tenant: str
) -> None:
    topic_id = ids.new_id()
    session_id = begin(student, topicIds=[topic_id])
    clock.advance(minutes=10)
    lesson_id = ids.new_id()
    done = act(student, session_id, "finish", lessonIds=[lesson_id])
    assert (done["topicIds"], done["lessonIds"]) == ([topic_id], [lesson_id])
    told = [entry for entry in client.cloud.published(tenant) if entry["DetailType"] == "study.recorded"]
    assert len(told) == 1
    assert f'"secondsByTopic":{{"{topic_id}":600}}' in told[0]["Detail"]
    settle()


def test_what_was_done_counts_towards_the_plan_of_its_course(
    student: Student, clock: Clock, settle: Callable[[], None], syllabus: Syllabus
) -> None:
    plan = student.plan(courseId=syllabus.course_id)
    first, second = syllabus.topic_ids[:2]
    for topic_ids in ([first], [first, second], []):
        session_id = begin(student, topicIds=topic_ids, courseId=syllabus.course_id)
        clock.advance(minutes=20)
        act(student, session_id, "finish")
        settle()
    progress = student.client.get(f"/api/study-plans/{plan['planId']}/progress").data
    assert [topic["studiedMinutes"] for topic in progress["topics"]] == [30, 10, 0, 0]
    today = next(day for day in progress["days"] if day["date"] == "2027-01-11")
    assert (today["studiedMinutes"], today["isMet"]) == (60, True)
    clock.advance(days=1)
    seen = student.client.get(f"/api/study-plans/{plan['planId']}").data
    ahead = sum(
        entry["minutes"]
        for day in seen["calendar"]
        for entry in day["entries"]
        if entry["kind"] == "learn" and entry["topicId"] == first and day["date"] >= seen["laidOn"]
    )
    assert ahead == (60 if seen["laidOn"] == "2027-01-11" else 30)


def test_topics_of_a_plans_own_are_named_by_their_keys(
    student: Student, clock: Clock, settle: Callable[[], None]
) -> None:
    plan = student.plan()
    for topic_ids in (["sets"], []):
        session_id = begin(student, topicIds=topic_ids, planId=plan["planId"])
        clock.advance(minutes=20)
        act(student, session_id, "finish")
        settle()
    progress = student.client.get(f"/api/study-plans/{plan['planId']}/progress").data
    assert [topic["studiedMinutes"] for topic in progress["topics"]] == [20, 0, 0]
    assert progress["days"][0]["studiedMinutes"] == 40


def test_a_session_is_its_students_alone(client: Client, student: Student) -> None:
    session_id = begin(student)
    eve = client.as_("eve", "student")
    assert eve.patch(f"{PATH}/{session_id}", {"action": "finish"}).status == 404
    assert eve.get(PATH).data["sessions"] == []
    assert student.client.patch(f"{PATH}/{session_id}", {}).status == 400


def test_goals_and_streak_follow_from_the_days(student: Student, clock: Clock) -> None:
    for _ in range(8):
        session_id = begin(student)
        clock.advance(minutes=30)
        act(student, session_id, "finish")
        clock.advance(hours=23, minutes=30)
    student.plan(dailyGoal={"questions": 15, "minutes": 45})
    shown = student.client.get("/api/study/goals")
    assert shown.cost.requests == 1
    goals = shown.data
    assert goals["daily"] == {
        "questionsGoal": 15, "questionsDone": 0, "minutesGoal": 45, "minutesDone": 0, "percent": 0.0, "isMet": False,
    }  # fmt: skip
    assert goals["streak"] == {
        "current": 8, "longest": 8, "freezeDays": 1, "isAtRisk": True, "lastActiveOn": "2027-01-18",
    }  # fmt: skip
    assert (goals["week"], goals["weekly"]["minutesDone"], goals["weekly"]["minutesGoal"]) == ("2027-W03", 30, 315)


def test_without_a_plan_the_goal_is_twenty_questions(student: Student) -> None:
    goals = student.client.get("/api/study/goals").data
    assert (goals["daily"]["questionsGoal"], goals["daily"]["minutesGoal"]) == (20, 0)
    assert goals["streak"] == {"current": 0, "longest": 0, "freezeDays": 0, "isAtRisk": False}


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 100)), max_size=12))
def test_no_second_is_counted_twice_and_none_is_lost(spans: list[tuple[int, int]]) -> None:
    start = int(Clock().at.timestamp())
    counted: set[int] = set()
    study_clock = StudyClock(user_id="u")
    for begun, length in spans:
        first = start + begun
        for one, two in activity.uncovered(study_clock, [(first, first + length)], Clock().at):
            seconds = set(range(one, two))
            assert not seconds & counted
            counted |= seconds
    assert counted == {start + begun + each for begun, length in spans for each in range(length)}


def test_time_that_is_told_of_a_week_late_is_not_counted() -> None:
    now = Clock().at
    old = int(now.timestamp()) - 8 * 86_400
    assert activity.uncovered(StudyClock(user_id="u"), [(old, old + 60)], now) == []
