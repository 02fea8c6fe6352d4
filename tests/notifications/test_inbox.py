"""The inbox over HTTP."""

from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lyceum.events.auth import WayInChanged
from lyceum.kit import ids
from tests.notifications.conftest import approved, completed, counts, expiring, tell
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once


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
    second = student.get(
        "/api/notifications", {"type": "exam.expiring", "limit": 2, "cursor": first.pagination["nextCursor"]}
    )
    assert [message["type"] for message in first.data + second.data] == ["exam.expiring"] * 3
    made = [message["createdAt"] for message in first.data + second.data]
    assert made == sorted(made, reverse=True)
    assert (first.pagination["unread"], "total" in first.pagination) == (15, False)
    assert sorted(second.cost.operations) == ["GetItem", "Query"]
    mixed = student.get("/api/notifications", {"type": "exam.result", "cursor": first.pagination["nextCursor"]})
    assert mixed.error.code == "BAD_REQUEST"


@pytest.mark.parametrize(
    "query", [{"type": "exam"}, {"type": "Exam.Result"}, {"limit": 0}, {"unread": "true"}], ids=str
)
def test_a_query_that_makes_no_sense_is_refused(client: Client, query: dict[str, object]) -> None:
    assert client.as_("student").get("/api/notifications", query).error.code == "VALIDATION_ERROR"


@pytest.mark.parametrize("change", ["passkey_added", "passkey_removed", "identity_linked", "identity_unlinked"])
def test_who_signs_in_otherwise_from_now_on_is_told(client: Client, change: str) -> None:
    student = client.as_("student")
    tell(WayInChanged(user_id=student.user_id, change=change, label="My phone"))
    (message,) = student.get("/api/notifications").data
    assert (message["type"], message["data"]) == ("security.way_in", {"change": change})
    assert "My phone" in message["body"] and "{" not in message["body"]


def test_a_message_shows_what_it_says_and_is_unread(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 1)
    (message,) = student.get("/api/notifications").data
    assert set(message) == {"notificationId", "type", "title", "body", "message", "data", "createdAt"}
    assert (message["type"], message["createdAt"]) == ("exam.result", "2027-01-11T09:00:00.000Z")


def test_reading_a_message_twice_counts_once(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 2)
    path = f"/api/notifications/{student.get('/api/notifications').data[0]['notificationId']}/read"
    first = student.patch(path)
    clock.advance(hours=1)
    again = student.patch(path)
    assert first.data["readAt"] == again.data["readAt"] == "2027-01-11T09:02:00.000Z"
    assert first.cost.operations == ["BatchGetItem", "TransactWriteItems"]
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
    assert (
        client.of("elsewhere").as_("admin").patch(f"/api/notifications/{message['notificationId']}/read").status == 404
    )


def test_a_fresh_etag_spares_the_answer_and_reading_changes_it(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 1)
    reply = student.get("/api/notifications")
    etag = reply.headers["ETag"]
    assert student.get("/api/notifications", if_none_match=etag).status == 304
    student.patch(f"/api/notifications/{reply.data[0]['notificationId']}/read")
    assert student.get("/api/notifications", if_none_match=etag).status == 200


def ids_of(reply: Reply) -> list[str]:
    return [message["notificationId"] for message in reply.data]


def test_all_are_marked_read_in_one_write_however_many_there_are(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 7)
    reply = student.patch("/api/notifications/read-all")
    assert (reply.data, reply.cost.operations) == ({"unread": 0, "total": 7}, ["UpdateItem"])
    assert {message["readAt"] for message in student.get("/api/notifications").data} == {"2027-01-11T09:07:00.000Z"}
    clock.advance(minutes=5)
    fill(student.user_id, clock, 1)
    reply = student.get("/api/notifications")
    assert (reply.pagination["unread"], ["readAt" in message for message in reply.data]) == (1, [False] + [True] * 7)


