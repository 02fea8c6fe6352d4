"""Whether a message leaves is judged when it does: by what its reader did and chose meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lyceum.events.assignments import AssignmentDueSoon, AssignmentGraded
from lyceum.events.auth import PasswordChanged
from lyceum.events.notifications import StudyReminderDue
from lyceum.events.payments import PlanExpiring
from lyceum.kit import clock as time
from lyceum.kit.table import Unit, write_many
from lyceum.model.courses.course import Course
from lyceum.model.entitlements import Entitlement
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.notifications.deliveries import Digest
from lyceum.model.users.account import User
from tests.notifications.conftest import Post, approved, completed, deliveries, edit_user, tell
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.jobs import run
from tests.users.test_erasure import planted

from functions.notifications import jobs, unsubscribe
from functions.notifications.inbox import routing
from functions.notifications.preferences import ReaderPreferences

PATH = "/api/notifications/preferences"
QUIET = {"quietHours": {"start": "08:00", "until": "10:00"}}


def graded(user_id: str, points: str = "0.00", assignment_id: str = "a") -> AssignmentGraded:
    """Return the event of a grade of 4 points at most."""
    facts: dict[str, Any] = {"assignment_id": assignment_id, "course_id": "c", "user_id": user_id, "title": "Essay"}
    return AssignmentGraded(**facts, points=Decimal(points), max_points=Decimal(4), percent=Decimal(0))


def due_soon(user_id: str, due_at: datetime) -> AssignmentDueSoon:
    """Return the event of an assignment that is due."""
    return AssignmentDueSoon(assignment_id="a", course_id="c", user_id=user_id, title="Essay", due_at=due_at)


def leave(clock: Clock, post: Post, **later: int) -> list[str]:
    """Let time pass, release what was held, and return the subjects of all mails that left so far."""
    clock.advance(**later)
    run(jobs, "held_messages")
    assert post.deliver() == 0
    return [mail["Content"]["Simple"]["Subject"]["Data"] for mail in post.sent]


def read_all(student: Client) -> None:
    student.patch("/api/notifications/read-all")


def read_one(student: Client) -> None:
    message = student.get("/api/notifications").data[0]
    student.patch(f"/api/notifications/{message['notificationId']}/read")


def switch_off(student: Client) -> None:
    student.put("/api/profile/preferences", {"notifications": False})


def choose_another_channel(student: Client) -> None:
    student.put(PATH, {"channels": {"assignment.graded": ["push"]}})


def leave_by_link(student: Client) -> None:
    user = User.require(user_id=student.user_id)
    student.send("POST", unsubscribe.PATH, None, {"token": unsubscribe.token(user, "assignment.graded")})


def get_suspended(student: Client) -> None:
    edit_user(student.user_id, status="suspended")


def get_a_later_grade(student: Client) -> None:
    student.put(PATH, {"channels": {"assignment.graded": []}})
    tell(graded(student.user_id, "4.00"))
    student.put(PATH, {})


@pytest.mark.parametrize(
    "meanwhile",
    [read_all, read_one, switch_off, choose_another_channel, leave_by_link, get_suspended, get_a_later_grade],
)
def test_what_was_held_does_not_leave_when_it_is_not_to_any_more(
    client: Client, clock: Clock, post: Post, meanwhile: Callable[[Client], None]
) -> None:
    student = client.as_("student")
    student.put(PATH, QUIET)
    tell(graded(student.user_id))
    clock.advance(minutes=30)
    meanwhile(student)
    assert leave(clock, post, minutes=31) == []
    assert post.delivery.state == "suppressed" and post.delivery.reason


def test_a_result_that_is_withheld_meanwhile_does_not_leave(client: Client, clock: Clock, post: Post) -> None:
    student = client.as_("student")
    student.put(PATH, QUIET)
    known, unknown = completed(student.user_id), completed(student.user_id)
    ends = time.now() + timedelta(hours=3)
    session = {"state": "finished", "policy": {"feedback": "after_window"}, "closed_from": ends}
    Unit().put(planted(ExamSession, student.user_id, exam_id=known.exam_id, **session)).commit()
    for each in (known, unknown):
        tell(each)
    assert len(leave(clock, post, minutes=61)) == 1


def test_a_later_grade_of_something_else_takes_no_place(client: Client, clock: Clock, post: Post) -> None:
    student = client.as_("student")
    student.put(PATH, QUIET)
    tell(graded(student.user_id))
    clock.advance(minutes=30)
    tell(graded(student.user_id, "4.00", "another"))
    assert leave(clock, post, minutes=31) == ["Essay is graded: 0 of 4", "Essay is graded: 4 of 4"]


def test_who_reads_the_inbox_silences_no_security_mail(client: Client, post: Post) -> None:
    student = client.as_("student")
    tell(PasswordChanged(user_id=student.user_id))
    read_all(student)
    assert post.deliver() == 0
    assert len(post.sent) == 1


def test_quiet_hours_that_were_chosen_meanwhile_hold_what_leaves(
    client: Client, clock: Clock, post: Post, tenant: str
) -> None:
    student = client.as_("student")
    tell(graded(student.user_id))
    student.put(PATH, QUIET)
    assert leave(clock, post, minutes=1) == []
    held = deliveries(client.cloud, tenant)["email"]
    assert (held.state, held.held_bucket) == ("pending", "2027-01-11T10:00")
    assert leave(clock, post, minutes=60) == ["Essay is graded: 0 of 4"]


def test_a_digest_that_was_chosen_meanwhile_takes_in_what_leaves(client: Client, clock: Clock, post: Post) -> None:
    student = client.as_("student")
    tell(graded(student.user_id))
    student.put(PATH, {"digest": "daily"})
    assert leave(clock, post, minutes=1) == []
    assert leave(clock, post, hours=22) == ["Your digest: Essay is graded: 0 of 4"]


def test_a_digest_leaves_out_what_is_told_already_and_waits_in_quiet_hours(
    client: Client, clock: Clock, post: Post
) -> None:
    student = client.as_("student")
    student.put(PATH, {"digest": "daily", "quietHours": {"start": "22:00", "until": "08:30"}})
    tell(graded(student.user_id, "1.00"), completed(student.user_id))
    clock.advance(minutes=5)
    tell(graded(student.user_id, "2.00"), graded(student.user_id, "3.00", "read"))
    read = student.get("/api/notifications").data[
        0 if "3 of" in student.get("/api/notifications").data[0]["title"] else 1
    ]
    student.patch(f"/api/notifications/{read['notificationId']}/read")
    assert leave(clock, post, hours=22) == []
    assert leave(clock, post, hours=2) == ["Your digest: 2 messages"]
    text = post.sent[0]["Content"]["Simple"]["Body"]["Text"]["Data"]
    assert "2 of 4" in text and "marked: 75%" in text and "1 of 4" not in text and "3 of 4" not in text


def test_a_digest_tells_of_everything_that_it_gathered(client: Client, clock: Clock, post: Post) -> None:
    student = client.as_("student")
    student.put(PATH, {"digest": "daily"})
    for number in range(60):
        tell(graded(student.user_id, "1.00", f"a{number}"))
    assert leave(clock, post, hours=23) == ["Your digest: 60 messages"]
    assert post.sent[0]["Content"]["Simple"]["Body"]["Text"]["Data"].count("Essay is graded: 1 of 4") == 60


def test_who_leaves_the_digest_gets_no_optional_mail_at_all(client: Client, clock: Clock, post: Post) -> None:
    student = client.as_("student")
    student.put(PATH, {"digest": "daily"})
    tell(graded(student.user_id))
    user = User.require(user_id=student.user_id)
    student.send("POST", unsubscribe.PATH, None, {"token": unsubscribe.token(user, unsubscribe.DIGEST)})
    tell(completed(student.user_id), PasswordChanged(user_id=student.user_id))
    assert leave(clock, post, hours=23) == ["Your password was changed"]
    shown = student.get(PATH).data
    assert [each["type"] for each in shown["types"] if "email" in each["channels"] and not each["isMandatory"]] == []
    assert shown["digest"] == "off"


def test_nothing_is_held_past_its_end(client: Client, clock: Clock, post: Post, tenant: str) -> None:
    student = client.as_("student")
    student.put(PATH, {"digest": "weekly", "quietHours": {"start": "08:00", "until": "11:00"}})
    tell(PlanExpiring(user_id=student.user_id, plan="Plus", ends_at=clock.at + timedelta(hours=1), days_left=0))
    assert deliveries(client.cloud, tenant)["email"].held_bucket is None
    assert leave(clock, post, minutes=1) == ["Your plan Plus is about to end"]


@pytest.mark.parametrize("digest", ["off", "daily"])
def test_no_end_is_told_of_a_plan_that_was_renewed_meanwhile(
    client: Client, clock: Clock, post: Post, digest: str
) -> None:
    student = client.as_("student")
    student.put(PATH, {"digest": digest, **QUIET})
    ends_at = clock.at + timedelta(days=7)
    tell(PlanExpiring(user_id=student.user_id, plan="Plus", ends_at=ends_at, days_left=7))
    renewed = Entitlement(user_id=student.user_id, product="PLAN#Plus", ends_at=ends_at + timedelta(days=30))
    write_many([renewed])
    assert leave(clock, post, hours=23) == []


def test_what_is_over_does_not_leave(client: Client, clock: Clock, post: Post) -> None:
    student = client.as_("student")
    tell(due_soon(student.user_id, clock.at + timedelta(minutes=50)))
    assert leave(clock, post, minutes=51) == []
    assert post.delivery.reason == "its time is over"


def test_a_study_reminder_ends_with_its_day(client: Client, clock: Clock, tenant: str) -> None:
    student = client.as_("student")
    edit_user(student.user_id, time_zone="Africa/Lagos")
    tell(StudyReminderDue(user_id=student.user_id, day="2027-01-11", finished=0, daily_goal=4))
    (item,) = [item for item in client.cloud.items(tenant) if item["kind"]["S"] == "notification"]
    assert item["body"]["S"].startswith("You finished 0 of 4 for today.")
    assert item["ends_at"]["S"].startswith("2027-01-11T23:00")


def test_times_and_people_are_named_as_the_reader_knows_them_and_due_dates_come_as_a_file(
    client: Client, clock: Clock, post: Post
) -> None:
    student, teacher = client.as_("student"), client.as_("instructor")
    edit_user(student.user_id, time_zone="Africa/Lagos")
    edit_user(teacher.user_id, first_name="Adaeze", last_name="Okafor")
    course = Course(course_id="c", department_id="d", instructor_id=teacher.user_id, code="A 1", title="Anatomy")
    course.level, course.credit_units = 100, 3
    Unit().put(course).commit()
    tell(due_soon(student.user_id, datetime(2027, 1, 11, 22, 59, tzinfo=UTC)))
    assert leave(clock, post, minutes=1) == ["Due soon: Essay"]
    simple = post.sent[0]["Content"]["Simple"]
    text = simple["Body"]["Text"]["Data"]
    assert "January 11, 2027, 11:59\u202fPM (Africa/Lagos). Course: Anatomy." in text
    assert "Course: Anatomy\nTeacher: Adaeze Okafor\nDue: January 11, 2027, 11:59\u202fPM (Africa/Lagos)" in text
    (file,) = simple["Attachments"]
    assert b"DTSTART:20270111T225900Z\r\n" in file["RawContent"]


@pytest.mark.parametrize(("choice", "shown"), [
    (None, "11:59\u202fPM (Africa/Lagos)"), ("UTC", "10:59\u202fPM (UTC)"),
    ("Europe/Paris", "11:59\u202fPM (Europe/Paris)"),
])  # fmt: skip
@pytest.mark.parametrize("path", ["/api/profile/preferences", "/api/notifications/preferences"])
def test_who_chose_no_time_zone_reads_due_dates_by_the_courses_clock(
    client: Client, clock: Clock, post: Post, choice: str | None, shown: str, path: str
) -> None:
    student = client.as_("student")
    course = Course(course_id="c", instructor_id=client.as_("instructor").user_id, title="Anatomy")
    course.time_zone = "Africa/Lagos"
    Unit().put(course).commit()
    if choice:
        assert student.put(path, {"timeZone": choice}).status == 200
    tell(due_soon(student.user_id, datetime(2027, 1, 11, 22, 59, tzinfo=UTC)))
    leave(clock, post, minutes=1)
    text = post.sent[0]["Content"]["Simple"]["Body"]["Text"]["Data"]
    assert f"in by January 11, 2027, {shown}." in text
    assert f"Due: January 11, 2027, {shown}" in text


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (("00:30", "02:30"), "2027-10-31T00:20", "2027-10-31T00:30"),
        (("00:30", "02:30"), "2027-10-31T00:40", None),
        (("00:30", "02:30"), "2027-03-28T00:50", "2027-03-28T01:30"),
        (("00:30", "02:30"), "2027-03-28T01:10", "2027-03-28T01:30"),
        (("02:15", "02:45"), "2027-10-31T01:20", None),
    ],
    ids=["before the end", "in the hour that comes twice", "before a gap", "after a gap", "the second of two"],
)
def test_where_clocks_change_nothing_is_held_until_a_moment_that_is_over(
    quiet: tuple[str, str], now: str, until: str | None
) -> None:
    user = User(user_id="u", time_zone="Europe/Berlin", language="en")
    preferences = ReaderPreferences.of(user, None)
    preferences.chosen.quiet_from, preferences.chosen.quiet_until = quiet
    found = routing.quiet_until(preferences, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert (found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if found else None) == until


def test_a_message_without_a_client_opens_a_plain_page_of_ours_that_shows_it_and_nothing_else(
    client: Client, post: Post, tenant: str
) -> None:
    student = client.as_("student")
    tell(approved(student.user_id), graded(student.user_id))
    assert post.deliver() == 0
    text = post.sent[0]["Content"]["Simple"]["Body"]["Text"]["Data"]
    token = text.partition("/api/notifications/message?token=")[2].split()[0]
    reply = client.of("elsewhere").send("GET", "/api/notifications/message", None, {"token": token})
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<h1>Essay is graded: 0 of 4</h1>" in reply.body and "approved" not in reply.body
    forged = token.replace(student.user_id, "0" * 26)
    assert client.send("GET", "/api/notifications/message", None, {"token": forged}).error.code == "BAD_REQUEST"
    edit_user(student.user_id, status="deleted")
    gone = client.send("GET", "/api/notifications/message", None, {"token": token})
    assert "no longer kept" in gone.body and "Essay" not in gone.body


def test_a_digest_of_an_earlier_day_is_not_what_a_late_message_goes_into(
    client: Client, cloud: Cloud, clock: Clock, post: Post, tenant: str
) -> None:
    student = client.as_("student")
    student.put(PATH, {"digest": "daily"})
    tell(graded(student.user_id))
    leave(clock, post, hours=23)
    tell(graded(student.user_id, "4.00", "another"))
    found = [Digest.from_raw_data(item) for item in cloud.items(tenant) if item["kind"]["S"] == "digest"]
    assert sorted((each.bucket, each.state) for each in found) == [
        ("2027-01-12T07:00", "sent"),
        ("2027-01-13T07:00", "pending"),
    ]
