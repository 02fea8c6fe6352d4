"""Announcements reach those who come later, come back or wrote them."""

from tests.courses.conftest import School
from tests.courses.test_announcements import NEWS, titles
from tests.support.http import Client
from tests.support.workers import deliver


def test_newcomers_returns_and_the_author_see_what_was_announced(client: Client, tenant: str, school: School) -> None:
    course_id = school.course()
    returning = school.student(course_id, name="ada")
    returning.delete(f"/api/courses/{course_id}/enroll")
    school.teacher.post("/api/announcements", {**NEWS, "courseId": course_id})
    assert deliver(client.cloud, tenant) == 0
    assert titles(returning) == []
    newcomer = school.student(course_id, name="bola")
    returning.post(f"/api/courses/{course_id}/enroll")
    for _ in range(2):
        assert deliver(client.cloud, tenant) == 0
    assert [titles(each) for each in (newcomer, returning, school.teacher)] == [["Test on Friday"]] * 3
    assert newcomer.get("/api/notifications", {"type": "announcement.posted"}).data == [], "it is no news any more"


def test_the_list_of_students_is_of_those_who_are_there(client: Client, tenant: str, school: School) -> None:
    course_id = school.course()
    for name in ("ada", "bola"):
        school.student(course_id, name=name)
    deliver(client.cloud, tenant)
    client.as_("ada").delete(f"/api/courses/{course_id}/enroll")
    deliver(client.cloud, tenant)
    listed = school.teacher.get(f"/api/courses/{course_id}/students")
    assert ([row["student"]["firstName"] for row in listed.data], listed.pagination["total"]) == (["Bola"], 1)
