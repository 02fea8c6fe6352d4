"""What nobody may be told: results that are not released, notices to suspended people, anything in quiet hours."""

from datetime import UTC, datetime, timedelta

import pytest

from lyceum.events.exams import ExamGraded, ExamReleased
from tests.notifications.conftest import Requests, completed, tell
from tests.notifications.test_fan_out import people, posted, spread, told
from tests.notifications.test_preferences import chosen
from tests.support.http import Client

from functions.notifications.inbox import routing


def test_a_result_that_is_not_released_is_told_when_it_is_and_not_before(client: Client) -> None:
    student = client.as_("student")
    ended = completed(student.user_id, is_released=False)
    facts = ended.model_dump(exclude={"cause", "pending", "event_id"})
    tell(ended)
    tell(ExamGraded(**{**facts, "revision": 2, "earlier_revision": 1, "earlier_percent": "50"}))
    assert student.get("/api/notifications").data == []
    tell(ExamReleased(**{**facts, "is_released": True}))
    (message,) = student.get("/api/notifications").data
    assert (message["type"], message["data"]["percent"]) == ("exam.result", "75.00")


def test_a_regrade_of_a_result_that_is_withheld_again_is_not_told(client: Client) -> None:
    student = client.as_("student")
    facts = completed(student.user_id).model_dump(exclude={"cause", "pending", "event_id"})
    tell(ExamGraded(**{**facts, "revision": 2, "earlier_percent": "50", "is_withheld": True}))
    assert student.get("/api/notifications").data == []


@pytest.mark.usefixtures("cloud", "tenant")
def test_a_ruling_that_leaves_a_result_as_it_was_tells_nobody(client: Client) -> None:
    student = client.as_("student")
    facts = completed(student.user_id).model_dump(exclude={"cause", "pending", "event_id"})
    same = {"earlier_revision": 1, "earlier_score": "7.5", "earlier_percent": "75"}
    tell(ExamGraded(**{**facts, **same, "revision": 2}))
    assert student.get("/api/notifications").data == []
    for changed in ({"earlier_percent": "60"}, {"earlier_score": "6"}):
        tell(ExamGraded(**{**facts, **same, **changed, "revision": 3}))
    assert len(student.get("/api/notifications").data) == 2


def test_a_notice_for_everybody_reaches_nobody_who_is_suspended(requests: Requests) -> None:
    users, suspended = people(3), people(2, status="suspended")
    spread(requests, posted())
    assert (told(users), told(suspended)) == ([1] * 3, [0] * 2)


@pytest.mark.parametrize("zone", ["UTC", "Africa/Lagos", "Asia/Kathmandu"])
@pytest.mark.parametrize(("start", "until"), [("08:00", "10:00"), ("22:00", "07:00"), ("00:00", "06:00")])
def test_quiet_hours_hold_from_their_first_minute_to_before_their_last(zone: str, start: str, until: str) -> None:
    preferences = chosen(zone, quiet_from=start, quiet_until=until)
    begins = datetime.fromisoformat(f"2027-01-11T{start}").replace(tzinfo=preferences.zone).astimezone(UTC)
    ends = routing.quiet_until(preferences, begins)
    assert ends is not None
    assert f"{ends.astimezone(preferences.zone):%H:%M}" == until
    second = timedelta(seconds=1)
    assert routing.quiet_until(preferences, begins - second) is None
    assert routing.quiet_until(preferences, ends.astimezone(UTC) - second) == ends
    assert routing.quiet_until(preferences, ends.astimezone(UTC)) is None


def test_a_message_says_its_text_by_both_of_its_names(client: Client) -> None:
    student = client.as_("student")
    tell(completed(student.user_id))
    (message,) = student.get("/api/notifications").data
    assert message["message"] == message["body"] != ""
