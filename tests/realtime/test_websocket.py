"""Live connections: who comes in, what they follow, what they get."""

from datetime import timedelta
from functools import partial

import pytest

from lyceum.events.assignments import AssignmentSubmitted
from lyceum.events.auth import SessionRevoked
from lyceum.events.community import QuestionAnswered
from lyceum.events.content import ContentVerified
from lyceum.events.courses import AnnouncementPosted, CoursePublished, LessonCompleted
from lyceum.events.exams import ExamExpiring, ExamExtended, ExamFinished, ExamPaused, ExamReleased, ExamResumed
from lyceum.events.notifications import PeriodEnded
from lyceum.kit.clock import now
from lyceum.kit.event import Event
from lyceum.kit.table import Unit, find
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.realtime import Follower, SocketConnection, SocketTicket
from tests.realtime.conftest import Gateway, publish
from tests.support.clock import Clock
from tests.support.cloud import forget_items
from tests.support.http import Client
from tests.support.threads import at_once


def lesson(user_id: str, lesson_id: str = "l") -> LessonCompleted:
    return LessonCompleted(course_id="c", lesson_id=lesson_id, user_id=user_id)


def announced(course_id: str | None = None) -> AnnouncementPosted:
    return AnnouncementPosted(announcement_id="a", author_id="x", title="News", course_id=course_id)


@pytest.fixture
def course(client: Client) -> str:
    """A course with one student."""
    instructor, student = client.as_("instructor"), client.as_("student")
    fields = {
        "code": "MTH 101",
        "title": "Algebra",
        "level": 100,
        "credit_units": 3,
        "department_id": "d",
        "instructor_id": instructor.user_id,
    }
    enrolment = Enrolment(course_id="c", user_id=student.user_id, state="active", enrolled_at=now())
    Unit().put(Course(course_id="c", **fields)).put(enrolment).commit()
    return "course:c"


def test_a_ticket_opens_one_connection(client: Client, gateway: Gateway) -> None:
    reply = client.as_("student").post("/api/realtime/ticket")
    ticket = reply.data["ticket"]
    assert reply.data["url"] == f"wss://sockets.execute-api.eu-west-1.amazonaws.com/live?ticket={ticket}"
    assert gateway.enter(ticket)[0] == 200
    assert gateway.enter(ticket)[0] == 403


def test_a_ticket_that_is_used_many_times_at_once_opens_one_connection(client: Client, gateway: Gateway) -> None:
    ticket = client.as_("student").post("/api/realtime/ticket").data["ticket"]
    assert sorted(status for status, _ in at_once(*[partial(gateway.enter, ticket)] * 5)) == [200, 403, 403, 403, 403]


def test_a_ticket_is_good_for_a_minute(client: Client, gateway: Gateway, clock: Clock) -> None:
    ticket = client.as_("student").post("/api/realtime/ticket").data["ticket"]
    clock.advance(seconds=60)
    assert gateway.enter(ticket)[0] == 403


def test_only_a_hash_of_a_ticket_is_stored(client: Client, gateway: Gateway, tenant: str) -> None:
    ticket = client.as_("student").post("/api/realtime/ticket").data["ticket"]
    (item,) = [item for item in client.cloud.items(tenant) if item["kind"]["S"] == "socket_ticket"]
    assert ticket.partition(".")[2] not in str(item)
    assert SocketTicket.from_raw_data(item).claims["user"] == client.as_("student").user_id


@pytest.mark.parametrize(
    "given",
    [
        "",
        "{secret}",
        "{tenant}|{secret}",
        "main.{secret}",
        "|#.{secret}",
        "{tenant}.{secret}x",
        "{tenant}." + "x" * 500,
    ],
)
def test_a_ticket_that_is_none_opens_nothing(client: Client, gateway: Gateway, given: str) -> None:
    tenant, _, secret = client.as_("student").post("/api/realtime/ticket").data["ticket"].partition(".")
    assert gateway.enter(given.format(tenant=tenant, secret=secret))[0] == 403


