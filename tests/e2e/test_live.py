"""Notifications, live updates and schedules in the deployed stack."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from demo import load
from lyceum.kit import clock, ids
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


@contextmanager
def connected(stack: Stack, client: Remote) -> Iterator[ClientConnection]:
    """Open a connection with a fresh ticket."""
    ticket = client.post("/api/realtime/ticket").data["ticket"]
    with connect(f"{stack.facts['wsUrl']}?ticket={ticket}", open_timeout=30) as socket:
        yield socket


def ask(socket: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message and return the first answer that is no signal."""
    socket.send(json.dumps(message))
    while True:
        answer: dict[str, Any] = json.loads(socket.recv(timeout=30))
        if "id" not in answer:
            return answer


def publish(stack: Stack, name: str, **detail: Any) -> str:
    """Put an event on the bus, as a domain that is not there yet would; returns its id."""
    event_id = ids.new_id()
    told = {
        "eventId": event_id,
        "tenant": "main",
        "actor": "test",
        "correlationId": "test",
        "at": clock.iso(clock.now()),
        **detail,
    }
    entry = {
        "Source": "lyceum",
        "DetailType": name,
        "Detail": json.dumps(told),
        "EventBusName": stack.output("BusName"),
    }
    assert stack.aws("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    return event_id


def me(client: Remote) -> str:
    return str(client.get("/api/auth/me").data["userId"])


def run_job(stack: Stack, schedule: str) -> None:
    """Do what a schedule does at its time: call its function with its input."""
    target = stack.aws("scheduler").get_schedule(Name=f"lyceum-local-{schedule}")["Target"]
    answer = stack.aws("lambda").invoke(FunctionName=target["Arn"], Payload=target["Input"].encode())
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_a_badge_reaches_inbox_socket_and_stream(stack: Stack) -> None:
    student = stack.as_("student")
    start = student.get("/api/events/notifications").text.rsplit("id: ", 1)[1].strip()
    with connected(stack, student) as socket:
        assert ask(socket, {"action": "ping"})["event"] == "pong"
        title = f"Reader {ids.new_id()}"
        publish(stack, "badge.earned", badgeId=ids.new_id(), userId=me(student), title=title)
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
        publish(stack, "lesson.completed", courseId="c", lessonId="first", userId=user_id)
        seen = json.loads(socket.recv(timeout=60))["id"]
    publish(stack, "lesson.completed", courseId="c", lessonId="second", userId=user_id)
    eventually(
        lambda: "second" in student.get("/api/events/course-progress", last_event_id=str(seen)).text, "the signal"
    )
    with connected(stack, student) as socket:
        socket.send(json.dumps({"action": "subscribe", "topics": [], "after": {"user": seen}}))
        assert json.loads(socket.recv(timeout=30))["data"]["lessonId"] == "second"
        assert json.loads(socket.recv(timeout=30))["event"] == "subscribed"


def graded(stack: Stack, user_id: str, title: str) -> None:
    points = {"points": "8", "maxPoints": "10", "percent": "80"}
    publish(stack, "assignment.graded", assignmentId=title, courseId="c", userId=user_id, title=title, **points)


def signals(socket: ClientConnection, name: str, count: int = 1) -> list[dict[str, Any]]:
    """Wait for signals of a name, past any others."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        message = json.loads(socket.recv(timeout=60))
        found += [message] if message["event"] == name else []
    return found


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


def test_an_address_that_bounced_gets_no_mail_any_more(stack: Stack) -> None:
    student = stack.as_("mentor")
    account = student.get("/api/auth/me").data
    bounce = {
        "mail": {"tags": {"tenant": ["main"]}},
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": account["email"]}]},
    }
    hand_over(stack, "notifications-bounces", "Email Bounced", bounce)
    mark = hashlib.sha256(account["email"].casefold().encode()).hexdigest()
    eventually(lambda: stored(stack, f"SUPPRESSED#{mark}", "MAIL"), "the suppression")
    title = f"bounced {ids.new_id()}"
    graded(stack, account["userId"], title)
    message = eventually(lambda: student.get("/api/notifications?type=assignment.graded").data, "the message")[0]
    delivery = eventually(
        lambda: (
            (found := stored(stack, f"DELIVERY#{message['notificationId']}", "email"))
            and found["state"]["S"] == "suppressed"
            and found
        ),
        "the suppressed delivery",
    )
    assert "bounce" in delivery["reason"]["S"] and title not in json.dumps(stack.sent_mails())


def hand_over(stack: Stack, worker: str, name: str, detail: dict[str, Any]) -> None:
    """Put what a service of AWS tells into a worker's queue; nobody else may put it on the bus."""
    queues = stack.aws("sqs")
    told = {
        "id": ids.new_id(),
        "detail-type": name,
        "source": "aws.ses",
        "time": "2027-01-11T09:45:00Z",
        "detail": detail,
    }
    queues.send_message(
        QueueUrl=queues.get_queue_url(QueueName=f"lyceum-local-{worker}")["QueueUrl"], MessageBody=json.dumps(told)
    )


def stored(stack: Stack, partition: str, sort: str) -> dict[str, Any] | None:
    """Return an item of the main tenant as storage has it."""
    key = {"PK": {"S": f"main|{partition}"}, "SK": {"S": sort}}
    item: dict[str, Any] | None = (
        stack.aws("dynamodb").get_item(TableName=stack.output("TableName"), Key=key).get("Item")
    )
    return item


def test_topics_are_for_those_who_may(stack: Stack) -> None:
    with connected(stack, stack.as_("student")) as socket:
        answer = ask(socket, {"action": "subscribe", "topics": ["everybody", "course:none"]})
        assert answer == {"event": "subscribed", "topics": ["everybody"], "refused": ["course:none"], "more": []}
        publish(stack, "announcement.posted", announcementId="a", authorId="x", title="Open again")
        assert json.loads(socket.recv(timeout=60))["event"] in {"announcement.posted", "notification.new"}


def test_a_mail_is_left_by_its_link(stack: Stack) -> None:
    student = stack.as_("second_student")
    assert student.send("PUT", "/api/notifications/preferences", {}, {}).status == 200
    title = f"Essay {ids.new_id()}"
    points = {"points": "8", "maxPoints": "10", "percent": "80"}
    publish(
        stack, "assignment.graded", assignmentId=ids.new_id(), courseId="c", userId=me(student), title=title, **points
    )
    mail = eventually(
        lambda: next((json.dumps(each) for each in stack.sent_mails() if title in json.dumps(each)), None), "the e-mail"
    )
    link = mail[mail.index("/api/notifications/unsubscribe?token=") :].split('"')[0].split("\\")[0].split("<")[0]
    parts = urlsplit(link)
    page = stack.api.get(f"{parts.path}?{parts.query}")
    assert page.status == 200 and "<form" in page.text
    assert stack.api.post(f"{parts.path}?{parts.query}", {}).status == 200
    types = {each["type"]: each["channels"] for each in student.get("/api/notifications/preferences").data["types"]}
    assert ("email" in types["assignment.graded"], "email" in types["assignment.due_soon"]) == (False, True)


def test_devices_are_registered_and_removed(stack: Stack) -> None:
    student = stack.as_("student")
    made = student.post("/api/devices", {"platform": "fcm", "token": f"token-{ids.new_id()}", "name": "phone"}).data
    assert made["deviceId"] in [device["deviceId"] for device in student.get("/api/devices").data]
    assert student.send("DELETE", f"/api/devices/{made['deviceId']}", None, {}).status == 200


def test_every_schedule_finds_its_function_and_its_rights(stack: Stack) -> None:
    pages = stack.aws("scheduler").get_paginator("list_schedules").paginate()
    schedules = {each["Name"].removeprefix("lyceum-local-") for page in pages for each in page["Schedules"]}
    assert {name.partition("-jobs-")[0] for name in schedules} >= {"assignments", "content", "exams", "notifications"}
    for schedule in sorted(schedules):
        run_job(stack, schedule)


def test_time_calls_a_job_by_its_name(stack: Stack) -> None:
    key = {"PK": {"S": "main|MARK#exams.sweep"}, "SK": {"S": "main"}}
    stack.aws("dynamodb").delete_item(TableName=stack.output("TableName"), Key=key)
    eventually(lambda: stored(stack, "MARK#exams.sweep", "main"), "a run of the sweep", seconds=150)


def test_an_assignment_that_falls_due_is_told(stack: Stack) -> None:
    title, due = f"Due {ids.new_id()}", datetime.now(UTC) + timedelta(minutes=50)
    task = {"courseId": load.demo_id("csc-201"), "title": title, "points": "5", "dueAt": due.isoformat()}
    assert stack.as_("instructor").post("/api/assignments", task).status == 201
    student = stack.as_("second_student")
    run_job(stack, "assignments-jobs-due-assignments")
    eventually(lambda: title in student.get("/api/notifications?type=assignment.due_soon").text, "the reminder")


def test_a_plan_that_ends_is_told_once(stack: Stack) -> None:
    student = stack.as_("student")
    user_id, ends_at = me(student), time.strftime("%Y-%m-%dT23:59:59.000Z", time.gmtime(time.time() + 7 * 24 * 3600))
    product, ends_on = f"PLAN#{ids.new_id()}", ends_at[:10]
    key = {
        "PK": f"main|ENTITLEMENT#{user_id}",
        "SK": product,
        "GSI1PK": f"main|PLANENDS#{ends_on}",
        "GSI1SK": f"{user_id}#{product}",
    }
    plan = {
        **key,
        "kind": "entitlement",
        "tenant": "main",
        "user_id": user_id,
        "product": product,
        "ends_at": ends_at,
        "ends_on": ends_on,
    }
    item = {name: {"S": value} for name, value in plan.items()} | {"version": {"N": "1"}}
    stack.aws("dynamodb").put_item(TableName=stack.output("TableName"), Item=item)
    before = student.get("/api/notifications?type=plan.expiring").data
    run_job(stack, "notifications-jobs-plan-expiry")
    found = eventually(
        lambda: len(now := student.get("/api/notifications?type=plan.expiring").data) > len(before) and now,
        "the warning",
    )
    run_job(stack, "notifications-jobs-plan-expiry")
    time.sleep(5)
    assert len(student.get("/api/notifications?type=plan.expiring").data) == len(found) == len(before) + 1
