"""Sessions from the booking to the end: time, limits, money, and who may do what."""

from typing import Any

import pytest

from lyceum.events.users import UserDeleted, UserErased
from lyceum.kit import clock as clocks
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit
from lyceum.model.tutoring import TutoringSession
from tests.support.clock import Clock
from tests.support.http import Client
from tests.tutoring.conftest import Lessons

TUESDAY = "2027-01-12T09:00:00Z"


def test_a_session_is_found_booked_and_listed_for_both(lessons: Lessons) -> None:
    mentor, student = lessons.mentor(bufferMinutes=15), lessons.student()
    found = student.get("/api/tutoring/available-tutors", {"subject": "algebra", "from": "2027-01-12T00:00:00Z"})
    [tutor] = found.data
    assert tutor["mentorId"] == mentor.user_id and tutor["timeZone"] == "Africa/Lagos"
    assert tutor["slots"][0] == {"startsAt": "2027-01-12T07:00:00.000Z", "endsAt": "2027-01-12T08:00:00.000Z"}
    assert len(found.cost.operations) <= 2
    booked = lessons.book(student, mentor, TUESDAY)
    assert booked.status == 201
    session = booked.data
    assert (session["state"], session["duration"], session["amount"]) == ("scheduled", 60, 0)
    for person in (mentor, student):
        listed = person.get("/api/tutoring/sessions")
        assert [each["sessionId"] for each in listed.data] == [session["sessionId"]]
        assert len(listed.cost.operations) == 2
    [again] = student.get("/api/tutoring/available-tutors", {"subject": "algebra", "from": TUESDAY}).data
    assert again["slots"][0]["startsAt"] == "2027-01-12T10:15:00.000Z"


def test_a_slot_is_taken_once_with_its_buffer_and_no_person_is_in_two_places(lessons: Lessons) -> None:
    mentor, student, other = lessons.mentor(bufferMinutes=30), lessons.student(), lessons.student("eve")
    assert lessons.book(student, mentor, TUESDAY).status == 201
    for taken in ("2027-01-12T09:00:00Z", "2027-01-12T08:00:00Z", "2027-01-12T10:15:00Z"):
        assert lessons.book(other, mentor, taken).error.code == "SLOT_TAKEN"
    assert lessons.book(other, mentor, "2027-01-12T10:30:00Z").status == 201
    second = lessons.mentor("second")
    assert lessons.book(student, second, "2027-01-12T09:30:00Z").error.code == "ALREADY_BUSY"
    assert lessons.book(second, mentor, TUESDAY).error.code == "SLOT_TAKEN"


@pytest.mark.parametrize(
    ("starts_at", "more", "rule"),
    [
        ("2027-01-12T09:05:00Z", {}, "NOT_A_QUARTER"),
        ("2027-01-11T07:30:00Z", {}, "TOO_SOON"),
        ("2027-08-12T09:00:00Z", {}, "TOO_FAR"),
        ("2027-01-12T09:00:00Z", {"durationMinutes": 90}, "LENGTH_NOT_OFFERED"),
        ("2027-01-12T16:30:00Z", {}, "NOT_THERE"),
        ("2027-01-12T09:00:00Z", {"subject": "Alchemy"}, "SUBJECT_NOT_OFFERED"),
    ],
)
def test_times_that_are_not_offered_are_refused(
    lessons: Lessons, starts_at: str, more: dict[str, Any], rule: str
) -> None:
    refused = lessons.book(lessons.student(), lessons.mentor(), starts_at, **more)
    assert refused.status == 422 and refused.error.fields == {rule}


def test_a_subject_is_booked_however_it_is_written(lessons: Lessons) -> None:
    assert lessons.book(lessons.student(), lessons.mentor(), TUESDAY, subject="ALGÉBRA").status == 201


def test_who_can_not_be_booked_is_not_there(lessons: Lessons, client: Client) -> None:
    student, mentor = lessons.student(), lessons.mentor(isOpen=False)
    assert lessons.book(student, mentor, TUESDAY).status == 404
    assert student.get("/api/tutoring/available-tutors").data == []
    assert lessons.book(student, client.as_("bob", "student"), TUESDAY).status == 404
    open_again = lessons.mentor()
    assert lessons.book(open_again, open_again, TUESDAY).error.fields == {"TO_ONESELF"}


def test_the_limits_of_a_day_hold_for_both(lessons: Lessons) -> None:
    mentor, student = lessons.mentor(mostDaily=1), lessons.student()
    assert lessons.book(student, mentor, TUESDAY).status == 201
    assert lessons.book(lessons.student("eve"), mentor, "2027-01-12T12:00:00Z").error.fields == {"DAY_FULL"}
    [tutor] = student.get("/api/tutoring/available-tutors", {"from": "2027-01-12T00:00:00Z"}).data
    assert tutor["slots"] == []
    patient = lessons.mentor("patient")
    for hour in ("12", "13", "14"):
        assert lessons.book(student, patient, f"2027-01-12T{hour}:00:00Z").status == 201
    assert lessons.book(student, patient, "2027-01-12T15:00:00Z").error.fields == {"DAY_FULL"}
    assert lessons.book(student, patient, "2027-01-13T15:00:00Z").status == 201


