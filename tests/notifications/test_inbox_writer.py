"""From events to inboxes and waiting deliveries."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.events.questions import QuestionRejected
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.table import Unit
from lyceum.model.users.account import User
from tests.notifications.conftest import Post, approved, completed, counts, expiring, hand, tell
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client

from functions.notifications import kinds
from functions.notifications.events import inbox


def kinds_of(cloud: Cloud, tenant: str) -> list[str]:
    """Return the kinds of everything that was stored beside people and sessions."""
    found = [item["kind"]["S"] for item in cloud.items(tenant)]
    return sorted(kind for kind in found if kind not in {"user", "session"})


def change_user(user_id: str, **values: Any) -> None:
    """Change a user as the auth function would."""
    user = User.require(user_id=user_id)
    for name, value in values.items():
        setattr(user, name, value)
    Unit().replace(user).commit()


def test_a_marked_exam_is_one_message_with_a_mail_that_waits(client: Client, post: Post, tenant: str) -> None:
    student = client.as_("student")
    event = completed(student.user_id)
    tell(event)
    (message,) = student.get("/api/notifications").data
    assert message["title"] == "Your exam is marked: 75%"
    assert message["body"].startswith("You reached 7.5 of 10 marks in “Your exam”.")
    assert message["data"] == {"examId": event.exam_id, "score": "7.50", "maxScore": "10", "percent": "75.00"}
    assert (post.delivery.channel, post.delivery.state) == ("email", "pending")
    told = client.cloud.outbox(tenant)
    assert sorted(entry["DetailType"] for entry in told) == ["mail.send", "notification.show"]
    assert all(message["notificationId"] in entry["Detail"] for entry in told)


def test_an_ending_exam_names_its_deadline(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    tell(expiring(student.user_id, clock.at + timedelta(minutes=5)))
    (message,) = student.get("/api/notifications").data
    assert "9:05\u202fAM (UTC)" in message["body"]
    assert message["data"]["deadlineAt"] == "2027-01-11T09:05:00.000Z"


def test_an_approved_question_is_told_to_its_author(client: Client) -> None:
    author = client.as_("instructor")
    event = approved(author.user_id)
    tell(event)
    (message,) = author.get("/api/notifications").data
    assert (message["title"], message["data"]) == (
        "Your question was approved: the question bank",
        {"questionId": event.question_id},
    )


def test_everybody_is_told_in_their_language(client: Client) -> None:
    student = client.as_("student")
    change_user(student.user_id, language="fr")
    tell(completed(student.user_id))
    (message,) = student.get("/api/notifications").data
    assert message["title"] == "Votre examen : corrigé, 75\xa0%"


def test_types_are_unique() -> None:
    assert len(kinds.KINDS) == len([each for each in vars(kinds).values() if isinstance(each, kinds.Kind)])


def test_an_event_that_comes_again_changes_nothing(client: Client, tenant: str) -> None:
    student = client.as_("student")
    event = completed(student.user_id)
    tell(event)
    before = client.cloud.items(tenant)
    tell(event, event)
    assert client.cloud.items(tenant) == before
    assert counts(student.user_id) == (1, 1)


def test_an_event_that_comes_again_after_its_marker_is_gone_doubles_nothing(client: Client) -> None:
    student = client.as_("student")
    event = completed(student.user_id)
    tell(event)
    Unit().remove(ProcessedEvent.at(consumer="notifications-inbox", event_id=event.event_id)).commit()
    assert hand(inbox, event) == 1
    assert counts(student.user_id) == (1, 1)


def test_events_out_of_order_stand_in_the_inbox_in_the_order_in_which_they_happened(
    client: Client, clock: Clock
) -> None:
    student = client.as_("student")
    first = completed(student.user_id)
    clock.advance(seconds=1)
    second = completed(student.user_id)
    tell(second, first)
    assert [message["data"]["examId"] for message in student.get("/api/notifications").data] == [
        second.exam_id,
        first.exam_id,
    ]


def test_only_some_kinds_are_mailed(client: Client, clock: Clock, tenant: str) -> None:
    student = client.as_("student")
    tell(expiring(student.user_id, clock.at), approved(student.user_id))
    assert "delivery" not in kinds_of(client.cloud, tenant)


def test_without_an_address_the_mail_is_suppressed_with_its_reason(client: Client, post: Post) -> None:
    student = client.as_("student")
    change_user(student.user_id, email=None)
    tell(completed(student.user_id))
    assert len(student.get("/api/notifications").data) == 1
    assert (post.delivery.state, post.delivery.reason) == ("suppressed", "the user has no proven e-mail address")
    assert (post.deliver(), post.sent) == (0, [])


def test_who_wants_no_messages_finds_them_in_the_inbox_only(client: Client, post: Post) -> None:
    student = client.as_("student")
    change_user(student.user_id, preferences={"notifications": False})
    tell(completed(student.user_id))
    assert len(student.get("/api/notifications").data) == 1
    assert (post.delivery.state, post.delivery.reason) == ("suppressed", "the user wants no messages beside the inbox")


@pytest.mark.parametrize("is_known", [False, True], ids=["unknown", "deleted"])
def test_nothing_is_kept_for_a_user_who_is_gone(client: Client, tenant: str, is_known: bool) -> None:
    user_id = "nobody"
    if is_known:
        user_id = client.as_("student").user_id
        change_user(user_id, status="deleted")
    tell(completed(user_id))
    assert kinds_of(client.cloud, tenant) == []


def test_an_author_reads_why_a_question_came_back(client: Client) -> None:
    author = client.as_("instructor")
    tell(QuestionRejected(question_id="q", topic_id="t", author_id=author.user_id, reason="two {answers} are right"))
    (message,) = author.get("/api/notifications").data
    assert (message["type"], message["body"]) == ("question.rejected", "A moderator wrote: two {answers} are right")
