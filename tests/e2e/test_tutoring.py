"""A lesson in the deployed stack: found, booked, told, met in a call, called off; and an exam that is watched."""

import hashlib
import hmac
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from lyceum.kit import ids
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
ALWAYS = {str(day): [{"start": "00:00", "end": "24:00"}] for day in range(7)}


@contextmanager
def connected(stack: Stack, client: Remote) -> Iterator[ClientConnection]:
    """Open a connection that is ready to be posted to."""
    ticket = client.post("/api/realtime/ticket").data["ticket"]
    with connect(f"{stack.facts['wsUrl']}?ticket={ticket}", open_timeout=30) as socket:
        say(socket, {"action": "ping"})
        yield socket


def say(socket: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message and return its answer, past what is pushed meanwhile."""
    socket.send(json.dumps(message))
    while "id" in (answer := json.loads(socket.recv(timeout=30))):
        pass
    return dict(answer)


def pushed(socket: ClientConnection, name: str) -> dict[str, Any]:
    """Wait for an event of a name, past any others."""
    while (message := json.loads(socket.recv(timeout=60)))["event"] != name:
        pass
    return dict(message)


def quarter_ahead() -> str:
    """Return the next quarter of an hour: a call opens ten minutes before a session, at the latest after five."""
    now = datetime.now(UTC)
    begins = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)
    return begins.isoformat().replace("+00:00", "Z")


def test_a_lesson_from_the_offer_to_the_call(stack: Stack) -> None:
    mentor, student, stranger = stack.as_("mentor"), stack.as_("student"), stack.as_("instructor")
    subject = f"Subject {ids.new_id()}"
    offer = {"timeZone": "Africa/Lagos", "weekly": ALWAYS, "subjects": [subject], "noticeHours": 0, "takesMinors": True}
    assert mentor.send("PUT", "/api/tutoring/availability", offer, {}).status == 200
    [tutor] = student.get(f"/api/tutoring/available-tutors?subject={subject.replace(' ', '%20')}").data
    wanted = {"mentorId": tutor["mentorId"], "subject": subject, "startsAt": tutor["slots"][-1]["startsAt"]}
    booked = student.post("/api/tutoring/sessions", wanted)
    if booked.status == 422:  # a student whose age is not known counts as a minor, who has no guardian here
        student = stranger
        booked = student.post("/api/tutoring/sessions", wanted)
    path = f"/api/tutoring/sessions/{booked.data['sessionId']}"
    assert stack.as_("admin").post("/api/tutoring/sessions", wanted).status == 409
    told = eventually(
        lambda: [each for each in mentor.get("/api/notifications").data if "tutoring" in each["type"]],
        "the mentor is told of the booking",
    )
    assert told[0]["type"] == "tutoring.booked"
    assert student.send("PATCH", path, {"action": "cancel"}, {}).data["state"] == "cancelled"
    meet(stack, mentor, student, {**wanted, "startsAt": quarter_ahead()})


def meet(stack: Stack, mentor: Remote, student: Remote, wanted: dict[str, Any]) -> None:
    path = f"/api/tutoring/sessions/{student.post('/api/tutoring/sessions', wanted).data['sessionId']}"
    opened = student.post(f"{path}/call/initiate")
    if opened.status == 409:  # more than ten minutes ahead: the call is not open yet
        assert opened.json["error"]["code"] == "CALL_NOT_OPEN"
        return
    other = mentor.post(f"{path}/call/initiate").data
    with connected(stack, mentor) as mentors, connected(stack, student) as students:
        assert say(mentors, {"action": "join_call", "ticket": other["ticket"]})["event"] == "call.open"
        assert say(students, {"action": "join_call", "ticket": other["ticket"]})["code"] == "CALL_REFUSED"
        assert len(say(students, {"action": "join_call", "ticket": opened.data["ticket"]})["present"]) == 1
        name = opened.data["sessionId"]
        assert say(students, {"action": "signal", "sessionId": name, "kind": "offer", "data": "v=0"})["reached"] == 1
        assert pushed(mentors, "call.offer")["data"] == "v=0"
    assert mentor.send("PATCH", path, {"action": "complete"}, {}).data["state"] == "completed"
    assert student.send("PATCH", path, {"action": "rate", "stars": 5}, {}).data["stars"] == 5


def demand(stack: Stack, what: str, **given: Any) -> dict[str, Any]:
    """Ask something of the local system that watches exams."""
    request = urllib.request.Request(f"{stack.facts['proctorUrl']}/_demand/{what}", json.dumps(given).encode())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))


def test_an_exam_is_watched_by_a_system_elsewhere(stack: Stack, topics: list[str]) -> None:
    student, admin = stack.as_("second_student"), stack.as_("super_admin")
    place = {"launchUrl": f"{stack.facts['proctorUrl']}/launch"}
    secret = admin.send("PUT", "/api/proctoring/providers/northlight", place, {}).data["secret"]
    demand(stack, "know", provider="northlight", secret=secret)
    exam = student.post("/api/exams/start", {"mode": "practice", "topicIds": topics[:1], "count": 3}).data
    wanted = {"examId": exam["examId"], "provider": "northlight", "consents": {"watching": True}}
    launch = student.post("/api/proctoring/sessions", wanted).data["launchUrl"]
    assert Remote("").get(launch.replace("session=", "session=0")).status == 403
    assert "told (200)" in Remote("").get(launch).text
    seen = {"session": exam["examId"], "type": "phone_seen", "severity": "high"}
    assert demand(stack, "see", **seen) == {"status": 200}
    assert demand(stack, "see", **seen, forged=True) == {"status": 401}
    shown = admin.get(f"/api/proctoring/sessions/{exam['examId']}/violations").data
    assert sorted(each["rule"] for each in shown) == ["phone_seen", "watching_began"]


def test_an_exam_is_watched(stack: Stack, topics: list[str]) -> None:
    student, admin = stack.as_("student"), stack.as_("admin")
    exam = student.post("/api/exams/start", {"mode": "practice", "topicIds": topics[:1], "count": 3}).data
    exam_id = exam["examId"]
    wanted = {"examId": exam_id, "consents": {"watching": True}}
    key = student.post("/api/proctoring/sessions", wanted).data["signingKey"]
    at, facts = "2027-01-11T10:00:00.000Z", {"visible": False}
    text = json.dumps([exam_id, 2, "visibility", at, facts, "0" * 64], sort_keys=True, separators=(",", ":"))
    event = {"number": 2, "type": "visibility", "at": at, "facts": facts, "previousHash": "0" * 64}
    event["signature"] = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    taken = student.post(f"/api/proctoring/sessions/{exam_id}/events", {"events": [event]}).data
    assert taken["missing"] == [[1, 1]]
    seen = admin.get(f"/api/proctoring/sessions/{exam_id}/violations").data
    assert {each["rule"] for each in seen} == {"page_hidden", "events_missing"}
