"""Whose account is deleted is in no list and no count of a course any more, and their seat is free."""

from tests.courses.conftest import School
from tests.support.http import Client
from tests.support.workers import deliver


def test_lists_and_counts_agree_after_an_account_is_deleted(client: Client, school: School) -> None:
    course_id = school.course(capacity=2)
    ada, _ = (school.student(course_id, name=name) for name in ("ada", "bola"))
    gone = school.course()
    school.student(gone, name="ada")
    school.teacher.delete(f"/api/courses/{gone}")
    deliver(client.cloud, client.tenant, rounds=12)
    full = client.as_("chi", "student").post(f"/api/courses/{course_id}/enroll")
    assert full.error.code == "COURSE_FULL"
    assert ada.delete(f"/api/users/{ada.user_id}").status == 200
    assert deliver(client.cloud, client.tenant, rounds=12) == 0
    path = f"/api/courses/{course_id}"
    students = school.teacher.get(f"{path}/students")
    assert [row["student"]["firstName"] for row in students.data] == ["Bola"]
    assert students.pagination["total"] == 1
    assert client.get(path).data["statistics"]["enrolments"] == 1
    assert client.as_("chi").post(f"{path}/enroll").status == 201
