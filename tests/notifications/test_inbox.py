"""The inbox over HTTP."""

from functools import partial

import pytest

from lyceum import ids
from tests.kit.http import Client, Reply
from tests.kit.threads import at_once
from tests.kit.time import Clock
from tests.notifications.conftest import approved, completed, counts, expiring, tell


def fill(user_id: str, clock: Clock, number: int) -> list[str]:
    """Put results of exams in an inbox, a minute between them, and return the exams' ids."""
    exams = []
    for _ in range(number):
        event = completed(user_id)
        tell(event)
        exams.append(event.exam_id)
        clock.advance(minutes=1)
    return exams


def exams_of(reply: Reply) -> list[str]:
    return [message["data"]["examId"] for message in reply.data]


def test_nobody_has_written_yet(client: Client) -> None:
    reply = client.as_("student").get("/api/notifications")
    assert reply.data == []
    assert (reply.pagination["total"], reply.pagination["unread"]) == (0, 0)


def test_pages_are_newest_first_and_count_the_whole_inbox(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    exams = fill(student.user_id, clock, 5)
    first = student.get("/api/notifications", {"limit": 3})
    second = student.get("/api/notifications", {"limit": 3, "cursor": first.pagination["nextCursor"]})
    assert exams_of(first) + exams_of(second) == exams[::-1]
    for reply in (first, second):
        assert (reply.pagination["total"], reply.pagination["unread"]) == (5, 5)
        assert sorted(reply.cost.operations) == ["GetItem", "Query"]
    assert not second.pagination["hasNext"]


def test_one_type_is_read_alone_whatever_lies_between(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    for _ in range(3):
        tell(expiring(student.user_id, clock.at))
        fill(student.user_id, clock, 4)
    first = student.get("/api/notifications", {"type": "exam.expiring", "limit": 2})
    second = student.get("/api/notifications", {"type": "exam.expiring", "limit": 2, "cursor": first.pagination["nextCursor"]})
    assert [message["type"] for message in first.data + second.data] == ["exam.expiring"] * 3
    made = [message["createdAt"] for message in first.data + second.data]
    assert made == sorted(made, reverse=True)
    assert (first.pagination["unread"], "total" in first.pagination) == (15, False)
    assert sorted(second.cost.operations) == ["GetItem", "Query"]
    mixed = student.get("/api/notifications", {"type": "exam.result", "cursor": first.pagination["nextCursor"]})
    assert mixed.error.code == "BAD_REQUEST"


@pytest.mark.parametrize("query", [{"type": "exam"}, {"type": "Exam.Result"}, {"limit": 0}, {"unread": "true"}], ids=str)
def test_a_query_that_makes_no_sense_is_refused(client: Client, query: dict[str, object]) -> None:
    assert client.as_("student").get("/api/notifications", query).error.code == "VALIDATION_ERROR"


def test_a_message_shows_what_it_says_and_is_unread(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 1)
    (message,) = student.get("/api/notifications").data
    assert set(message) == {"notificationId", "type", "title", "body", "data", "createdAt"}
    assert (message["type"], message["createdAt"]) == ("exam.result", "2027-01-11T09:00:00.000Z")


def test_reading_a_message_twice_counts_once(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 2)
    path = f"/api/notifications/{student.get('/api/notifications').data[0]['notificationId']}/read"
    first = student.patch(path)
    clock.advance(hours=1)
    again = student.patch(path)
    assert first.data["readAt"] == again.data["readAt"] == "2027-01-11T09:02:00.000Z"
    assert first.cost.operations == ["TransactWriteItems", "GetItem"]
    reply = student.get("/api/notifications")
    assert (reply.pagination["total"], reply.pagination["unread"]) == (2, 1)
    assert [message.get("readAt") for message in reply.data] == ["2027-01-11T09:02:00.000Z", None]
    assert len(student.get("/api/notifications", {"type": "exam.result"}).data) == 2


def test_reading_a_message_on_many_devices_at_once_counts_once(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 3)
    path = f"/api/notifications/{student.get('/api/notifications').data[0]['notificationId']}/read"
    assert [reply.status for reply in at_once(*[partial(student.patch, path)] * 6)] == [200] * 6
    assert counts(student.user_id) == (3, 2)


def test_messages_of_others_are_not_there(client: Client, clock: Clock) -> None:
    student, eve = client.as_("student"), client.as_("eve", "student")
    fill(student.user_id, clock, 1)
    tell(approved(eve.user_id))
    (message,) = student.get("/api/notifications").data
    for path in (f"/api/notifications/{message['notificationId']}/read", f"/api/notifications/{ids.new_id()}/read"):
        assert eve.patch(path).error.code == "NOT_FOUND"
    assert counts(student.user_id) == counts(eve.user_id) == (1, 1)
    assert [found["type"] for found in eve.get("/api/notifications").data] == ["question.approved"]
    assert client.of("elsewhere").as_("admin").patch(f"/api/notifications/{message['notificationId']}/read").status == 404


def test_a_fresh_etag_spares_the_answer_and_reading_changes_it(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 1)
    reply = student.get("/api/notifications")
    etag = reply.headers["ETag"]
    assert student.get("/api/notifications", if_none_match=etag).status == 304
    student.patch(f"/api/notifications/{reply.data[0]['notificationId']}/read")
    assert student.get("/api/notifications", if_none_match=etag).status == 200
