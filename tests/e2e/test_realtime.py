"""Live updates in the deployed stack: sockets, what was missed, and streams of events."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from lyceum.kit import ids
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


@contextmanager
def connected(stack: Stack, client: Remote) -> Iterator[ClientConnection]:
    """Open a connection with a fresh ticket, at the address that comes with it."""
    url = client.post("/api/realtime/ticket").data["url"]
    assert url.startswith(f"{stack.facts['wsUrl']}?ticket=")
    with connect(url, open_timeout=30) as socket:
        yield socket


def ask(socket: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message and return the first answer that is no signal."""
    socket.send(json.dumps(message))
    while True:
        answer: dict[str, Any] = json.loads(socket.recv(timeout=30))
        if "id" not in answer:
            return answer


def signals(socket: ClientConnection, name: str, count: int = 1) -> list[dict[str, Any]]:
    """Wait for signals of a name, past any others."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        message = json.loads(socket.recv(timeout=60))
        found += [message] if message["event"] == name else []
    return found


def until(socket: ClientConnection, name: str) -> Iterator[dict[str, Any]]:
    """Give each message that comes before the one of a name."""
    while (message := json.loads(socket.recv(timeout=30)))["event"] != name:
        yield message


def me(client: Remote) -> str:
    return str(client.get("/api/auth/me").data["userId"])


def graded(stack: Stack, user_id: str, title: str) -> None:
    points = {"points": "8", "maxPoints": "10", "percent": "80"}
    stack.publish("assignment.graded", assignmentId=title, courseId="c", userId=user_id, title=title, **points)


def test_a_badge_reaches_inbox_socket_and_stream(stack: Stack) -> None:
    student = stack.as_("student")
    start = student.get("/api/events/notifications").text.rsplit("id: ", 1)[1].strip()
    with connected(stack, student) as socket:
        assert ask(socket, {"action": "ping"})["event"] == "pong"
        title = f"Reader {ids.new_id()}"
        stack.publish("badge.earned", badgeId=ids.new_id(), userId=me(student), title=title)
        signal = json.loads(socket.recv(timeout=60))
    assert (signal["event"], signal["data"]["data"]["title"]) == ("notification.new", title)
    listed = student.get("/api/notifications?type=badge.earned").data
    assert listed[0]["notificationId"] == signal["data"]["notificationId"]
    stream = student.get("/api/events/notifications", last_event_id=start)
    assert stream.headers["Content-Type"] == "text/event-stream" and title in stream.text
    assert student.send("PATCH", "/api/notifications/read-all", None, {}).data["unread"] == 0
    assert student.send("DELETE", f"/api/notifications/{listed[0]['notificationId']}", None, {}).status == 200


def test_a_ticket_is_good_once_and_nothing_else_opens(stack: Stack) -> None:
    ticket = stack.as_("student").post("/api/realtime/ticket").data["ticket"]
    url = stack.facts["wsUrl"]
    with connect(f"{url}?ticket={ticket}", open_timeout=30):
        pass
    for address in (f"{url}?ticket={ticket}", f"{url}?ticket=main.forged", url):
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            connect(address, open_timeout=30)


def test_what_was_missed_comes_on_reconnect(stack: Stack) -> None:
    student = stack.as_("student")
    user_id = me(student)
    with connected(stack, student) as socket:
        ask(socket, {"action": "ping"})
        stack.publish("lesson.completed", courseId="c", lessonId="first", userId=user_id)
        seen = signals(socket, "lesson.completed")[0]["id"]
    stack.publish("lesson.completed", courseId="c", lessonId="second", userId=user_id)
    eventually(
        lambda: "second" in student.get("/api/events/course-progress", last_event_id=str(seen)).text, "the signal"
    )
    with connected(stack, student) as socket:
        socket.send(json.dumps({"action": "subscribe", "topics": [], "after": {"user": seen}}))
        messages = list(until(socket, "subscribed"))
    new = [each for each in messages if each["event"] == "lesson.completed" and each["id"] > seen]
    assert [each["data"]["lessonId"] for each in new] == ["second"]


def test_a_grade_is_pushed_to_every_device_and_one_that_was_missed_comes_by_the_last_id(stack: Stack) -> None:
    student = stack.as_("second_student")
    user_id, first, second = me(student), f"first {ids.new_id()}", f"second {ids.new_id()}"
    with connected(stack, student) as phone, connected(stack, student) as desk:
        assert {ask(socket, {"action": "ping"})["event"] for socket in (phone, desk)} == {"pong"}
        graded(stack, user_id, first)
        shown = [signals(socket, "assignment.graded")[0] for socket in (phone, desk)]
    assert shown[0] == shown[1] and shown[0]["data"]["assignmentId"] == first
    graded(stack, user_id, second)
    last = str(shown[0]["id"])
    eventually(lambda: second in student.get("/api/events/assignments", last_event_id=last).text, "the second grade")
    with connected(stack, student) as phone:
        phone.send(json.dumps({"action": "subscribe", "after": {"user": shown[0]["id"]}}))
        (missed,) = signals(phone, "assignment.graded")
    assert missed["data"]["assignmentId"] == second and missed["id"] > shown[0]["id"]


def test_topics_are_for_those_who_may(stack: Stack) -> None:
    with connected(stack, stack.as_("student")) as socket:
        answer = ask(socket, {"action": "subscribe", "topics": ["everybody", "course:none"]})
        assert answer == {"event": "subscribed", "topics": ["everybody"], "refused": ["course:none"], "more": []}
        stack.publish("announcement.posted", announcementId="a", authorId="x", title="Open again")
        assert json.loads(socket.recv(timeout=60))["event"] in {"announcement.posted", "notification.new"}
