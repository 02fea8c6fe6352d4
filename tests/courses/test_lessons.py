"""Lessons: their order, their content, who reads them."""

from functools import partial
from typing import Any

import pytest

from lyceum.kit import clock, ids
from lyceum.kit.table import Unit
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.lessons import Lesson, LessonBody
from tests.courses.conftest import School, together, who
from tests.support.http import Client

from functions.courses.lessons import lessons
from functions.courses.lessons.schemas import NewLesson


def upload(owner: Client, **fields: Any) -> str:
    """Store the record of a file that was processed."""
    upload_id = ids.new_id()
    variants = [
        {"name": "1600", "content_type": "image/webp", "size_bytes": 90_000, "key": f"derived/x/{upload_id}/1600.webp"},
        {"name": "320", "content_type": "image/webp", "size_bytes": 9_000, "key": f"derived/x/{upload_id}/320.webp"},
    ]
    given = {
        "file_name": "map.png",
        "content_type": "image/png",
        "size_bytes": 120_000,
        "state": "ready",
        "variants": variants,
        **fields,
    }
    key = f"uploads/x/{upload_id}/original"
    Unit().create(
        Upload(
            upload_id=upload_id, owner_id=owner.user_id, purpose="attachment", key=key, expires_at=clock.now(), **given
        )
    ).commit()
    return upload_id


def library_item(owner_id: str, state: str) -> str:
    """Store an item of the library."""
    content_id = ids.new_id()
    facts = {"type": "document", "title": "Notes", "subject": "Biology", "grade_level": "SS3", "file_name": "notes.pdf"}
    Unit().create(
        ContentItem(content_id=content_id, owner_id=owner_id, upload_id=ids.new_id(), state=state, **facts)
    ).commit()
    return content_id


def test_lessons_stand_where_they_were_put(school: School) -> None:
    course_id = school.course(lessons=2)
    school.lesson(course_id, title="First", position=1)
    titles = [row["title"] for row in school.client.get(f"/api/courses/{course_id}/lessons").data]
    assert titles == ["First", "Lesson 1", "Lesson 2"]
    assert school.client.get(f"/api/courses/{course_id}").data["statistics"]["lessons"] == 3


def test_a_new_order_is_one_write_of_exactly_the_lessons(school: School) -> None:
    course_id = school.course(lessons=3)
    first, second, third = school.lessons(course_id)
    path = f"/api/courses/{course_id}/lessons/order"
    reply = school.teacher.put(path, {"lessonIds": [third, first, second]})
    assert reply.cost.operations == ["BatchGetItem", "PutItem"]
    assert school.lessons(course_id) == [third, first, second]
    for wrong in ([first, second], [first, second, second], [first, second, third, "0" * 26]):
        refused = school.teacher.put(path, {"lessonIds": wrong})
        assert (refused.status, refused.error.fields) == (422, {"NOT_THE_LESSONS"})
    assert school.client.as_("eve", "instructor").put(path, {"lessonIds": [first, second, third]}).status == 403
    assert school.lessons(course_id) == [third, first, second]


def test_lessons_added_at_once_are_all_there_or_refused(school: School) -> None:
    course_id = school.course()
    results = together(
        *(partial(lessons.add, who(school.teacher), course_id, NewLesson(title=f"L{number}")) for number in range(4))
    )
    assert set(results) <= {"done", "EDIT_CONFLICT"}
    assert len(school.lessons(course_id)) == results.count("done") >= 1
    assert school.client.get(f"/api/courses/{course_id}").data["statistics"]["lessons"] == results.count("done")


def test_an_edit_with_a_stale_etag_is_refused(school: School) -> None:
    course_id = school.course(lessons=1)
    (lesson_id,) = school.lessons(course_id)
    path = f"/api/courses/{course_id}/lessons/{lesson_id}"
    etag = school.teacher.get(f"/api/lessons/{lesson_id}").headers["ETag"]
    assert school.teacher.put(path, {"title": "Renamed"}, if_match=etag).data["title"] == "Renamed"
    assert school.teacher.put(path, {"title": "Again"}, if_match=etag).status == 412
    assert school.teacher.delete(path, if_match=etag).status == 412
    other = school.course()
    assert school.teacher.put(f"/api/courses/{other}/lessons/{lesson_id}", {"title": "Stolen"}).status == 404


def test_a_deleted_lesson_leaves_nothing(school: School) -> None:
    course_id = school.course(lessons=1)
    lesson_id = school.lesson(course_id, body="<p>Text</p>", isRequired=False)
    assert school.teacher.delete(f"/api/courses/{course_id}/lessons/{lesson_id}").status == 200
    assert Lesson.fetch(lesson_id=lesson_id) is LessonBody.fetch(lesson_id=lesson_id) is None
    assert len(school.lessons(course_id)) == 1
    assert school.teacher.delete(f"/api/courses/{course_id}/lessons/{lesson_id}").status == 404


