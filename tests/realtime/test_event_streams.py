"""Server-sent events: what happened since the last one seen."""

import re
from decimal import Decimal

import pytest

from lyceum.events.assignments import AssignmentGraded
from lyceum.events.courses import LessonCompleted
from lyceum.events.questions import QuestionApproved
from lyceum.tasks.realtime import ShowNotification
from tests.notifications.conftest import tell
from tests.realtime.conftest import Gateway, publish
from tests.support.clock import Clock
from tests.support.http import Client, Reply

from functions.realtime import channel_events

LOOKS = 5
"""How often an answer looks while nothing happens."""
STREAMS = ["notifications", "assignments", "course-progress"]


def graded(user_id: str) -> AssignmentGraded:
    points = {"points": Decimal(8), "max_points": Decimal(10), "percent": Decimal(80)}
    return AssignmentGraded(assignment_id="a", course_id="c", user_id=user_id, title="Essay", **points)


def lesson(user_id: str) -> LessonCompleted:
    return LessonCompleted(course_id="c", lesson_id="l", user_id=user_id)


def events_of(reply: Reply) -> list[str]:
    return re.findall(r"^event: (.*)$", reply.body, re.MULTILINE)


def last_id(reply: Reply) -> str:
    return re.findall(r"^id: (\d+)$", reply.body, re.MULTILINE)[-1]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_new_client_learns_where_it_is_and_when_to_come_back(client: Client, gateway: Gateway, stream: str) -> None:
    reply = client.as_("student").get(f"/api/events/{stream}")
    assert (reply.status, reply.headers["Content-Type"], reply.headers["Cache-Control"]) == (
        200,
        "text/event-stream",
        "no-store",
    )
    assert reply.body == "retry: 3000\n\nid: 0\n\n"
    assert reply.cost.operations == ["Query"]


def test_each_stream_has_its_own_events_since_the_last_one_seen(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    start = last_id(student.get("/api/events/notifications"))
    tell(QuestionApproved(question_id="q", topic_id="t", course_id="c", author_id=student.user_id))
    (message,) = student.get("/api/notifications").data
    told = ShowNotification(notification_id=message["notificationId"], user_id=student.user_id)
    assert publish(told, graded(student.user_id), lesson(student.user_id)) == 0
    found = {stream: student.get(f"/api/events/{stream}", last_event_id=start) for stream in STREAMS}
    assert [events_of(found[stream]) for stream in STREAMS] == [
        ["notification.new"],
        ["assignment.graded"],
        ["lesson.completed"],
    ]
    assert '"title": "Your question was approved: the question bank"' in found["notifications"].body
    assert len({last_id(reply) for reply in found.values()}) == 1
    for stream, reply in found.items():
        again = student.get(f"/api/events/{stream}", last_event_id=last_id(reply))
        assert (events_of(again), again.cost.operations) == ([], ["Query"] * LOOKS)


def test_the_position_may_stand_in_the_query_for_those_who_can_send_no_header(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    publish(graded(student.user_id))
    assert events_of(student.get("/api/events/assignments", {"lastEventId": "0"})) == ["assignment.graded"]


def test_what_others_do_is_not_there(client: Client, gateway: Gateway) -> None:
    publish(graded(client.as_("student").user_id))
    assert events_of(client.as_("eve", "student").get("/api/events/assignments", {"lastEventId": "0"})) == []


def test_a_long_absence_is_caught_up_with_in_parts(
    client: Client, gateway: Gateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_events, "MOST_AT_ONCE", 3)
    student = client.as_("student")
    publish(*(lesson(student.user_id) for _ in range(5)))
    first = student.get("/api/events/course-progress", last_event_id="0")
    assert (len(events_of(first)), first.body.startswith("retry: 100\n")) == (3, True)
    second = student.get("/api/events/course-progress", last_event_id=last_id(first))
    assert (len(events_of(second)), second.body.startswith("retry: 3000\n")) == (2, True)


@pytest.mark.parametrize("seen", ["x", "-1", "1" * 16, "1\n2", "²"])
def test_a_position_that_makes_no_sense_is_refused(client: Client, gateway: Gateway, seen: str) -> None:
    student = client.as_("student")
    assert student.get("/api/events/notifications", last_event_id=seen).error.code == "BAD_REQUEST"
    assert student.get("/api/events/notifications", {"lastEventId": seen}).status == 400


def test_nothing_that_people_wrote_breaks_out_of_its_line(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    event = graded(student.user_id).model_copy(update={"assignment_id": "a\nevent: forged\ndata: x"})
    publish(event)
    assert events_of(student.get("/api/events/assignments", {"lastEventId": "0"})) == ["assignment.graded"]
