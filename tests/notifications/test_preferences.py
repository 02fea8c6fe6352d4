"""Preferences: what is asked for is what happens on each channel."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.settings import settings
from lyceum.model.notifications.deliveries import Digest
from lyceum.model.notifications.inbox import NotificationPreferences
from lyceum.model.users.account import User
from tests.notifications.conftest import completed, deliveries, edit_user, expiring, tell
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client

from functions.notifications.inbox import routing
from functions.notifications.kinds import EXAM_RESULT
from functions.notifications.preferences import ReaderPreferences

PATH = "/api/notifications/preferences"
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
EVERYTHING = {
    "channels": {"exam.result": ["sms"], "question.approved": ["email", "push"]},
    "quietHours": {"start": "22:00", "until": "06:30"},
    "digest": "weekly",
    "dailyGoal": 3,
}


def channels_of(shown: dict[str, Any], kind: str) -> list[str]:
    return next(each["channels"] for each in shown["types"] if each["type"] == kind)


def test_who_has_chosen_nothing_sees_the_defaults(client: Client) -> None:
    reply = client.as_("student").get(PATH)
    assert (reply.data["digest"], reply.data["timeZone"], reply.data["language"]) == ("off", "UTC", "en")
    assert channels_of(reply.data, "exam.result") == ["email", "push"]
    assert (reply.data["isOn"], reply.data["dailyGoal"]) == (True, 1)
    assert "quietHours" not in reply.data and "studyTime" not in reply.data
    assert reply.data["availableChannels"] == ["email", "sms", "push"]
    assert len(reply.data["webPushKey"]) == 87 and reply.data["webPushKey"].startswith("B")
    assert reply.cost.operations == ["BatchGetItem"]


def test_what_was_chosen_is_shown_and_replaced_as_a_whole(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    shown = student.put(PATH, EVERYTHING).data
    assert {name: shown[name] for name in EVERYTHING if name != "channels"} == {
        name: EVERYTHING[name] for name in EVERYTHING if name != "channels"
    }
    assert (channels_of(shown, "exam.result"), channels_of(shown, "question.approved")) == (["sms"], ["email", "push"])
    shown = student.put(PATH, {}).data
    assert channels_of(shown, "exam.result") == ["email", "push"]
    assert "quietHours" not in shown


def test_every_type_that_is_shown_can_be_chosen_and_asked_for(client: Client) -> None:
    student = client.as_("student")
    shown = student.get(PATH).data["types"]
    chosen = {each["type"]: each["channels"] for each in shown}
    assert student.put(PATH, {"channels": chosen}).status == 200
    assert student.get(PATH).data["types"] == shown
    assert {student.get("/api/notifications", {"type": each}).status for each in chosen} == {200}


def test_what_belongs_to_the_account_is_shown_as_it_is_there(client: Client) -> None:
    student = client.as_("student")
    account = {"studyTime": "18:00", "timeZone": "Africa/Lagos", "language": "fr"}
    student.put("/api/profile/preferences", {**account, "notifications": False})
    shown = student.get(PATH).data
    assert {name: shown[name] for name in (*account, "isOn")} == {**account, "isOn": False}


def test_time_zone_and_language_are_changed_in_the_account(client: Client) -> None:
    student = client.as_("student")
    shown = student.put(PATH, {"timeZone": "Africa/Lagos", "language": "fr"}).data
    assert (shown["timeZone"], shown["language"]) == ("Africa/Lagos", "fr")
    assert User.require(user_id=student.user_id).language == "fr"
    assert student.put(PATH, {"digest": "daily"}).data["language"] == "fr"


def test_an_edit_of_what_was_changed_meanwhile_is_refused(client: Client) -> None:
    student = client.as_("student")
    etag = student.put(PATH, {}).headers["ETag"]
    assert student.put(PATH, {"digest": "daily"}, if_match=etag).status == 200
    assert student.put(PATH, {"digest": "weekly"}, if_match=etag).status == 412


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"channels": {"no.such": ["email"]}}, "channels.no.such"),
        ({"channels": {"exam.result": ["pigeon"]}}, "channels.exam.result[0]"),
        ({"quietHours": {"start": "24:00", "until": "06:00"}}, "quietHours.start"),
        ({"quietHours": {"start": "22:00"}}, "quietHours.until"),
        ({"digest": "hourly"}, "digest"),
        ({"dailyGoal": 0}, "dailyGoal"),
        ({"timeZone": "Atlantis/Sea"}, "timeZone"),
        ({"language": "pt"}, "language"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=str,
)
def test_a_choice_that_makes_no_sense_is_refused_by_its_name(client: Client, body: dict[str, Any], field: str) -> None:
    reply = client.as_("student").put(PATH, body)
    assert (reply.status, reply.error.fields) == (400, {field})


def test_messages_take_the_channels_that_were_chosen(client: Client, tenant: str) -> None:
    student = client.as_("student")
    edit_user(student.user_id, phone="+2348012345678", phone_verified_at=datetime(2027, 1, 1, tzinfo=UTC))
    student.put(PATH, {"channels": {"exam.result": ["sms"]}})
    tell(completed(student.user_id))
    assert {name: each.state for name, each in deliveries(client.cloud, tenant).items()} == {"sms": "pending"}


def test_security_notices_can_not_be_switched_off(client: Client, tenant: str) -> None:
    from lyceum.events.auth import PasswordChanged

    student = client.as_("student")
    student.put("/api/profile/preferences", {"notifications": False})
    student.put(
        PATH,
        {"channels": {"security.password": []}, "digest": "daily", "quietHours": {"start": "00:00", "until": "23:59"}},
    )
    tell(PasswordChanged(user_id=student.user_id))
    assert {name: (each.state, each.held_bucket) for name, each in deliveries(client.cloud, tenant).items()} == {
        "email": ("pending", None)
    }


def test_a_channel_that_is_not_set_up_is_left_out_and_stops_no_other(
    client: Client, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = client.as_("student")
    monkeypatch.setattr(routing, "settings", lambda: settings().model_copy(update={"channels": "push"}))
    tell(completed(student.user_id))
    assert len(student.get("/api/notifications").data) == 1
    (delivery,) = deliveries(client.cloud, tenant).values()
    assert (delivery.state, delivery.reason) == ("suppressed", routing.NOT_SET_UP)


def test_quiet_hours_hold_back_what_can_wait(client: Client, clock: Clock, tenant: str) -> None:
    student = client.as_("student")
    student.put(PATH, {"quietHours": {"start": "08:00", "until": "10:20"}})
    tell(completed(student.user_id))
    delivery = deliveries(client.cloud, tenant)["email"]
    assert (delivery.state, delivery.held_bucket) == ("pending", "2027-01-11T10:30")
    assert "mail.send" not in [entry["DetailType"] for entry in client.cloud.outbox(tenant)]


def test_what_is_urgent_heeds_no_quiet_hours(client: Client, clock: Clock, tenant: str) -> None:
    student = client.as_("student")
    student.put(
        PATH,
        {
            "quietHours": {"start": "08:00", "until": "10:00"},
            "channels": {"exam.expiring": ["email"]},
            "digest": "daily",
        },
    )
    tell(expiring(student.user_id, clock.at + timedelta(minutes=5)))
    assert deliveries(client.cloud, tenant)["email"].held_bucket is None


def test_a_digest_gathers_mails_until_the_next_morning(client: Client, cloud: Cloud, clock: Clock, tenant: str) -> None:
    student = client.as_("student")
    student.put("/api/profile/preferences", {"timeZone": "Africa/Lagos"})
    student.put(PATH, {"digest": "daily"})
    first, second = completed(student.user_id), completed(student.user_id)
    tell(first, second)
    (digest,) = [Digest.from_raw_data(item) for item in cloud.items(tenant) if item["kind"]["S"] == "digest"]
    assert (digest.bucket, digest.state, len(digest.notification_ids)) == ("2027-01-12T06:00", "pending", 2)
    states = [item["reason"]["S"] for item in cloud.items(tenant) if item["kind"]["S"] == "delivery"]
    assert states == [routing.IN_DIGEST] * 2


def chosen(zone: str, **values: Any) -> ReaderPreferences:
    return ReaderPreferences.of(
        User(user_id="u", time_zone=zone, language="en"), NotificationPreferences(user_id="u", **values)
    )


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("UTC", "2027-01-11T21:59", None),
        ("UTC", "2027-01-11T22:00", "2027-01-12T07:00"),
        ("UTC", "2027-01-12T06:59", "2027-01-12T07:00"),
        ("UTC", "2027-01-12T07:00", None),
        ("Africa/Lagos", "2027-01-11T21:00", "2027-01-12T06:00"),
        ("America/New_York", "2027-01-12T03:00", "2027-01-12T12:00"),
        ("Europe/Berlin", "2027-03-27T22:00", "2027-03-28T05:00"),
    ],
)
def test_quiet_hours_are_by_the_readers_clock_and_may_span_midnight(zone: str, now: str, until: str | None) -> None:
    preferences = chosen(zone, quiet_from="22:00", quiet_until="07:00")
    found = routing.quiet_until(preferences, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert (found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if found else None) == until


@given(
    MOMENTS,
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York", "Pacific/Apia"]),
    st.data(),
)
def test_quiet_hours_always_end_outside_themselves_within_a_day(now: datetime, zone: str, data: st.DataObject) -> None:
    times = st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 59])).map(lambda time: f"{time[0]:02d}:{time[1]:02d}")
    preferences = chosen(zone, quiet_from=data.draw(times), quiet_until=data.draw(times))
    until = routing.quiet_until(preferences, now)
    if until is not None:
        assert now < until.astimezone(UTC) <= now + timedelta(hours=25)
        assert f"{until.astimezone(preferences.zone):%H:%M}" == preferences.chosen.quiet_until


@given(
    MOMENTS,
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York"]),
    st.sampled_from(["daily", "weekly"]),
)
def test_a_digest_goes_at_seven_in_the_morning(now: datetime, zone: str, digest: str) -> None:
    at = routing.next_digest(chosen(zone, digest=digest), now)
    assert now < at <= now + timedelta(days=7 if digest == "weekly" else 1, hours=1)
    assert f"{at.astimezone(ZoneInfo(zone)):%H:%M}" == "07:00"
    assert digest == "daily" or at.astimezone(ZoneInfo(zone)).isoweekday() == 1


def test_an_unknown_zone_of_an_account_counts_as_utc(client: Client) -> None:
    user = User(user_id="u", time_zone="Atlantis/Sea", language="pt")
    preferences = ReaderPreferences.of(user, None)
    assert (preferences.zone.key, preferences.language) == ("UTC", "en")
    assert routing.channels_for(EXAM_RESULT, preferences) == ("email", "push")
