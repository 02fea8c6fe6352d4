"""The room of a call: who comes in, what is handed on, and who is let out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lyceum.events.tutoring import TutoringChanged
from lyceum.kit import clock as clocks
from lyceum.kit.table import Unit
from lyceum.model.tutoring import TutoringSession
from tests.realtime.conftest import Gateway, Socket, publish
from tests.support.clock import Clock
from tests.support.http import Client

NAME = "01MC1ZKR5C8JY6W2D9E4F7G7HB"


@pytest.fixture
def session(client: Client, clock: Clock) -> TutoringSession:
    """A session of the mentor and the student that begins in five minutes."""
    clock.at = datetime.fromisoformat("2027-01-11T09:55:00+00:00")
    made = TutoringSession(
        session_id=NAME, mentor_id=client.as_("mentor").user_id, student_id=client.as_("student").user_id,
        mentor_name="Bola", student_name="Ada", subject="Algebra",
        starts_at=clocks.parse("2027-01-11T10:00:00Z"), ends_at=clocks.parse("2027-01-11T11:00:00Z"),
    )  # fmt: skip
    Unit().create(made).commit()
    return made


@pytest.fixture
def enter(gateway: Gateway, client: Client, session: TutoringSession) -> Callable[[str], tuple[Socket, dict[str, Any]]]:
    """Let somebody open the call and come into its room."""

    def come(who: str) -> tuple[Socket, dict[str, Any]]:
        person = client.as_(who)
        opened = person.post(f"/api/tutoring/sessions/{NAME}/call/initiate").data
        socket = gateway.connect(person)
        return socket, socket.say({"action": "join_call", "ticket": opened["ticket"]})

    return come


Enter = Callable[[str], tuple[Socket, dict[str, Any]]]


def test_two_meet_and_hand_each_other_what_they_need(enter: Enter, client: Client) -> None:
    mentor, first = enter("mentor")
    assert (first["event"], first["present"]) == ("call.open", [])
    student, second = enter("student")
    assert second["present"] == [client.as_("mentor").user_id]
    assert [each["event"] for each in mentor.got] == ["call.joined"]
    sent = student.say({"action": "signal", "sessionId": NAME, "kind": "offer", "data": "v=0"})
    assert (sent["event"], sent["reached"]) == ("call.sent", 1)
    assert mentor.got[-1] == {
        "event": "call.offer", "sessionId": NAME, "from": client.as_("student").user_id, "data": "v=0",
    }  # fmt: skip
    for kind in ("answer", "candidate", "mute", "raise_hand", "chat"):
        mentor.say(
            {"action": "signal", "sessionId": NAME, "kind": kind, "data": "x", "to": client.as_("student").user_id}
        )
        assert student.got[-1]["event"] == f"call.{kind}"
    assert TutoringSession.require(session_id=NAME).state == "in_progress"
    student.close()
    assert mentor.got[-1]["event"] == "call.left"
    assert mentor.say({"action": "signal", "sessionId": NAME, "kind": "chat", "data": "?"})["reached"] == 0


def test_nobody_else_comes_in_or_hears(enter: Enter, gateway: Gateway, client: Client) -> None:
    mentor, _ = enter("mentor")
    ticket = client.as_("student").post(f"/api/tutoring/sessions/{NAME}/call/initiate").data["ticket"]
    for who in ("eve", "moderator"):
        stranger = client.as_(who, "moderator" if who == "moderator" else "student")
        assert stranger.post(f"/api/tutoring/sessions/{NAME}/call/initiate").status == 404
        socket = gateway.connect(stranger)
        for message in (
            {"action": "join_call", "ticket": ticket},
            {"action": "join_call", "ticket": f"{ticket[:-1]}x"},
            {"action": "join_call", "ticket": "nothing"},
            {"action": "signal", "sessionId": NAME, "kind": "offer", "data": "v=0"},
        ):
            assert socket.say(message)["code"] == "CALL_REFUSED"
        assert socket.say({"action": "leave_call", "sessionId": NAME})["event"] == "call.closed"
        assert socket.say({"action": "subscribe", "topics": [f"call:{NAME}"]})["event"] == "error"
    assert mentor.got == []


def test_a_call_opens_ten_minutes_before_and_closes_with_the_grace(
    client: Client, session: TutoringSession, clock: Clock
) -> None:
    path, student = f"/api/tutoring/sessions/{NAME}/call/initiate", client.as_("student")
    clock.advance(minutes=-6)
    assert student.post(path).error.code == "CALL_NOT_OPEN"
    clock.advance(minutes=1)
    assert student.post(path).data["expiresAt"] == "2027-01-11T11:15:00.000Z"
    clock.advance(hours=1, minutes=25)
    assert student.post(path).error.code == "CALL_NOT_OPEN"


def test_a_ticket_ends_with_the_call_and_with_a_change_of_its_session(
    enter: Enter, gateway: Gateway, client: Client, clock: Clock
) -> None:
    mentor, _ = enter("mentor")
    student = client.as_("student")
    ticket = student.post(f"/api/tutoring/sessions/{NAME}/call/initiate").data["ticket"]
    stored = TutoringSession.require(session_id=NAME, consistent=True)
    stored.sequence = 1
    Unit().replace(stored).commit()
    assert gateway.connect(student).say({"action": "join_call", "ticket": ticket})["code"] == "CALL_REFUSED"
    fresh = student.post(f"/api/tutoring/sessions/{NAME}/call/initiate").data["ticket"]
    clock.advance(hours=1, minutes=20)
    assert gateway.connect(student).say({"action": "join_call", "ticket": fresh})["code"] == "CALL_REFUSED"
    assert mentor.say({"action": "signal", "sessionId": NAME, "kind": "chat", "data": "late"})["code"] == "CALL_REFUSED"


def test_a_later_connection_takes_the_place_of_an_earlier(enter: Enter) -> None:
    mentor, _ = enter("mentor")
    old, _ = enter("student")
    new, _ = enter("student")
    assert old.got[-1]["event"] == "call.replaced"
    mentor.say({"action": "signal", "sessionId": NAME, "kind": "chat", "data": "there?"})
    assert new.got[-1]["event"] == "call.chat" and old.got[-1]["event"] == "call.replaced"
    assert old.say({"action": "signal", "sessionId": NAME, "kind": "chat", "data": "me"})["code"] == "CALL_REFUSED"


def test_who_is_called_off_is_let_out(enter: Enter, session: TutoringSession) -> None:
    mentor, _ = enter("mentor")
    student, _ = enter("student")
    called_off = TutoringChanged(
        session_id=NAME, mentor_id=session.mentor_id, student_id=session.student_id, mentor_name="B", student_name="A",
        subject="Algebra", starts_at=session.starts_at, ends_at=session.ends_at, change="cancelled",
    )  # fmt: skip
    assert publish(called_off) == 0
    assert student.got[-1]["event"] == "tutoring.changed"
    for each in (mentor, student):
        assert each.say({"action": "signal", "sessionId": NAME, "kind": "chat", "data": "?"})["code"] == "CALL_REFUSED"


def test_a_connection_that_vanished_is_forgotten(enter: Enter) -> None:
    mentor, _ = enter("mentor")
    student, _ = enter("student")
    student.close(is_told=False)
    assert mentor.say({"action": "signal", "sessionId": NAME, "kind": "chat", "data": "?"})["reached"] == 0
    again, joined = enter("student")
    assert joined["event"] == "call.open" and mentor.got[-1]["event"] == "call.joined"
    assert again.say({"action": "signal", "sessionId": NAME, "kind": "chat", "data": "!"})["reached"] == 1


@pytest.mark.parametrize(
    "message",
    [
        {"action": "signal", "sessionId": NAME, "kind": "shout", "data": "x"},
        {"action": "signal", "sessionId": NAME, "kind": "offer", "data": "x" * 16_001},
        {"action": "signal", "sessionId": "x", "kind": "offer"},
        {"action": "join_call"},
    ],
)
def test_what_makes_no_sense_is_refused(enter: Enter, message: dict[str, Any]) -> None:
    mentor, _ = enter("mentor")
    assert mentor.say(message)["code"] == "BAD_REQUEST"