def test_marking_all_read_twice_or_in_an_empty_inbox_changes_nothing(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    assert student.patch("/api/notifications/read-all").data == {"unread": 0, "total": 0}
    fill(student.user_id, clock, 1)
    for _ in range(2):
        assert student.patch("/api/notifications/read-all").data == {"unread": 0, "total": 1}


def test_a_list_is_marked_read_at_the_same_cost_as_one(client: Client, clock: Clock) -> None:
    student, eve = client.as_("student"), client.as_("eve", "student")
    fill(student.user_id, clock, 4)
    tell(approved(eve.user_id))
    mine, foreign = ids_of(student.get("/api/notifications")), ids_of(eve.get("/api/notifications"))
    reply = student.post("/api/notifications/read", {"notificationIds": [mine[0], mine[2], mine[0], *foreign]})
    assert reply.data == {"marked": 2, "missing": foreign, "unread": 2, "total": 4}
    assert reply.cost.operations == ["BatchGetItem", "TransactWriteItems"]
    again = student.post("/api/notifications/read", {"notificationIds": mine})
    assert again.data == {"marked": 2, "missing": [], "unread": 0, "total": 4}
    assert counts(eve.user_id) == (1, 1)


@pytest.mark.parametrize("names", [[], ["x"], [ids.new_id()] * 51], ids=["none", "malformed", "too many"])
def test_a_list_that_makes_no_sense_is_refused(client: Client, names: list[str]) -> None:
    reply = client.as_("student").post("/api/notifications/read", {"notificationIds": names})
    assert reply.error.code == "VALIDATION_ERROR"


@pytest.mark.parametrize(("first_read", "unread"), [(False, 1), (True, 1)], ids=["unread", "read"])
def test_a_deleted_message_is_gone_and_counted_once(
    client: Client, clock: Clock, first_read: bool, unread: int
) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 2)
    name = ids_of(student.get("/api/notifications"))[0]
    if first_read:
        student.patch(f"/api/notifications/{name}/read")
    reply = student.delete(f"/api/notifications/{name}")
    assert (reply.data, reply.cost.operations) == (
        {"unread": unread, "total": 1},
        ["BatchGetItem", "TransactWriteItems"],
    )
    assert student.delete(f"/api/notifications/{name}").status == 404
    assert counts(student.user_id) == (1, unread)


def test_nobody_deletes_what_is_somebody_elses(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 1)
    name = ids_of(student.get("/api/notifications"))[0]
    assert client.as_("eve", "student").delete(f"/api/notifications/{name}").status == 404
    assert counts(student.user_id) == (1, 1)


def test_a_message_that_is_read_and_deleted_and_marked_at_once_is_counted_right(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    fill(student.user_id, clock, 3)
    name = ids_of(student.get("/api/notifications"))[1]
    one = f"/api/notifications/{name}"
    calls = [
        partial(student.delete, one),
        partial(student.patch, f"{one}/read"),
        partial(student.patch, "/api/notifications/read-all"),
    ]
    assert all(reply.status in {200, 404, 409} for reply in at_once(*calls * 2))
    shown = student.get("/api/notifications")
    assert shown.pagination["unread"] == sum("readAt" not in message for message in shown.data)
    assert shown.pagination["total"] == len(shown.data)


class InboxActions(RuleBasedStateMachine):
    """Whatever is told, read, marked and deleted, in whatever order: the counts are those of the messages shown."""

    client: Client

    def __init__(self) -> None:
        super().__init__()
        self.reader = self.client.as_(f"reader{ids.new_id()}", "student")

    def shown(self) -> Reply:
        return self.reader.get("/api/notifications", {"limit": 100})

    @rule()
    def tell(self) -> None:
        tell(approved(self.reader.user_id))

    @rule(number=st.integers(0, 5))
    def read_one(self, number: int) -> None:
        for name in ids_of(self.shown())[number : number + 1]:
            self.reader.patch(f"/api/notifications/{name}/read")

    @rule(number=st.integers(0, 5))
    def delete_one(self, number: int) -> None:
        for name in ids_of(self.shown())[number : number + 1]:
            self.reader.delete(f"/api/notifications/{name}")

    @rule(number=st.integers(0, 3))
    def read_some(self, number: int) -> None:
        names = ids_of(self.shown())[number : number + 4]
        if names:
            self.reader.post("/api/notifications/read", {"notificationIds": names})

    @rule()
    def read_all(self) -> None:
        self.reader.patch("/api/notifications/read-all")

    @invariant()
    def counts_are_those_of_the_messages(self) -> None:
        shown = self.shown()
        assert shown.pagination["total"] == len(shown.data)
        assert shown.pagination["unread"] == sum("readAt" not in message for message in shown.data)


def test_counts_are_right_whatever_is_done(client: Client) -> None:
    machine = type("Actions", (InboxActions,), {"client": client})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=6, stateful_step_count=10, deadline=None, derandomize=True, database=None),
    )
