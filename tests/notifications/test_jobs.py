"""What is due at a time: held messages, digests, study reminders, plans that end, retention, turn-over."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyceum.events.courses import LessonCompleted
from lyceum.events.users import UserDeleted, UserPreferencesChosen
from lyceum.kit import context
from lyceum.kit.table import ConditionFailed, Unit, write_many
from lyceum.kit.values import time_zones
from lyceum.model.entitlements import Entitlement
from lyceum.model.notifications.reminders import StudyDay, StudyReminder
from lyceum.model.users.account import User
from tests.notifications.conftest import Post, Requests, approved, completed, counts, deliveries, edit_user, hand, tell
from tests.support import tenancy
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.jobs import run

from functions.notifications import jobs, study_reminders
from functions.notifications.events import inbox
from functions.notifications.inbox import inbox_writer

PATH = "/api/notifications/preferences"


def told(cloud: Cloud, tenant: str, name: str) -> list[dict[str, Any]]:
    """Return the details of every event of a kind that stands in the tenant's items."""
    return [json.loads(entry["Detail"]) for entry in cloud.outbox(tenant) if entry["DetailType"] == name]


def test_each_job_has_its_own_schedule() -> None:
    assert {name: job.times for name, job in jobs.jobs.declared.items()} == {
        "reminders": "rate(15 minutes)",
        "held_messages": "rate(15 minutes)",
        "plan_expiry": "cron(15 6 * * ? *)",
        "clean_up": "cron(30 2 * * ? *)",
        "period_rollover": "cron(5 0 * * ? *)",
    }


def test_what_quiet_hours_held_back_goes_when_they_end_and_once(
    client: Client, clock: Clock, post: Post, tenant: str
) -> None:
    student = client.as_("student")
    student.put(PATH, {"quietHours": {"start": "08:00", "until": "10:00"}})
    tell(completed(student.user_id))
    clock.advance(minutes=59)
    run(jobs, "held_messages")
    assert (post.deliver(), post.sent) == (0, [])
    clock.advance(minutes=2)
    for _ in range(3):
        run(jobs, "held_messages")
        assert post.deliver() == 0
    assert (len(post.sent), deliveries(client.cloud, tenant)["email"].state) == (1, "sent")


def test_a_release_that_was_skipped_for_a_day_is_made_up_for(client: Client, clock: Clock, post: Post) -> None:
    student = client.as_("student")
    student.put(PATH, {"quietHours": {"start": "08:00", "until": "10:00"}})
    tell(completed(student.user_id))
    clock.advance(hours=25)
    run(jobs, "held_messages")
    assert (post.deliver(), len(post.sent)) == (0, 1)


