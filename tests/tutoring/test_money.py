"""What sessions cost, and where the money is at each moment."""

import pytest

from tests.support.clock import Clock
from tests.tutoring.conftest import Lessons

FRIDAY = "2027-01-15T09:00:00Z"


def test_a_price_is_held_and_goes_back_whole_while_it_is_early(lessons: Lessons) -> None:
    mentor, student = lessons.mentor(hourlyAmount=2500), lessons.student(rich=3000)
    session = lessons.book(student, mentor, FRIDAY, durationMinutes=30).data
    assert (session["amount"], session["currency"], session["paidBy"]) == (1250, "USD", "credit")
    assert (lessons.credit(student), lessons.held(session["sessionId"])) == (1750, 1250)
    assert session["freeUntil"] == "2027-01-14T09:00:00.000Z"
    back = student.patch(f"/api/tutoring/sessions/{session['sessionId']}", {"action": "cancel"}).data
    assert (back["refunded"], lessons.credit(student), lessons.held(session["sessionId"])) == (1250, 3000, 0)


def test_who_can_not_pay_books_nothing(lessons: Lessons) -> None:
    mentor, student = lessons.mentor(hourlyAmount=2500), lessons.student(rich=2499)
    assert lessons.book(student, mentor, FRIDAY).error.fields == {"CREDIT_TOO_LOW"}
    assert student.get("/api/tutoring/sessions").data == []
    assert lessons.book(lessons.student("eve", rich=2500), mentor, FRIDAY).status == 201


@pytest.mark.parametrize(("who", "credit", "earned"), [("student", 2000, 850), ("mentor", 3000, 0)])
def test_who_calls_off_late_says_who_pays(lessons: Lessons, clock: Clock, who: str, credit: int, earned: int) -> None:
    people = {"mentor": lessons.mentor(hourlyAmount=2000), "student": lessons.student(rich=3000)}
    name = lessons.book(people["student"], people["mentor"], FRIDAY).data["sessionId"]
    clock.advance(days=4)
    assert people[who].patch(f"/api/tutoring/sessions/{name}", {"action": "cancel"}).status == 200
    assert lessons.credit(people["student"]) == credit
    assert lessons.earned(people["mentor"]) == earned
    assert lessons.held(name) == 0


def test_a_session_that_its_mentor_moved_is_called_off_without_cost(lessons: Lessons, clock: Clock) -> None:
    mentor, student = lessons.mentor(hourlyAmount=2000), lessons.student(rich=2000)
    path = f"/api/tutoring/sessions/{lessons.book(student, mentor, FRIDAY).data['sessionId']}"
    assert mentor.patch(path, {"action": "reschedule", "startsAt": "2027-01-15T12:00:00Z"}).status == 200
    clock.advance(days=4, hours=5)
    assert student.patch(path, {"action": "cancel"}).data["refunded"] == 2000


def test_it_is_too_late_to_move_what_is_not_free_any_more(lessons: Lessons, clock: Clock) -> None:
    mentor, student = lessons.mentor(), lessons.student()
    path = f"/api/tutoring/sessions/{lessons.book(student, mentor, FRIDAY).data['sessionId']}"
    clock.advance(days=4)
    refused = student.patch(path, {"action": "reschedule", "startsAt": "2027-01-18T12:00:00Z"})
    assert refused.error.fields == {"TOO_LATE_TO_MOVE"}
    clock.advance(days=1)
    assert student.patch(path, {"action": "cancel"}).error.code == "NOT_NOW"


def test_hours_that_are_bought_together_pay_for_sessions_and_come_back(lessons: Lessons) -> None:
    mentor = lessons.mentor(hourlyAmount=1001, packages=[{"hours": 3, "percentOff": 10}])
    student = lessons.student(rich=10_000)
    assert student.post("/api/tutoring/packages", {"mentorId": mentor.user_id, "hours": 4}).error.fields == {"NOT_SOLD"}
    package = student.post("/api/tutoring/packages", {"mentorId": mentor.user_id, "hours": 3}).data
    assert (package["amount"], package["minutesLeft"], lessons.credit(student)) == (2703, 180, 7297)
    paid = {"payBy": "package", "packageId": package["packageId"]}
    name = lessons.book(student, mentor, FRIDAY, **paid).data["sessionId"]
    [left] = student.get("/api/tutoring/packages").data
    assert (left["minutesLeft"], left["amountLeft"]) == (120, 1802)
    assert lessons.book(student, lessons.mentor("other"), "2027-01-15T11:00:00Z", **paid).status == 404
    assert lessons.book(lessons.student("eve"), mentor, "2027-01-15T11:00:00Z", **paid).status == 404
    student.patch(f"/api/tutoring/sessions/{name}", {"action": "cancel"})
    [left] = student.get("/api/tutoring/packages").data
    assert (left["minutesLeft"], left["amountLeft"]) == (180, 2703)
    second = lessons.book(student, mentor, FRIDAY, **paid).data["sessionId"]
    closed = student.delete(f"/api/tutoring/packages/{package['packageId']}").data
    assert (closed["state"], lessons.credit(student)) == ("closed", 9099)
    assert student.delete(f"/api/tutoring/packages/{package['packageId']}").error.code == "PACKAGE_CLOSED"
    student.patch(f"/api/tutoring/sessions/{second}", {"action": "cancel"})
    assert lessons.credit(student) == 10_000
    assert lessons.held(package["packageId"], name, second) == 0


def test_a_calendar_is_private_and_follows_what_changes(lessons: Lessons) -> None:
    mentor, student = lessons.mentor(), lessons.student()
    name = lessons.book(student, mentor, FRIDAY).data["sessionId"]
    address = student.get("/api/tutoring/calendar").data["calendarUrl"].partition("/api/")[2]
    path, _, token = address.partition("?token=")
    feed = lessons.client.get(f"/api/{path}", {"token": token})
    assert f"UID:{name}@" in feed.body and "DTSTART:20270115T090000Z" in feed.body and "STATUS:CONFIRMED" in feed.body
    student.patch(f"/api/tutoring/sessions/{name}", {"action": "cancel"})
    assert "STATUS:CANCELLED" in lessons.client.get(f"/api/{path}", {"token": token}).body
    assert lessons.client.get(f"/api/{path}", {"token": token[:-2] + "xx"}).status == 404
    renewed = student.post("/api/tutoring/calendar/revoke").data["calendarUrl"]
    assert lessons.client.get(f"/api/{path}", {"token": token}).status == 410
    assert lessons.client.get(f"/api/{path}", {"token": renewed.partition("?token=")[2]}).status == 200
