"""Figures of a tenant: exact counts of active users, cohorts, questions, courses, and the overview."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lyceum.events.auth import SessionContinued, SessionStarted
from lyceum.events.community import QuestionAnswered
from lyceum.events.courses import CourseCompleted, CourseEnrolled, CourseLeft
from lyceum.events.questions import QuestionApproved, QuestionSubmitted
from lyceum.events.users import UserRegistered
from lyceum.kit.event import Event
from lyceum.kit.table import Unit, write_many
from lyceum.model.admin.telemetry import DayCount
from lyceum.model.courses.course import Course, CourseRanking
from lyceum.model.insights.activity import SeenUser
from lyceum.model.sync import OPERATIONS, PUSHES, WAITING
from lyceum.model.users.directory import UserCount
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.jobs import run
from tests.support.workers import consumers, record

from functions.insights import activity, jobs

PLACE = "/api/admin/analytics"


def happen(*events: Event, times: int = 1) -> None:
    """Bring events to the worker of insights in one batch, as often as they come."""
    entries = [
        {"DetailType": event.name, "Source": "lyceum", "Detail": event.model_dump_json(by_alias=True)}
        for event in events
    ]
    for _ in range(times):
        for start in range(0, len(entries), 10):
            batch = {"Records": [record(entry) for entry in entries[start : start + 10]]}
            assert consumers()["functions.insights.events"].handler(batch, LAMBDA)["batchItemFailures"] == []


def seen(user: str, at: datetime) -> SessionStarted:
    return SessionStarted(user_id=user, session_id="s", at=at)


def windows(visits: set[tuple[str, date]], day: date, length: int) -> int:
    """Count as the definition says: users with a visit in the days that end with this one."""
    return len({user for user, then in visits if day - timedelta(days=length) < then <= day})


def test_active_users_are_exact_in_any_order_and_however_often_events_come(client: Client, clock: Clock) -> None:
    draw = random.Random(7)
    first = clock.at - timedelta(days=40)
    visits = {(f"user-{draw.randrange(9)}", (first + timedelta(days=draw.randrange(40))).date()) for _ in range(24)}
    events = [seen(user, datetime.combine(day, clock.at.timetz())) for user, day in sorted(visits)]
    draw.shuffle(events)
    happen(*events, times=2)
    clock.advance(days=5)
    points = client.as_("admin").get(f"{PLACE}/activity", {"days": 45}).data["points"]
    assert len(points) == 45
    for told in points:
        day = date.fromisoformat(told["day"])
        expected = {
            name: windows(visits, day, length) for name, length in (("daily", 1), ("weekly", 7), ("monthly", 30))
        }
        assert {name: told[name] for name in expected} == expected, day


def test_a_session_that_goes_on_on_another_day_counts_and_on_the_same_day_does_not(
    client: Client, clock: Clock
) -> None:
    happen(seen("ada", clock.at), SessionContinued(user_id="ada", session_id="s", at=clock.at))
    clock.advance(days=1)
    happen(SessionContinued(user_id="ada", session_id="s", at=clock.at))
    told = client.as_("admin").get(f"{PLACE}/activity", {"days": 2}).data
    assert [(each["daily"], each["weekly"], each["newcomers"]) for each in told["points"]] == [(1, 1, 1), (1, 1, 0)]
    assert told["stickiness"] == 1


def test_what_is_remembered_of_a_user_does_not_grow(client: Client, clock: Clock) -> None:
    for _ in range(3):
        unit = Unit()
        activity.enter([("ada", clock.at + timedelta(days=day)) for day in range(30)], unit)
        unit.commit()
        clock.advance(days=30)
    user = SeenUser.require(user_id="ada")
    assert len(user.days) <= activity.REMEMBERED_DAYS


@pytest.mark.parametrize(
    ("day", "known", "windows_gained"),
    [(10, set(), 7), (10, {9}, 1), (10, {12}, 2), (10, {3}, 7), (10, {4}, 6), (10, {9, 11}, 0), (10, {10}, 0)],
)
def test_a_day_gains_the_windows_that_no_other_day_is_in(day: int, known: set[int], windows_gained: int) -> None:
    assert len(activity.gained(day, known, 7)) == windows_gained


def test_cohorts_come_back_or_not_and_small_ones_are_hidden(client: Client, clock: Clock) -> None:
    start = clock.at
    happen(*(seen(f"user-{number}", start) for number in range(8)))
    clock.advance(weeks=1)
    happen(*(seen(f"user-{number}", clock.at) for number in range(4)), seen("late", clock.at), times=2)
    clock.advance(weeks=1)
    happen(*(seen(f"user-{number}", clock.at + timedelta(hours=number)) for number in range(2)))
    told = client.as_("admin").get(f"{PLACE}/retention", {"cohorts": 3}).data
    first, second, third = told["cohorts"]
    assert (first["cohort"], first["size"]) == (start.date().isoformat(), 8)
    assert [(each["offset"], each["users"], each["share"]) for each in first["points"]] == [
        (0, 8, 100),
        (1, 4, 50),
        (2, 2, 25),
    ]
    assert (second["isHidden"], second.get("size")) == (True, None)
    assert third["size"] == 0
    months = client.as_("admin").get(f"{PLACE}/retention", {"by": "month", "cohorts": 1}).data["cohorts"]
    assert [(each["cohort"], each["size"]) for each in months] == [(f"{clock.at:%Y-%m}", 9)]


def test_questions_are_counted_by_day_each_once(client: Client, clock: Clock) -> None:
    approved = QuestionApproved(question_id="q1", topic_id="t", course_id="c", author_id="a")
    again = QuestionApproved(question_id="q1", topic_id="t", course_id="c", author_id="a", first_time=False)
    happen(
        *(QuestionSubmitted(question_id=f"q{number}", topic_id="t") for number in range(3)), approved, again, times=2
    )
    clock.advance(days=1)
    happen(QuestionSubmitted(question_id="q9", topic_id="t"))
    told = client.as_("admin").get(f"{PLACE}/questions", {"days": 2}).data
    assert [(each["submitted"], each["approved"]) for each in told["points"]] == [(3, 1), (1, 0)]
    assert (told["submitted"], told["approved"]) == (4, 1)


def enrolled(course: str, number: int) -> list[Event]:
    return [CourseEnrolled(course_id=course, user_id=f"user-{each}") for each in range(number)]


def test_courses_are_popular_by_the_students_of_a_month_and_small_numbers_are_hidden(
    client: Client, clock: Clock
) -> None:
    for course_id, title in (("a", "Algebra"), ("b", "Botany")):
        course = Course(course_id=course_id, title=title, instructor_id="i")
        Unit().create(course).commit()
    happen(*enrolled("a", 6), *enrolled("b", 9), *enrolled("c", 2), times=2)
    happen(
        CourseCompleted(course_id="a", user_id="user-1", title="Algebra"), CourseLeft(course_id="b", user_id="user-1")
    )
    month = {"month": f"{clock.at:%Y-%m}"}
    admin = client.as_("admin")
    rows = admin.get(f"{PLACE}/popular-courses", month).data
    assert [(row.get("title"), row.get("enrolled")) for row in rows] == [("Botany", 9), ("Algebra", 6), (None, None)]
    assert rows[2]["isHidden"] and rows[2]["asOf"]
    first = admin.get(f"{PLACE}/popular-courses", {**month, "limit": 1, "sort": "-completed"})
    assert first.data[0]["courseId"] == "a"
    second = admin.get(
        f"{PLACE}/popular-courses",
        {**month, "limit": 1, "sort": "-completed", "cursor": first.pagination["nextCursor"]},
    )
    assert second.data[0]["courseId"] == "c"


def test_without_a_month_courses_are_in_the_order_of_all_their_students(client: Client, clock: Clock) -> None:
    for course_id, students in (("a", 12), ("b", 40)):
        ranking = CourseRanking(
            course_id=course_id, instructor_id="i", category="science", difficulty="beginner",
            enrolment_count=students, rating=4500, rating_count=students, as_of=1,
        )  # fmt: skip
        Unit().create(ranking).commit()
    rows = client.as_("admin").get(f"{PLACE}/popular-courses").data
    assert [(row["courseId"], row["enrolled"], row["rating"]) for row in rows] == [("b", 40, 4.5), ("a", 12, 4.5)]


def test_users_are_counted_by_tier_each_night_and_by_role_at_once(client: Client, clock: Clock) -> None:
    admin = client.as_("admin")
    for number in range(6):
        client.as_(f"student-{number}", "student")
    Unit().put(UserCount(group="all", total=7)).put(UserCount(group="student", total=6)).commit()
    happen(*(UserRegistered(user_id=f"user-{number}", role="student") for number in range(5)), times=2)
    assert admin.get(f"{PLACE}/users").data["tiers"] == [{"name": "free", "users": 5, "isHidden": False}]
    run(jobs, "count_tiers")
    told = admin.get(f"{PLACE}/users").data
    assert told["tiers"] == [{"name": "free", "users": 7, "isHidden": False}]
    assert (told["total"], told["roles"]) == (7, [{"name": "student", "users": 6, "isHidden": False}])


def test_the_overview_has_the_figures_of_the_first_page_in_few_requests(client: Client, clock: Clock) -> None:
    happen(*(seen(f"user-{number}", clock.at) for number in range(3)), *enrolled("a", 4))
    happen(CourseCompleted(course_id="a", user_id="user-1", title="Algebra"))
    reply = client.as_("admin").get(PLACE)
    told: dict[str, Any] = reply.data
    assert (told["activeToday"], told["enrolledMonth"], told["completionRate"]) == (3, 4, 25)
    assert len(told["points"]) == 30
    assert told["definitionVersion"] == 1
    assert reply.cost.requests <= 7  # one of them rereads the caller's rights
    assert client.of(f"{client.tenant}-abroad").as_("admin").get(PLACE).data["activeToday"] == 0


def test_figures_are_for_those_who_may_see_them_and_days_are_bounded(client: Client) -> None:
    assert client.as_("moderator").get(PLACE).status == 403
    admin = client.as_("admin")
    assert admin.get(f"{PLACE}/activity", {"days": 367}).status == 400
    assert admin.get(f"{PLACE}/retention", {"by": "year"}).status == 400
    assert admin.get(f"{PLACE}/popular-courses", {"month": "2027-13"}).status == 400
    assert len(admin.get(f"{PLACE}/activity", {"days": 366}).data["points"]) == 366


def test_the_overview_tells_how_long_mentors_take_and_how_much_devices_have_waiting(
    client: Client, clock: Clock
) -> None:
    facts: Any = {"thread_id": "q", "asker_id": "a", "answerer_id": "m", "title": "?"}
    first = QuestionAnswered(**facts, seconds=600, is_first=True)
    happen(first, QuestionAnswered(**facts, seconds=1800, is_first=True), QuestionAnswered(**facts, seconds=9000))
    today = f"{clock.at:%Y-%m-%d}"
    counted = {PUSHES: 4, OPERATIONS: 10, WAITING: 2, "sockets.opened": 3, "sockets.closed": 1, "cache.roles.hit": 50}
    write_many([DayCount(day=today, name=name, total=total) for name, total in counted.items()])
    found = client.as_("admin").get("/api/admin/analytics").data
    assert (found["answersMonth"], found["answerMinutes"]) == (3, 20.0)
    assert (found["syncQueueLength"], found["syncWaiting"]) == (2.5, 2)
    assert (found["connectionsToday"], found["connectionsOpen"]) == (3, 2)
