"""Connections end with the rights that they were opened with."""

from typing import Any

import pytest

from lyceum.events.auth import SessionsEnded
from lyceum.events.courses import CourseLeft, CourseUpdated
from lyceum.events.users import UserDeleted, UserRoleChanged, UserSuspended
from lyceum.kit import clock
from lyceum.kit.event import Event
from lyceum.kit.table import Unit, find, write_many
from lyceum.model.auth import Session
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.realtime import Follower, SocketConnection
from lyceum.model.users.account import User
from tests.realtime.conftest import Gateway, publish
from tests.support.http import Client


def connections(user_id: str) -> list[SocketConnection]:
    return find(SocketConnection, user_id=user_id).items


@pytest.mark.parametrize("kind", [UserSuspended, UserDeleted, UserRoleChanged, SessionsEnded])
def test_what_ends_a_users_sessions_closes_the_connections(client: Client, gateway: Gateway, kind: type[Event]) -> None:
    student, other = client.as_("student"), client.as_("eve", "student")
    sockets = [gateway.connect(student) for _ in range(2)]
    stays = gateway.connect(other)
    for socket in (*sockets, stays):
        socket.say({"action": "subscribe", "topics": ["everybody"]})
    more: dict[Any, dict[str, Any]] = {
        UserSuspended: {"reason": "spam"},
        UserDeleted: {"role": "student", "purge_at": clock.now()},
        UserRoleChanged: {"old_role": "mentor", "new_role": "student"},
        SessionsEnded: {},
    }[kind]
    assert publish(kind(user_id=student.user_id, **more)) == 0
    assert list(gateway.open.values()) == [stays]
    assert connections(student.user_id) == []
    assert {each.user_id for each in find(Follower, topic="everybody").items} == {other.user_id}


def test_who_left_a_course_hears_no_more_of_it(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    course_id = "c"
    course: dict[str, Any] = {
        "code": "MTH 101",
        "title": "Algebra",
        "level": 100,
        "credit_units": 3,
        "department_id": "d",
    }
    write_many(
        [
            Course(course_id=course_id, instructor_id="i", **course),
            Enrolment(course_id=course_id, user_id=student.user_id, state="active", enrolled_at=clock.now()),
        ]
    )
    socket = gateway.connect(student)
    assert socket.say({"action": "subscribe", "topics": [f"course:{course_id}", "everybody"]})["refused"] == []
    Unit().remove(Enrolment.at(course_id=course_id, user_id=student.user_id)).commit()
    assert publish(CourseLeft(course_id=course_id, user_id=student.user_id), CourseUpdated(course_id=course_id)) == 0
    assert socket.received() == []
    assert connections(student.user_id)[0].topics == {"everybody"}
    assert socket.say({"action": "subscribe", "topics": [f"course:{course_id}"]})["refused"] == [f"course:{course_id}"]


@pytest.mark.parametrize("action", ["subscribe", "presence"])
def test_rights_are_looked_at_again_whenever_something_is_asked_for(
    client: Client, gateway: Gateway, action: str
) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    user = User.require(user_id=student.user_id)
    user.permissions_version = 2
    Unit().replace(user).commit()
    asked = {"action": action} | ({"topics": ["everybody"]} if action == "subscribe" else {"topic": "everybody"})
    socket.send(asked)
    assert socket.got == [] and gateway.open == {}
    assert connections(student.user_id) == []


def test_a_ticket_of_a_session_that_ended_opens_nothing(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    ticket = student.post("/api/realtime/ticket").data["ticket"]
    assert student.principal
    Unit().remove(Session.at(user_id=student.user_id, session_id=student.principal.session_id)).commit()
    assert gateway.enter(ticket)[0] == 401
    assert connections(student.user_id) == []


def test_who_is_there_is_told_in_courses_only(client: Client, gateway: Gateway) -> None:
    socket = gateway.connect(client.as_("student"))
    for topic in ("everybody", "leaderboard"):
        socket.say({"action": "subscribe", "topics": [topic]})
        assert socket.say({"action": "presence", "topic": topic})["code"] == "FORBIDDEN"