def test_a_session_is_moved_into_its_own_time_and_gives_back_the_rest(lessons: Lessons) -> None:
    mentor, student, eve = lessons.mentor(), lessons.student(), lessons.student("eve")
    name = lessons.book(student, mentor, TUESDAY).data["sessionId"]
    path = f"/api/tutoring/sessions/{name}"
    moved = student.patch(path, {"action": "reschedule", "startsAt": "2027-01-12T09:30:00Z"})
    assert moved.data["startsAt"] == "2027-01-12T09:30:00.000Z"
    assert lessons.book(eve, mentor, "2027-01-12T08:30:00Z").status == 201
    assert lessons.book(eve, mentor, "2027-01-12T10:00:00Z").error.code == "SLOT_TAKEN"
    assert student.patch(path, {"action": "reschedule", "startsAt": "2027-01-12T09:00:00Z"}).error.code == "SLOT_TAKEN"
    far = student.patch(path, {"action": "reschedule", "startsAt": "2027-01-14T09:00:00Z"})
    assert far.status == 200
    assert [each["startsAt"] for each in student.get("/api/tutoring/sessions").data] == ["2027-01-14T09:00:00.000Z"]
    assert lessons.book(eve, mentor, "2027-01-12T09:30:00Z").status == 201
    assert student.patch(path, {"action": "reschedule", "startsAt": "2027-01-15T09:00:00Z"}).status == 200
    assert student.patch(path, {"action": "reschedule", "startsAt": "2027-01-16T09:00:00Z"}).error.fields == {
        "MOVED_TOO_OFTEN"
    }


def test_nobody_else_sees_or_changes_a_session(lessons: Lessons, client: Client) -> None:
    mentor, student = lessons.mentor(), lessons.student()
    path = f"/api/tutoring/sessions/{lessons.book(student, mentor, TUESDAY).data['sessionId']}"
    for stranger in (lessons.student("eve"), lessons.mentor("other")):
        assert stranger.get(path).status == 404
        for body in ({"action": "cancel"}, {"action": "rate", "stars": 5}, {"action": "consent", "recording": True}):
            assert stranger.patch(path, body).status == 404
    assert client.as_("moderator").get(path).status == 200
    assert client.as_("moderator").patch(path, {"action": "cancel"}).status == 404
    assert student.patch(path, {"action": "complete"}).status == 403
    assert student.patch(path, {"action": "feedback", "feedback": "Well done"}).status == 403
    assert mentor.patch(path, {"action": "rate", "stars": 5}).status == 403
    assert student.patch(path, {"action": "rate", "stars": 5}).error.code == "NOT_NOW"


def _join(session_id: str, *people: Client) -> None:
    session = TutoringSession.require(session_id=session_id, consistent=True)
    session.joined = {each.user_id: clocks.iso(clocks.now()) for each in people}
    if len(people) == 2:
        session.state = "in_progress"
    Unit().replace(session).commit()


def test_a_held_session_is_rated_once_and_counts_for_its_mentor(lessons: Lessons, clock: Clock) -> None:
    mentor, student = lessons.mentor(), lessons.student()
    name = lessons.book(student, mentor, TUESDAY).data["sessionId"]
    path = f"/api/tutoring/sessions/{name}"
    clock.advance(days=1, hours=3, minutes=5)
    _join(name, mentor, student)
    clock.advance(hours=2)
    lessons.sweep()
    assert student.get(path).data["state"] == "completed"
    rated = student.patch(path, {"action": "rate", "stars": 4, "comment": "Clear words"})
    assert rated.data["stars"] == 4
    lessons.settle()
    assert student.patch(path, {"action": "rate", "stars": 1}).error.code == "RATED_ALREADY"
    assert mentor.patch(path, {"action": "feedback", "feedback": "Practise fractions"}).status == 200
    assert student.get(path).data["feedback"] == "Practise fractions"
    lessons.settle()
    [tutor] = student.get("/api/tutoring/available-tutors", {"minRating": 4}).data
    assert (tutor["rating"], tutor["ratingCount"]) == (4.0, 1)
    assert student.get("/api/tutoring/available-tutors", {"minRating": 4.5}).data == []


def test_reminders_come_once_each_however_late_or_often_the_schedule_runs(lessons: Lessons, clock: Clock) -> None:
    mentor, student = lessons.mentor(), lessons.student()
    lessons.book(student, mentor, "2027-01-13T09:00:00Z")
    lessons.settle()

    def told() -> list[str]:
        kinds = [each["type"] for each in student.get("/api/notifications", {"limit": 50}).data]
        return [kind for kind in kinds if kind == "tutoring.reminder"]

    clock.advance(days=1, hours=3, minutes=1)
    for _ in range(3):
        lessons.sweep()
    assert len(told()) == 1
    clock.advance(hours=23)
    lessons.sweep()
    lessons.sweep()
    assert len(told()) == 2
    assert "tutoring.booked" in {each["type"] for each in mentor.get("/api/notifications", {"limit": 50}).data}


