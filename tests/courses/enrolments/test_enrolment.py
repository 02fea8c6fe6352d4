"""Enrolment: once, in order, paid for, and never more than there are seats."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit.table import Unit
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.entitlements import Entitlement
from tests.courses.conftest import COURSE, School, taken, together, who
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

from functions.courses.enrolments.enrolment import enrol


def test_a_student_enters_once_however_often_it_is_tried(client: Client, tenant: str, school: School) -> None:
    course_id = school.course()
    student, path = client.as_("student"), f"/api/courses/{course_id}/enroll"
    assert together(*[partial(enrol, who(student), course_id)] * 4) == ["ALREADY_ENROLLED"] * 3 + ["done"]
    assert student.post(path).error.code == "ALREADY_ENROLLED"
    assert taken(course_id) == 1
    deliver(client.cloud, tenant)
    assert client.get(f"/api/courses/{course_id}").data["statistics"]["enrolments"] == 1


def test_entering_costs_one_read_and_one_transaction(client: Client, school: School) -> None:
    reply = client.as_("student").post(f"/api/courses/{school.course()}/enroll")
    assert [name for name in reply.cost.operations if name != "UpdateItem"] == ["BatchGetItem", "TransactWriteItems"]
    assert reply.data["state"] == "active"


def test_seats_hold_when_all_come_at_once(client: Client, school: School) -> None:
    course_id = school.course(capacity=5)
    students = [client.as_(f"s{number}", "student") for number in range(12)]
    assert (
        together(*(partial(enrol, who(student), course_id) for student in students))
        == ["COURSE_FULL"] * 7 + ["done"] * 5
    )
    inside = {row["userId"] for row in school.teacher.get(f"/api/courses/{course_id}/students").data}
    assert len(inside) == 5
    leaver = next(student for student in students if student.user_id in inside)
    outsider = next(student for student in students if student.user_id not in inside)
    assert outsider.post(f"/api/courses/{course_id}/enroll").error.code == "COURSE_FULL"
    leaver.delete(f"/api/courses/{course_id}/enroll")
    assert outsider.post(f"/api/courses/{course_id}/enroll").status == 201
    assert taken(course_id) == 5


def test_a_capacity_below_the_number_of_students_is_refused(school: School) -> None:
    course_id = school.course()
    for name in ("ada", "bola"):
        school.student(course_id, name=name)
    refused = school.teacher.put(f"/api/courses/{course_id}", {**COURSE, "capacity": 1})
    assert (refused.status, refused.error.fields) == (422, {"CAPACITY_TOO_SMALL"})
    assert school.teacher.put(f"/api/courses/{course_id}", {**COURSE, "capacity": 2}).status == 200
    assert school.client.as_("late", "student").post(f"/api/courses/{course_id}/enroll").error.code == "COURSE_FULL"


def test_who_leaves_keeps_the_history_and_may_come_back(
    school: School, enrolment: Callable[[Client, str], Enrolment]
) -> None:
    course_id = school.course(lessons=2)
    student = school.student(course_id)
    school.complete(student, school.lessons(course_id)[0])
    assert student.delete(f"/api/courses/{course_id}/enroll").status == 200
    assert student.delete(f"/api/courses/{course_id}/enroll").status == 404
    assert (enrolment(student, course_id).state, taken(course_id)) == ("left", 0)
    assert student.post(f"/api/courses/{course_id}/enroll").data["state"] == "active"
    assert student.get(f"/api/courses/{course_id}/progress").data["lessons"] == {"completed": 1, "total": 2}


def test_a_draft_takes_nobody_and_keeps_those_it_has(client: Client, school: School) -> None:
    course_id = school.course(lessons=1)
    student = school.student(course_id)
    school.teacher.post(f"/api/courses/{course_id}/publish", {"isPublished": False})
    assert client.as_("late", "student").post(f"/api/courses/{course_id}/enroll").status == 404
    assert student.get(f"/api/courses/{course_id}").status == 200
    assert school.complete(student, school.lessons(course_id)[0]).data["percent"] == 100


def test_missing_prerequisites_are_listed(school: School) -> None:
    algebra, sets, analysis = (school.course(lessons=1, title=title) for title in ("Algebra", "Sets", "Analysis"))
    for each in (algebra, sets):
        assert school.teacher.post(f"/api/courses/{analysis}/prerequisites", {"prerequisiteId": each}).status == 201
    student = school.student(algebra, sets)
    school.complete(student, school.lessons(sets)[0])
    refused = student.post(f"/api/courses/{analysis}/enroll")
    assert (refused.status, refused.error.fields) == (422, {"PREREQUISITES_MISSING", algebra})
    school.complete(student, school.lessons(algebra)[0])
    assert student.post(f"/api/courses/{analysis}/enroll").status == 201


@pytest.mark.parametrize(("days", "status"), [(None, 201), (1, 201), (-1, 422)])
def test_a_paid_course_asks_for_an_entitlement_that_holds(
    client: Client, clock: Clock, school: School, days: int | None, status: int
) -> None:
    course_id = school.course(price={"amount": 500_000, "currency": "NGN"})
    student, path = client.as_("student"), f"/api/courses/{course_id}/enroll"
    assert student.post(path).error.fields == {"PAYMENT_NEEDED"}
    ends_at = None if days is None else clocks.now() + timedelta(days=days)
    Unit().create(Entitlement(user_id=student.user_id, product=f"COURSE#{course_id}", ends_at=ends_at)).commit()
    assert student.post(path).status == status