def test_every_device_of_a_user_gets_what_concerns_the_user_and_nobody_else_does(
    client: Client, gateway: Gateway
) -> None:
    student, eve = client.as_("student"), client.as_("eve", "student")
    phone, laptop, other = gateway.connect(student), gateway.connect(student), gateway.connect(eve)
    assert publish(lesson(student.user_id)) == 0
    assert phone.received() == laptop.received() == [("lesson.completed", "user")]
    assert phone.got == laptop.got
    assert other.got == []


def test_nobody_of_another_tenant_gets_anything(client: Client, gateway: Gateway) -> None:
    with client.cloud.new_tenant() as elsewhere:
        stranger = gateway.connect(Client(client.cloud, elsewhere).as_("student"))
        stranger.say({"action": "subscribe", "topics": ["everybody"]})
    assert publish(announced()) == 0
    assert stranger.got == []


def test_a_closed_connection_gets_nothing_and_leaves_nothing(client: Client, gateway: Gateway, course: str) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    socket.say({"action": "subscribe", "topics": [course]})
    socket.close()
    assert publish(lesson(student.user_id), announced("c")) == 0
    assert find(SocketConnection, user_id=student.user_id).items == find(Follower, topic=course).items == []


def test_a_connection_that_vanished_is_cleaned_up_by_the_next_post(
    client: Client, gateway: Gateway, course: str, clock: Clock
) -> None:
    student = client.as_("student")
    gone, there = gateway.connect(student), gateway.connect(student)
    for socket in (gone, there):
        socket.say({"action": "subscribe", "topics": [course]})
    gone.close(is_told=False)
    clock.advance(minutes=1)
    assert publish(announced("c")) == 0
    assert there.received() == [("announcement.posted", course)]
    assert [each.connection_id for each in find(SocketConnection, user_id=student.user_id).items] == [there.name]
    assert [each.connection_id for each in find(Follower, topic=course).items] == [there.name]


def test_a_connection_that_is_still_opening_is_not_taken_for_one_that_vanished(
    client: Client, gateway: Gateway, course: str
) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    opening = gateway.open.pop(socket.name)
    assert publish(lesson(student.user_id)) == 0
    gateway.open[socket.name] = opening
    assert socket.say({"action": "subscribe", "topics": [course]})["topics"] == [course]


def test_topics_are_followed_by_those_who_may(client: Client, gateway: Gateway, course: str) -> None:
    wanted = {"action": "subscribe", "topics": [course, "leaderboard", "course:none"]}
    for role, expected in (("student", True), ("instructor", True), ("moderator", True), ("eve", False)):
        socket = gateway.connect(client.as_(role, "student" if role == "eve" else None))
        answer = socket.say(wanted)
        assert (course in answer["topics"]) is expected, role
        assert answer["topics"][-1] == "leaderboard"
        assert answer["refused"] == sorted({"course:none"} | (set() if expected else {course}))


def test_who_left_a_course_may_not_follow_it_nor_read_what_happened_there(
    client: Client, gateway: Gateway, course: str
) -> None:
    student = client.as_("student")
    publish(announced("c"))
    enrolment = Enrolment.require(course_id="c", user_id=student.user_id)
    enrolment.state = "left"
    Unit().replace(enrolment).commit()
    socket = gateway.connect(student)
    answer = socket.say({"action": "subscribe", "topics": [course], "after": {course: 0}})
    assert (answer["topics"], answer["refused"], socket.got) == ([], [course], [])


def test_what_is_unsubscribed_is_not_sent_any_more(client: Client, gateway: Gateway, course: str) -> None:
    socket = gateway.connect(client.as_("student"))
    socket.say({"action": "subscribe", "topics": [course, "leaderboard"]})
    assert socket.say({"action": "unsubscribe", "topics": [course]})["event"] == "unsubscribed"
    publish(announced("c"), PeriodEnded(length="week", period="2027-W02"))
    assert socket.received() == [("leaderboard.updated", "leaderboard")]