def test_a_schedule_that_stood_for_a_day_tells_no_old_news_and_ends_sessions(lessons: Lessons, clock: Clock) -> None:
    mentor, student = lessons.mentor(), lessons.student()
    name = lessons.book(student, mentor, TUESDAY).data["sessionId"]
    lessons.settle()
    clock.advance(days=3)
    lessons.sweep()
    shown = student.get(f"/api/tutoring/sessions/{name}").data
    assert (shown["state"], shown["absent"]) == ("no_show", "both")
    kinds = [each["type"] for each in student.get("/api/notifications", {"limit": 50}).data]
    assert kinds.count("tutoring.reminder") == 0 and kinds.count("tutoring.changed") == 1


@pytest.mark.parametrize(("came", "absent"), [("mentor", "student"), ("student", "mentor")])
def test_who_does_not_come_is_told_apart(lessons: Lessons, clock: Clock, came: str, absent: str) -> None:
    mentor, student = lessons.mentor(hourlyAmount=2000), lessons.student(rich=5000)
    name = lessons.book(student, mentor, TUESDAY).data["sessionId"]
    clock.advance(days=1, hours=3)
    _join(name, mentor if came == "mentor" else student)
    clock.advance(hours=2)
    lessons.sweep()
    shown = student.get(f"/api/tutoring/sessions/{name}").data
    assert (shown["state"], shown["absent"]) == ("no_show", absent)
    assert lessons.credit(student) == (3000 if absent == "student" else 5000)
    assert lessons.earned(mentor) == (1700 if absent == "student" else 0)
    assert lessons.held(name) == 0


def test_minors_need_a_guardian_and_a_mentor_who_takes_them(lessons: Lessons) -> None:
    child, adults_only, mentor = (
        lessons.student("child", born="2012-03-03"),
        lessons.mentor("a", takesMinors=False),
        lessons.mentor(),
    )
    assert lessons.book(child, adults_only, TUESDAY).error.fields == {"MINORS_NOT_TAKEN"}
    assert lessons.book(child, mentor, TUESDAY).error.fields == {"GUARDIAN_NEEDED"}
    guardian = lessons.guardian(child)
    session = lessons.book(child, mentor, TUESDAY).data
    assert session["mustRecord"] is True
    path = f"/api/tutoring/sessions/{session['sessionId']}"
    assert guardian.get(path).status == 200
    assert guardian.patch(path, {"action": "rate", "stars": 1}).status == 404
    lessons.settle()
    assert "tutoring.booked" in {each["type"] for each in guardian.get("/api/notifications").data}
    assert guardian.patch(path, {"action": "consent", "recording": True}).data["consents"] == [guardian.user_id]
    assert guardian.patch(path, {"action": "cancel", "reason": "Ill"}).data["state"] == "cancelled"


def test_who_waits_longest_gets_the_time_that_is_free_again(lessons: Lessons, clock: Clock) -> None:
    mentor, student, poor = lessons.mentor(hourlyAmount=1000), lessons.student(rich=1000), lessons.student("poor")
    first, second = lessons.student("first", rich=1000), lessons.student("second", rich=1000)
    name = lessons.book(student, mentor, TUESDAY).data["sessionId"]
    waits = []
    for person in (poor, first, second):
        clock.advance(seconds=1)
        waits.append(lessons.book(person, mentor, TUESDAY, wait=True).data)
    assert {each["state"] for each in waits} == {"waiting"}
    assert lessons.credit(first) == 1000
    assert student.patch(f"/api/tutoring/sessions/{name}", {"action": "cancel"}).status == 200
    lessons.settle()
    states = [
        person.get(f"/api/tutoring/sessions/{each['sessionId']}").data["state"]
        for person, each in zip((poor, first, second), waits, strict=True)
    ]
    assert states == ["waiting", "scheduled", "waiting"]
    assert [lessons.credit(each) for each in (student, first, second)] == [1000, 0, 1000]
    clock.advance(days=1, hours=4)
    lessons.sweep()
    assert poor.get(f"/api/tutoring/sessions/{waits[0]['sessionId']}").data["state"] == "cancelled"


def test_an_account_that_goes_leaves_the_other_one_a_session_without_a_name(lessons: Lessons) -> None:
    mentor, student = lessons.mentor(hourlyAmount=1000), lessons.student(rich=1000)
    name = lessons.book(student, mentor, TUESDAY, note="I am Ada").data["sessionId"]
    gone = UserDeleted(user_id=student.user_id, role="student", purge_at=clocks.now())
    Unit().create(OutboxItem.of(gone), gone).commit()
    lessons.settle()
    path = f"/api/tutoring/sessions/{name}"
    assert mentor.get(path).data["state"] == "cancelled" and lessons.credit(student) == 1000
    erased = UserErased(user_id=student.user_id, role="student")
    Unit().create(OutboxItem.of(erased), erased).commit()
    lessons.settle()
    left = mentor.get(path).data
    assert "name" not in left["student"] and "note" not in left