def test_lessons_are_for_those_who_are_in_the_course(client: Client, school: School) -> None:
    course_id = school.course()
    closed, preview = school.lesson(course_id, body="<p>Secret</p>"), school.lesson(course_id, isPreview=True)
    student, stranger = school.student(course_id), client.as_("eve", "student")
    reply = student.get(f"/api/lessons/{closed}")
    assert (reply.data["body"], reply.cost.operations) == ("<p>Secret</p>", ["Query", "BatchGetItem"])
    assert stranger.get(f"/api/lessons/{closed}").error.code == "NOT_ENROLLED"
    assert stranger.get(f"/api/lessons/{preview}").status == 200
    student.delete(f"/api/courses/{course_id}/enroll")
    assert student.get(f"/api/lessons/{closed}").status == 403
    assert client.of("elsewhere").as_("student").get(f"/api/lessons/{preview}").status == 404


def test_content_is_sanitised_and_what_is_not_named_stays(school: School) -> None:
    lesson_id = school.lesson(school.course(), body="<p>Old</p>")
    path = f"/api/lessons/{lesson_id}/content"
    assert (
        school.teacher.post(path, {"body": "<h2>New</h2><img src=x onerror=alert(1)>"})
        .data["body"]
        .startswith("<h2>New</h2><img")
    )
    assert "onerror" not in school.teacher.get(f"/api/lessons/{lesson_id}").data["body"]
    assert school.teacher.post(path, {"contentId": "0" * 26}).error.fields == {"CONTENT_NOT_FOUND"}
    mine, others, published = (
        library_item(owner, state)
        for owner, state in ((school.teacher.user_id, "draft"), ("x", "draft"), ("x", "published"))
    )
    assert school.teacher.post(path, {"contentId": others}).error.fields == {"CONTENT_NOT_FOUND"}
    assert school.teacher.post(path, {"contentId": published}).status == 200
    linked = school.teacher.post(path, {"contentId": mine}).data
    assert (linked["contentId"], linked["body"][:4]) == (mine, "<h2>")
    assert "body" not in school.teacher.post(path, {"body": None}).data
    assert school.client.as_("eve", "instructor").post(path, {"body": "x"}).status == 403


def test_files_are_ones_own_and_ready(client: Client, school: School) -> None:
    lesson_id = school.lesson(school.course())
    mine, waiting, foreign = (
        upload(school.teacher),
        upload(school.teacher, state="processing"),
        upload(client.as_("eve", "instructor")),
    )
    path = f"/api/lessons/{lesson_id}/content"
    refused = school.teacher.post(path, {"uploadIds": [mine, waiting, foreign]})
    assert (refused.status, refused.error.fields) == (422, {"UPLOAD_NOT_READY", "uploadIds[1]", "uploadIds[2]"})
    assert school.teacher.post(path, {"uploadIds": [mine]}).data["resources"][0]["fileName"] == "map.png"


@pytest.mark.parametrize(("quality", "size"), [("normal", 90_000), ("low", 9_000)])
def test_downloads_are_signed_short_and_as_small_as_asked(
    client: Client, school: School, quality: str, size: int
) -> None:
    course_id = school.course()
    lesson_id, file = school.lesson(course_id), upload(school.teacher)
    school.teacher.post(f"/api/lessons/{lesson_id}/content", {"uploadIds": [file]})
    path = f"/api/lessons/{lesson_id}/download"
    student = school.student(course_id)
    reply = student.get(path, {"quality": quality})
    (found,) = reply.data["files"]
    assert found["sizeBytes"] == size
    assert "X-Amz-Expires=300" in found["url"]
    saving = student.get(path, {"quality": quality} if quality == "normal" else {}, save_data="on")
    assert saving.data["files"][0]["sizeBytes"] == size, "what is asked for counts, else the line"
    assert client.as_("eve", "student").get(path).status == 403
    assert school.teacher.get(path, {"uploadId": "0" * 26}).status == 404
    assert len(reply.cost.operations) <= 3


def test_a_slot_for_a_lessons_file_is_its_instructors(client: Client, school: School) -> None:
    lesson_id = school.lesson(school.course())
    path, asked = (
        f"/api/lessons/{lesson_id}/media",
        {"fileName": "map.png", "contentType": "image/png", "sizeBytes": 120_000},
    )
    slot = school.teacher.post(path, asked)
    assert (slot.status, set(slot.data)) == (201, {"uploadId", "url", "fields", "expiresAt"})
    stored = Upload.require(upload_id=slot.data["uploadId"])
    assert (stored.owner_id, stored.purpose, stored.state) == (school.teacher.user_id, "lesson", "waiting")
    assert client.as_("eve", "instructor").post(path, asked).status == 403
    assert school.teacher.post(f"/api/lessons/{'0' * 26}/media", asked).status == 404
    assert school.teacher.post(path, {**asked, "contentType": "application/x-sh"}).error.fields == {"TYPE_NOT_ALLOWED"}