def test_a_digest_is_one_mail_of_what_is_still_there(client: Client, clock: Clock, post: Post) -> None:
    student = client.as_("student")
    student.put(PATH, {"digest": "daily"})
    tell(completed(student.user_id), completed(student.user_id), completed(student.user_id))
    student.delete(f"/api/notifications/{student.get('/api/notifications').data[0]['notificationId']}")
    clock.advance(hours=21, minutes=45)
    run(jobs, "held_messages")
    assert (post.deliver(), post.sent) == (0, [])
    clock.advance(minutes=15)
    for _ in range(3):
        run(jobs, "held_messages")
        assert post.deliver() == 0
    (mail,) = post.sent
    simple = mail["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Your digest: 2 messages"
    assert simple["Body"]["Text"]["Data"].count("Your exam is marked: 75%") == 2
    assert simple["Headers"][1]["Value"] == "List-Unsubscribe=One-Click"


def test_who_left_digests_meanwhile_gets_none(client: Client, clock: Clock, post: Post) -> None:
    student = client.as_("student")
    student.put(PATH, {"digest": "daily"})
    tell(completed(student.user_id))
    student.put(PATH, {"digest": "off"})
    clock.advance(hours=23)
    run(jobs, "held_messages")
    assert (post.deliver(), post.sent) == (0, [])


def remind_at(client: Client, time: str, goal: int = 1, zone: str = "UTC") -> None:
    choose(client, studyTime=time, timeZone=zone)
    client.put(PATH, {"dailyGoal": goal})


def choose(client: Client, **chosen: Any) -> None:
    """Let a user choose preferences of the account, and the worker follow."""
    assert client.put("/api/profile/preferences", chosen).status == 200
    assert hand(inbox, UserPreferencesChosen(user_id=client.user_id)) == 0


def reminders(client: Client, requests: Requests) -> list[str]:
    """Return the days on which a student was reminded, as the inbox has it."""
    assert requests.hand_to(inbox) == 0
    found = client.get("/api/notifications", {"type": "study.reminder"}).data
    return [message["data"]["day"] for message in found][::-1]


def test_a_student_is_reminded_at_the_chosen_time_once_a_day(client: Client, clock: Clock, requests: Requests) -> None:
    student = client.as_("student")
    remind_at(student, "18:20")
    for day in (11, 12):
        clock.move_to(datetime(2027, 1, day, 18, 14, tzinfo=UTC))
        run(jobs, "reminders")
        assert len(reminders(student, requests)) == day - 11
        for _ in range(3):
            clock.advance(minutes=15)
            run(jobs, "reminders")
            assert len(reminders(student, requests)) == day - 10
    assert reminders(student, requests) == ["2027-01-11", "2027-01-12"]


@pytest.mark.parametrize(("finished", "is_reminded"), [(1, True), (2, False)])
def test_who_has_reached_the_goal_is_not_reminded(
    client: Client, clock: Clock, requests: Requests, finished: int, is_reminded: bool
) -> None:
    student = client.as_("student")
    remind_at(student, "10:00", goal=2)
    events = [completed(student.user_id), LessonCompleted(course_id="c", lesson_id="l", user_id=student.user_id)][
        :finished
    ]
    for _ in range(2):
        assert hand(inbox, *events) == 0
    clock.advance(hours=1)
    run(jobs, "reminders")
    assert (reminders(student, requests) == ["2027-01-11"]) is is_reminded


def test_a_finished_exam_is_told_and_counted_for_the_day_once(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    remind_at(student, "10:00")
    event = completed(student.user_id)
    tell(event, event)
    assert counts(student.user_id) == (1, 1)
    assert StudyDay.require(user_id=student.user_id, day="2027-01-11").finished == 1


def test_who_is_not_reminded_is_not_counted_either(client: Client, tenant: str) -> None:
    student = client.as_("student")
    assert hand(inbox, completed(student.user_id)) == 0
    assert "study_day" not in [item["kind"]["S"] for item in client.cloud.items(tenant)]


def test_a_reminder_that_comes_late_on_its_day_still_comes_and_on_the_next_day_not(
    client: Client, clock: Clock, requests: Requests
) -> None:
    student = client.as_("student")
    remind_at(student, "10:00")
    clock.move_to(datetime(2027, 1, 11, 23, 0, tzinfo=UTC))
    run(jobs, "reminders")
    assert reminders(student, requests) == ["2027-01-11"]
    clock.move_to(datetime(2027, 1, 14, 9, 0, tzinfo=UTC))
    run(jobs, "reminders")
    assert reminders(student, requests) == ["2027-01-11"]
    clock.advance(hours=1)
    run(jobs, "reminders")
    assert reminders(student, requests) == ["2027-01-11", "2027-01-14"]


def test_another_time_on_the_same_day_reminds_only_once_and_none_not_at_all(
    client: Client, clock: Clock, requests: Requests
) -> None:
    student = client.as_("student")
    remind_at(student, "10:00")
    clock.advance(hours=1)
    run(jobs, "reminders")
    assert reminders(student, requests) == ["2027-01-11"]
    remind_at(student, "12:00")
    clock.advance(hours=2)
    run(jobs, "reminders")
    assert reminders(student, requests) == ["2027-01-11"]
    choose(student, studyTime=None)
    clock.advance(hours=24)
    run(jobs, "reminders")
    assert reminders(student, requests) == ["2027-01-11"]


def test_a_reminder_follows_the_latest_state_of_the_account_only(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    remind_at(student, "10:00")
    old = User.require(user_id=student.user_id)
    choose(student, studyTime="12:00")
    late = Unit()
    study_reminders.plan(late, old)
    with pytest.raises(ConditionFailed):
        late.commit()
    assert StudyReminder.require(user_id=student.user_id).time == "12:00"


def test_who_deleted_the_account_is_not_reminded(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    remind_at(student, "10:00")
    edit_user(student.user_id, status="deleted")
    assert hand(inbox, UserDeleted(user_id=student.user_id, role="student", purge_at=clock.at)) == 0
    assert StudyReminder.fetch(user_id=student.user_id) is None


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(
    zone=st.sampled_from(["UTC", "Africa/Lagos", "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland"]),
    time=st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda pair: f"{pair[0]:02d}:{pair[1]:02d}"),
)
def test_in_any_zone_the_reminder_is_due_in_the_quarter_of_an_hour_that_holds_its_time(
    cloud: Cloud, zone: str, time: str
) -> None:
    with Clock() as clock, cloud.new_tenant() as tenant:
        student = Client(cloud, tenant).as_("student")
        remind_at(student, time, zone=zone)
        due = datetime.fromisoformat(StudyReminder.require(user_id=student.user_id).due_bucket + "+00:00")
        local = datetime.fromisoformat(f"2027-01-11T{time}")
        shown = (due.astimezone(time_zones.zone(zone)).hour * 60 + due.astimezone(time_zones.zone(zone)).minute) - (
            local.hour * 60 + local.minute
        )
        assert -15 < shown <= 0
        assert clock.at - timedelta(minutes=15) < due <= clock.at + timedelta(days=1)


def plan(user_id: str, ends_at: datetime) -> None:
    Unit().put(Entitlement(user_id=user_id, product="PLAN#Plus", ends_at=ends_at)).commit()


def warnings(client: Client, requests: Requests) -> list[str]:
    """Return how many days were left at each warning, in their order."""
    assert requests.hand_to(inbox) == 0
    found = client.get("/api/notifications", {"type": "plan.expiring"}).data
    return sorted((message["data"]["daysLeft"] for message in found), key=int, reverse=True)


def test_the_end_of_a_plan_is_told_at_30_7_and_1_days_and_on_the_day(
    client: Client, clock: Clock, requests: Requests
) -> None:
    student = client.as_("student")
    plan(student.user_id, clock.at + timedelta(days=33))
    for left in (33, 31, 30, 29, 8, 7, 6, 2, 1, 0, -1):
        clock.move_to(datetime(2027, 2, 13, 6, 15, tzinfo=UTC) - timedelta(days=left))
        run(jobs, "plan_expiry")
        run(jobs, "plan_expiry")
        assert requests.hand_to(inbox) == 0
    assert warnings(student, requests) == ["30", "7", "1", "0"]


def test_after_a_pause_only_the_nearest_warning_is_given_with_the_days_that_are_left(
    client: Client, clock: Clock, requests: Requests
) -> None:
    student = client.as_("student")
    plan(student.user_id, clock.at + timedelta(days=33))
    run(jobs, "plan_expiry")
    clock.advance(days=29)
    run(jobs, "plan_expiry")
    assert warnings(student, requests) == ["4"]


def test_the_end_of_a_course_that_was_bought_is_not_that_of_a_plan(
    client: Client, clock: Clock, requests: Requests
) -> None:
    student = client.as_("student")
    Unit().put(Entitlement(user_id=student.user_id, product="COURSE#c", ends_at=clock.at + timedelta(days=7))).commit()
    run(jobs, "plan_expiry")
    assert warnings(student, requests) == []


def test_a_plan_that_was_renewed_is_not_warned_of(client: Client, clock: Clock, requests: Requests) -> None:
    student = client.as_("student")
    plan(student.user_id, clock.at + timedelta(days=8))
    run(jobs, "plan_expiry")
    plan(student.user_id, clock.at + timedelta(days=300))
    clock.advance(days=1)
    run(jobs, "plan_expiry")
    assert warnings(student, requests) == []


def test_the_daily_job_reads_only_the_days_that_are_due(client: Client, clock: Clock) -> None:
    write_many(
        Entitlement(user_id=f"u{number}", product="PLAN#Plus", ends_at=clock.at + timedelta(days=50 + number))
        for number in range(30)
    )
    run(jobs, "plan_expiry")
    with context.working(context.RequestContext(context.tenant())) as work:
        jobs.plan_expiry(datetime(2027, 1, 11, tzinfo=UTC))
    assert work.usage.operations == ["Query"] * 4


def test_messages_go_when_their_time_is_over_and_counts_with_them(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    tell(approved(student.user_id), approved(student.user_id))
    student.patch(f"/api/notifications/{student.get('/api/notifications').data[0]['notificationId']}/read")
    clock.advance(days=1)
    tell(approved(student.user_id))
    assert counts(student.user_id) == (3, 2)
    clock.advance(days=89)
    run(jobs, "clean_up")
    assert counts(student.user_id) == (3, 2)
    clock.advance(days=1)
    for _ in range(2):
        run(jobs, "clean_up")
        assert (counts(student.user_id), len(student.get("/api/notifications").data)) == ((1, 1), 1)
    clock.advance(days=3)
    run(jobs, "clean_up")
    assert (counts(student.user_id), student.get("/api/notifications").data) == ((0, 0), [])


def test_messages_last_a_week_longer_than_the_job_needs(client: Client, clock: Clock, tenant: str) -> None:
    tell(approved(client.as_("student").user_id))
    (item,) = [item for item in client.cloud.items(tenant) if item["kind"]["S"] == "notification"]
    assert int(item["ttl"]["N"]) == int((clock.at + inbox_writer.RETENTION + timedelta(days=7)).timestamp())


def test_weeks_and_months_turn_over_once(cloud: Cloud, clock: Clock, tenant: str) -> None:
    clock.move_to(datetime(2027, 1, 30, 0, 5, tzinfo=UTC))
    tenancy.begin_now()
    for _ in range(4):
        run(jobs, "period_rollover")
        run(jobs, "period_rollover")
        clock.advance(days=1)
    periods = sorted(event["period"] for event in told(cloud, tenant, "period.ended"))
    assert periods == ["2027-01", "2027-W04"]


def test_turn_overs_that_were_skipped_are_made_up_for(cloud: Cloud, clock: Clock, tenant: str) -> None:
    run(jobs, "period_rollover")
    clock.advance(days=30)
    run(jobs, "period_rollover")
    assert sorted(event["period"] for event in told(cloud, tenant, "period.ended")) == [
        "2027-01", "2027-W01", "2027-W02", "2027-W03", "2027-W04", "2027-W05",
    ]  # fmt: skip
