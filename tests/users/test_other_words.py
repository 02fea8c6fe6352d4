"""Choices in the words of other products: at registration, and in the preferences."""

from typing import Any

import pytest

from lyceum.model.users.account import User
from tests.notifications.conftest import Post, completed, post, tell
from tests.support.http import Client

__all__ = ["post"]
PASSWORD = "a long enough phrase"
CHOICES = "/api/profile/preferences"


def registered(client: Client, **choices: Any) -> dict[str, Any]:
    """Register somebody with these choices, and return what is kept of them."""
    body = {"schoolId": "S/2027/001", "password": PASSWORD, "firstName": "Ada", "lastName": "Obi", **choices}
    reply = client.post("/api/auth/register", body)
    assert reply.status == 201, reply.body
    kept: dict[str, Any] = User.require(user_id=reply.data["userId"]).preferences
    return kept


def test_registering_keeps_a_part_of_the_day_beside_the_time_and_minutes_as_hours(client: Client) -> None:
    kept = registered(client, preferredStudyTime="evening", weeklyLearningGoal=150)
    assert kept == {"preferredStudyTime": "evening", "studyTime": "19:00", "weeklyGoalHours": 3}


@pytest.mark.parametrize(
    ("choices", "kept"),
    [
        ({}, {}),
        ({"preferredStudyTime": "06:30"}, {"studyTime": "06:30"}),
        ({"smsNotifications": False}, {"smsNotifications": False}),
        ({"notificationPreference": "none"}, {"notifications": False}),
        (
            {"notificationPreference": "email", "pushNotifications": True},
            {
                "notifications": True,
                "emailNotifications": True,
                "pushNotifications": True,
                "smsNotifications": False,
            },
        ),
    ],
)
def test_registering_keeps_what_was_chosen_and_no_more(
    client: Client, choices: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert registered(client, **choices) == kept


def test_words_that_mean_nothing_are_refused(client: Client) -> None:
    for wrong in ({"preferredStudyTime": "noon"}, {"weeklyLearningGoal": 0}, {"notificationPreference": "pigeon"}):
        body = {"schoolId": "S/2027/001", "password": PASSWORD, "firstName": "Ada", "lastName": "Obi", **wrong}
        refused = client.post("/api/auth/register", body)
        assert (refused.status, refused.error.code) == (400, "VALIDATION_ERROR"), wrong
        assert client.as_("student").put(CHOICES, wrong).status == 400, wrong


def test_preferences_take_the_same_words_and_a_time_replaces_a_part_of_the_day(client: Client) -> None:
    student = client.as_("student")
    chosen = student.put(CHOICES, {"preferredStudyTime": "night", "weeklyLearningGoal": 60}).data
    assert (chosen["preferredStudyTime"], chosen["studyTime"], chosen["weeklyGoalHours"]) == ("night", "21:00", 1)
    chosen = student.put(CHOICES, {"studyTime": "07:15"}).data
    assert (chosen.get("preferredStudyTime"), chosen["studyTime"]) == (None, "07:15")
    chosen = student.put(CHOICES, {"emailNotifications": False}).data
    assert (chosen["emailNotifications"], chosen["pushNotifications"], chosen["studyTime"]) == (False, True, "07:15")


def test_a_way_that_is_switched_off_takes_no_messages_and_the_inbox_stays(client: Client, post: Post) -> None:
    student = client.as_("student")
    student.put(CHOICES, {"emailNotifications": False})
    tell(completed(student.user_id))
    assert len(student.get("/api/notifications").data) == 1
    assert post.delivery.state != "pending"
