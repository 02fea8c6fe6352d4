"""Callers at once: no time is given twice, no place is lost, no money is made or lost."""

from collections import Counter
from functools import partial

from lyceum.model.tutoring import BookedTime
from tests.support.clock import Clock
from tests.support.conflicts import Conflicts
from tests.support.threads import at_once
from tests.tutoring.conftest import Lessons

TUESDAY = "2027-01-12T09:00:00Z"


def test_of_many_at_once_each_slot_has_exactly_one(lessons: Lessons, conflicts: Conflicts) -> None:
    mentors = [lessons.mentor(f"mentor{number}") for number in range(3)]
    students = [lessons.student(f"student{number}") for number in range(12)]
    calls = [
        partial(lessons.book, student, mentors[number % 3], f"2027-01-12T{9 + number % 2:02}:00:00Z")
        for number, student in enumerate(students)
    ]
    replies = at_once(*calls)
    codes = Counter(reply.status for reply in replies)
    assert codes == {201: 6, 409: 6}
    taken = {(reply.data["mentor"]["userId"], reply.data["startsAt"]) for reply in replies if reply.status == 201}
    assert len(taken) == 6


def test_a_double_click_books_once(lessons: Lessons, conflicts: Conflicts) -> None:
    mentor, student = lessons.mentor(hourlyAmount=1000), lessons.student(rich=5000)
    replies = at_once(*[partial(lessons.book, student, mentor, TUESDAY)] * 3)
    assert sorted(reply.status for reply in replies) == [201, 409, 409]
    assert lessons.credit(student) == 4000


def test_two_mentors_for_one_student_at_one_time(lessons: Lessons, conflicts: Conflicts) -> None:
    first, second, student = lessons.mentor("first"), lessons.mentor("second"), lessons.student()
    replies = at_once(partial(lessons.book, student, first, TUESDAY), partial(lessons.book, student, second, TUESDAY))
    assert sorted(reply.status for reply in replies) == [201, 409]


def test_a_move_and_a_booking_of_one_time(lessons: Lessons, conflicts: Conflicts) -> None:
    mentor, student, eve = lessons.mentor(), lessons.student(), lessons.student("eve")
    name = lessons.book(student, mentor, TUESDAY).data["sessionId"]
    move = {"action": "reschedule", "startsAt": "2027-01-12T11:00:00Z"}
    replies = at_once(
        partial(student.patch, f"/api/tutoring/sessions/{name}", move),
        partial(lessons.book, eve, mentor, "2027-01-12T11:00:00Z"),
    )
    assert sorted(reply.status for reply in replies) in ([200, 409], [201, 409])
    held = BookedTime.require(user_id=mentor.user_id, day="2027-01-12", consistent=True)
    assert len(held.cells) == (4 if replies[0].status == 200 else 8)


def test_both_call_off_at_once_and_the_money_goes_back_once(lessons: Lessons, conflicts: Conflicts) -> None:
    mentor, student = lessons.mentor(hourlyAmount=1000), lessons.student(rich=1000)
    name = lessons.book(student, mentor, TUESDAY).data["sessionId"]
    path = f"/api/tutoring/sessions/{name}"
    replies = at_once(*[partial(each.patch, path, {"action": "cancel"}) for each in (mentor, student, mentor)])
    assert sorted(reply.status for reply in replies) == [200, 409, 409]
    assert (lessons.credit(student), lessons.held(name)) == (1000, 0)
    assert not BookedTime.require(user_id=mentor.user_id, day="2027-01-12", consistent=True).cells
    assert lessons.book(student, mentor, TUESDAY).status == 201


def test_the_last_hours_of_a_package_are_used_once(lessons: Lessons, conflicts: Conflicts) -> None:
    mentor = lessons.mentor(hourlyAmount=1000, packages=[{"hours": 2, "percentOff": 10}])
    student = lessons.student(rich=1800)
    package = student.post("/api/tutoring/packages", {"mentorId": mentor.user_id, "hours": 2}).data
    paid = {"payBy": "package", "packageId": package["packageId"]}
    times = [f"2027-01-12T{hour:02}:00:00Z" for hour in (9, 11, 13)]
    replies = at_once(*[partial(lessons.book, student, mentor, each, **paid) for each in times])
    assert sorted(reply.status for reply in replies) == [201, 201, 422]


def test_late_and_doubled_runs_end_a_session_once(lessons: Lessons, clock: Clock, conflicts: Conflicts) -> None:
    mentor, student = lessons.mentor(hourlyAmount=1000), lessons.student(rich=1000)
    name = lessons.book(student, mentor, TUESDAY).data["sessionId"]
    clock.advance(days=2)
    at_once(*[partial(_step, name)] * 3)
    assert (lessons.credit(student), lessons.held(name)) == (1000, 0)
    assert student.get(f"/api/tutoring/sessions/{name}").data["state"] == "no_show"


def _step(name: str) -> None:
    from functions.tutoring.sessions import settling

    settling.step(name)
