"""Deleting a course: it is gone at once, and in the end nothing of it is left."""

from collections import Counter

import pytest

from lyceum.kit.table import Unit
from lyceum.model.assignments import GradeSheet
from lyceum.model.courses.course import Course
from tests.courses.conftest import School, traces
from tests.courses.test_announcements import NEWS
from tests.courses.test_lessons import upload
from tests.courses.test_progress import report_id
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

from functions.courses.events import purge


@pytest.fixture
def lived_in(client: Client, tenant: str, clock: Clock, school: School) -> str:
    course_id, before, after = school.course(lessons=3), school.course(), school.course()
    student = school.student(course_id, name="ada")
    school.student(course_id, name="bola").delete(f"/api/courses/{course_id}/enroll")
    lesson_id = school.lessons(course_id)[0]
    school.teacher.post(
        f"/api/lessons/{lesson_id}/content", {"body": "<p>x</p>", "uploadIds": [upload(school.teacher)]}
    )
    clock.advance(minutes=5)
    student.post(f"/api/lessons/{lesson_id}/time", {"beatId": report_id(clock), "seconds": 60})
    school.complete(student, lesson_id)
    student.post(f"/api/courses/{course_id}/ratings", {"stars": 5})
    school.teacher.post("/api/announcements", {**NEWS, "courseId": course_id})
    school.teacher.post(f"/api/courses/{course_id}/prerequisites", {"prerequisiteId": before})
    school.teacher.post(f"/api/courses/{after}/prerequisites", {"prerequisiteId": course_id})
    deliver(client.cloud, tenant)
    return course_id


def test_it_is_gone_at_once_and_then_without_a_trace(
    client: Client, tenant: str, school: School, lived_in: str
) -> None:
    path = f"/api/courses/{lived_in}"
    lesson_id = school.lessons(lived_in)[0]
    assert client.as_("eve", "instructor").delete(path).status == 403
    assert school.teacher.delete(path).status == 200
    for reply in (
        client.get(path),
        client.get(f"{path}/lessons"),
        school.teacher.get(path),
        school.teacher.delete(path),
        client.as_("ada").get(f"{path}/progress"),
        client.as_("ada").get(f"/api/lessons/{lesson_id}"),
        client.as_("new", "student").post(f"{path}/enroll"),
        school.complete(client.as_("ada"), lesson_id),
    ):
        assert reply.status == 404
    assert lived_in not in [row["courseId"] for row in client.get("/api/courses").data]
    assert deliver(client.cloud, tenant, rounds=12) == 0
    assert traces(client, lived_in) == []


def test_its_end_is_told_once_however_many_slices_it_takes(
    client: Client, tenant: str, school: School, lived_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "_SLICE", 1)
    school.teacher.delete(f"/api/courses/{lived_in}")
    assert deliver(client.cloud, tenant, rounds=20) == 0
    sent = Counter(entry["DetailType"] for entry in client.cloud.published(tenant))
    assert (sent["course.deleted"], sent["course.emptied"]) == (1, 1)
    assert sent["course.purge"] > 5


def test_a_purge_that_stops_anywhere_goes_on(
    client: Client, tenant: str, school: School, lived_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "_SLICE", 1)
    school.teacher.delete(f"/api/courses/{lived_in}")
    remove_many, calls = purge.remove_many, iter(range(1000))

    def breaking(items: object) -> int:
        if next(calls) % 7 == 1:
            raise RuntimeError("the power went off")
        return remove_many(items)  # type: ignore[arg-type]

    monkeypatch.setattr(purge, "remove_many", breaking)
    assert deliver(client.cloud, tenant, rounds=20) == 0
    assert traces(client, lived_in) == []


def test_grades_are_not_deleted_unless_an_admin_forces_it(client: Client, school: School) -> None:
    course_id = school.course()
    Unit().create(GradeSheet(course_id=course_id, user_id="u", entries={})).commit()
    path = f"/api/courses/{course_id}"
    assert [
        each.send("DELETE", path, None, {"force": "true"}).status for each in (school.teacher, client.as_("admin"))
    ] == [409, 200]
    assert school.teacher.delete(path).status == 404
    assert Course.require(course_id=course_id).status == "deleted"


def test_a_stale_etag_deletes_nothing(school: School) -> None:
    course_id = school.course()
    path = f"/api/courses/{course_id}"
    etag = school.teacher.get(path).headers["ETag"]
    school.teacher.post(f"{path}/publish", {"isPublished": False})
    assert school.teacher.delete(path, if_match=etag).status == 412
