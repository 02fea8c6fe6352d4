"""Announcements: posted once, brought to students by the queue, read by those they concern."""

import pytest

from lyceum.kit.table import find
from lyceum.model.courses.announcements import AnnouncementReceipt
from tests.courses.conftest import School
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

from functions.courses.events import announcements

NEWS = {"title": "Test on Friday", "body": "<p>Bring a pen.</p><script>x</script>"}


def titles(client: Client) -> list[str]:
    return [row["title"] for row in client.get("/api/announcements").data]


def test_students_of_the_course_are_told_and_nobody_else(client: Client, tenant: str, school: School) -> None:
    course_id = school.course()
    student, left = school.student(course_id, name="ada"), school.student(course_id, name="bola")
    left.delete(f"/api/courses/{course_id}/enroll")
    posted = school.teacher.post("/api/announcements", {**NEWS, "courseId": course_id})
    assert (posted.status, posted.data["body"]) == (201, "<p>Bring a pen.</p>")
    assert [name for name in posted.cost.operations if name != "UpdateItem"] == ["GetItem", "PutItem"], (
        "no student is told in the request"
    )
    for _ in range(2):
        assert deliver(client.cloud, tenant) == 0
    assert [titles(each) for each in (student, left, client.as_("eve", "student"))] == [["Test on Friday"], [], []]
    assert student.get("/api/notifications").data[0]["type"] == "announcement.posted"


def test_only_the_instructor_tells_a_course_and_only_admins_everybody(client: Client, school: School) -> None:
    course_id = school.course()
    assert client.as_("student").post("/api/announcements", {**NEWS, "courseId": course_id}).status == 403
    assert client.as_("eve", "instructor").post("/api/announcements", {**NEWS, "courseId": course_id}).status == 403
    assert school.teacher.post("/api/announcements", NEWS).status == 403
    assert client.as_("admin").post("/api/announcements", NEWS).status == 201
    sent = [entry["DetailType"] for entry in client.cloud.outbox(client.tenant)]
    assert [name for name in sent if name.startswith("announcement")] == ["announcement.posted"]
    assert titles(client.as_("eve", "student")) == ["Test on Friday"]


def test_pages_mix_both_kinds_newest_first(client: Client, tenant: str, clock: Clock, school: School) -> None:
    course_id = school.course()
    student = school.student(course_id)
    for number in range(6):
        clock.advance(seconds=1)
        to = {"courseId": course_id} if number % 2 else {}
        client.as_("admin").post("/api/announcements", {"title": str(number), "body": "x", **to})
    deliver(client.cloud, tenant)
    seen, query = [], {"limit": 2}
    for _ in range(3):
        reply = student.get("/api/announcements", query)
        assert reply.cost.operations == ["Query", "Query", "BatchGetItem"]
        seen += [row["title"] for row in reply.data]
        query = {"limit": 2, "cursor": reply.pagination.get("nextCursor", "")}
    assert seen == list("543210")
    assert not reply.pagination["hasNext"]


def test_a_large_course_is_told_in_pages_each_once(
    client: Client, tenant: str, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "_PAGE", 2)
    course_id = school.course()
    students = [school.student(course_id, name=f"s{number}") for number in range(5)]
    school.teacher.post("/api/announcements", {**NEWS, "courseId": course_id})
    for _ in range(2):
        assert deliver(client.cloud, tenant, rounds=6) == 0
    assert [len(find(AnnouncementReceipt, user_id=student.user_id).items) for student in students] == [1] * 5