def test_nobody_follows_more_topics_than_can_be_kept(client: Client, gateway: Gateway) -> None:
    moderator = client.as_("moderator")
    fields = {"code": "C", "title": "T", "level": 100, "credit_units": 3, "department_id": "d", "instructor_id": "i"}
    for number in range(21):
        Unit().put(Course(course_id=f"n{number}", **fields)).commit()
    socket = gateway.connect(moderator)
    names = [f"course:n{number}" for number in range(21)]
    assert len(socket.say({"action": "subscribe", "topics": names[:20]})["topics"]) == 20
    assert socket.say({"action": "subscribe", "topics": names[20:]})["code"] == "RULE_VIOLATION"


def test_nobody_opens_more_connections_than_devices(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    for _ in range(10):
        gateway.connect(student)
    assert gateway.enter(student.post("/api/realtime/ticket").data["ticket"])[0] == 429


def test_what_was_missed_comes_on_reconnect_once_and_in_order(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    publish(lesson(student.user_id, "0"))
    seen = socket.got[-1]["id"]
    socket.close()
    publish(*(lesson(student.user_id, str(number)) for number in range(1, 4)))
    again = gateway.connect(student)
    assert again.say({"action": "subscribe", "after": {"user": seen}})["more"] == []
    assert [message["data"]["lessonId"] for message in again.got] == ["1", "2", "3"]
    assert [message["id"] for message in again.got] == [seen + 1, seen + 2, seen + 3]


def test_an_event_that_comes_again_is_shown_once(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    event = lesson(student.user_id)
    assert [publish(event), publish(event, event)] == [0, 0]
    assert len(socket.got) == 1


def test_an_event_whose_post_failed_is_posted_again_under_its_number(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    event = lesson(student.user_id)

    def fail() -> None:
        raise TimeoutError

    gateway.fails = fail
    assert publish(event) == 1
    gateway.fails = None
    assert publish(event) == 0
    assert len(socket.got) == 1
    assert socket.say({"action": "subscribe", "after": {"user": 0}})["event"] == "subscribed"
    assert len({message["id"] for message in socket.got}) == 1


def test_events_of_many_workers_at_once_are_numbered_without_gaps(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    assert at_once(*(partial(publish, lesson(student.user_id, str(number))) for number in range(5))) == [0] * 5
    numbers = sorted(message["id"] for message in socket.got)
    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_numbers_rise_even_when_all_events_are_gone(
    client: Client, gateway: Gateway, clock: Clock, tenant: str
) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    publish(lesson(student.user_id))
    forget_items(f"{tenant}|CHANNEL#")
    clock.advance(days=1)
    publish(lesson(student.user_id, "later"))
    assert socket.got[1]["id"] > socket.got[0]["id"]


def test_events_are_kept_for_a_day(client: Client, gateway: Gateway, clock: Clock) -> None:
    student = client.as_("student")
    publish(lesson(student.user_id))
    clock.advance(days=1, seconds=1)
    socket = gateway.connect(student)
    socket.say({"action": "subscribe", "after": {"user": 0}})
    assert socket.got == []


EVENTS = [
    (ExamExpiring(exam_id="e", user_id="U", deadline_at=now() + timedelta(minutes=5)), "exam.timer"),
    (ExamExtended(exam_id="e", user_id="U", deadline_at=now()), "exam.extended"),
    (ExamPaused(exam_id="e", user_id="U", pause_ends_at=now()), "exam.paused"),
    (ExamResumed(exam_id="e", user_id="U", deadline_at=now()), "exam.resumed"),
    (ExamFinished(exam_id="e", user_id="U", finished_at=now(), cause="submitted"), "exam.finished"),
    (
        ExamReleased(exam_id="e", user_id="U", mode="quiz", max_score=1, finished_at=now(), topic_ids=[], revision=1),
        "exam.released",
    ),
    (QuestionAnswered(thread_id="t", asker_id="U", answerer_id="x", title="Why?"), "question.answered"),
    (ContentVerified(content_id="k", owner_id="U", title="Notes"), "content.verified"),
    (
        AssignmentSubmitted(assignment_id="s", course_id="c", user_id="U", attempt=1, days_late=0),
        "assignment.submitted",
    ),
    (CoursePublished(course_id="c", instructor_id="i"), "course.updated"),
]


@pytest.mark.parametrize(("event", "name"), EVENTS, ids=lambda value: value if isinstance(value, str) else "")
def test_each_event_has_its_name(client: Client, gateway: Gateway, course: str, event: Event, name: str) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    socket.say({"action": "subscribe", "topics": [course]})
    mine = {field: student.user_id for field, value in event.model_dump().items() if value == "U"}
    assert publish(event.model_copy(update={"tenant": client.tenant, **mine})) == 0
    assert [each for each, _ in socket.received()] == [name]


def test_what_happens_to_an_exam_says_that_and_nothing_of_it(client: Client, gateway: Gateway) -> None:
    student, other = client.as_("student"), gateway.connect(client.as_("eve", "student"))
    devices = [gateway.connect(student), gateway.connect(student)]
    facts = {"exam_id": "e", "mode": "quiz", "score": 3, "max_score": 4, "percent": 75, "passed": True, "revision": 1}
    publish(ExamReleased(user_id=student.user_id, finished_at=now(), topic_ids=["t"], **facts))
    assert [socket.got[0]["data"] for socket in devices] == [{"examId": "e"}] * 2
    assert other.got == []


def test_a_submission_is_shown_to_the_instructor_too(client: Client, gateway: Gateway, course: str) -> None:
    instructor = gateway.connect(client.as_("instructor"))
    publish(
        AssignmentSubmitted(
            assignment_id="s", course_id="c", user_id=client.as_("student").user_id, attempt=1, days_late=0
        )
    )
    assert instructor.received() == [("assignment.submitted", "user")]


def test_a_session_that_ends_takes_its_connections_along(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    assert student.principal is not None
    assert (
        publish(SessionRevoked(user_id=student.user_id, session_id=student.principal.session_id, reason="revoked")) == 0
    )
    assert (socket.name in gateway.open, find(SocketConnection, user_id=student.user_id).items) == (False, [])


def test_presence_is_told_and_asked_of_topics_that_one_may_follow(
    client: Client, gateway: Gateway, course: str
) -> None:
    student = client.as_("student")
    socket, eve = gateway.connect(student), gateway.connect(client.as_("eve", "student"))
    socket.say({"action": "subscribe", "topics": [course]})
    assert socket.say({"action": "presence", "state": "away"}) == {"event": "presence", "state": "away"}
    assert SocketConnection.require(user_id=student.user_id, connection_id=socket.name).presence == "away"
    asked = {"action": "presence", "topic": course}
    assert socket.say(asked)["users"] == [{"userId": student.user_id, "state": "away"}]
    assert eve.say(asked)["code"] == "FORBIDDEN"


def test_a_sign_of_life_costs_no_storage(client: Client, gateway: Gateway, clock: Clock) -> None:
    socket = gateway.connect(client.as_("student"))
    assert socket.say({"action": "ping"}) == {"event": "pong", "at": "2027-01-11T09:00:00.000Z"}


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[]",
        '{"action": "dance"}',
        {"action": "subscribe", "topics": ["course:a|b"]},
        {"action": "subscribe", "topics": ["user"]},
        {"action": "subscribe", "after": {"user:somebody": 0}},
        {"action": "subscribe", "after": {"user": -1}},
        {"action": "ping", "more": 1},
        {"action": "unsubscribe", "topics": []},
        "x" * 9000,
        '{"action":' * 500,
    ],
    ids=lambda message: str(message)[:40],
)
def test_a_message_that_makes_no_sense_is_answered_and_changes_nothing(
    client: Client, gateway: Gateway, message: object
) -> None:
    socket = gateway.connect(client.as_("student"))
    answer = socket.say(message)
    assert (answer["event"], answer["code"]) == ("error", "BAD_REQUEST")
    assert socket.got == []
