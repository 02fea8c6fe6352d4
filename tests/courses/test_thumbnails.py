"""Thumbnails of courses: from the slot to lists and pages."""

from lyceum.events.content import ContentProcessed
from lyceum.kit.table import write_many
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course
from tests.content.conftest import Depot, depot  # noqa: F401 - a fixture
from tests.content.pictures import picture
from tests.courses.conftest import School
from tests.support.http import LAMBDA, Client
from tests.support.workers import record

from functions.courses.events import thumbnails

FILE = {"fileName": "sets.png", "contentType": "image/png", "sizeBytes": 900}


def opened(school: School, course_id: str) -> str:
    """Open a slot for a course's picture."""
    return str(school.teacher.post(f"/api/courses/{course_id}/thumbnail", FILE).data["uploadId"])


def made_ready(upload_id: str) -> None:
    """Let a picture be processed."""
    upload = Upload.require(upload_id=upload_id)
    size = {"key": f"derived/{upload_id}/320.webp", "width": 320, "height": 200, "size_bytes": 9}
    upload.state, upload.variants = "ready", [{"name": "320", "content_type": "image/webp", **size}]
    write_many([upload])


def told(upload_id: str, times: int = 1) -> int:
    """Tell the course of a picture that is ready, and return how many messages failed."""
    event = ContentProcessed(upload_id=upload_id, owner_id="u")
    entry = {"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)}
    answer = thumbnails.consumer.handler({"Records": [record(entry)] * times}, LAMBDA)
    return len(answer["batchItemFailures"])


def processed(upload_id: str, times: int = 1) -> int:
    """Let a picture be ready and its course be told of it; returns how many messages failed."""
    made_ready(upload_id)
    return told(upload_id, times)


def test_a_picture_is_sent_processed_and_shown_in_lists_and_details(
    client: Client,
    school: School,
    depot: Depot,  # noqa: F811
) -> None:
    course_id, body = school.course(), picture()
    file = {"fileName": "sets.jpg", "contentType": "image/jpeg", "sizeBytes": len(body)}
    slot = school.teacher.post(f"/api/courses/{course_id}/thumbnail", file)
    assert slot.status == 201
    depot.put(slot.data["fields"]["key"], body)
    assert depot.process(slot.data["uploadId"]) == 0
    assert processed(slot.data["uploadId"]) == 0
    for shown in (client.get("/api/courses").data[0], client.get(f"/api/courses/{course_id}").data):
        assert shown["thumbnailUploadId"] == slot.data["uploadId"]
        assert {size["name"] for size in shown["thumbnail"]}
        assert all(size["url"].startswith("http") for size in shown["thumbnail"])


def test_of_several_pictures_the_one_asked_for_last_is_shown_in_whatever_order_they_come(school: School) -> None:
    course_id = school.course()
    first, second = opened(school, course_id), opened(school, course_id)
    assert [processed(second), processed(first), processed(second, times=2)] == [0, 0, 0]
    course = Course.require(course_id=course_id)
    assert (course.thumbnail_id, course.revision) == (second, 2)


def test_a_course_that_is_gone_takes_no_picture_and_an_admin_may_send_one(school: School, client: Client) -> None:
    gone, other = school.course(), school.course()
    picture_of_gone = opened(school, gone)
    school.teacher.delete(f"/api/courses/{gone}")
    assert processed(picture_of_gone) == 0
    sent = client.as_("admin").post(f"/api/courses/{other}/thumbnail", FILE).data["uploadId"]
    assert processed(sent) == 0
    assert Course.require(course_id=other).thumbnail_id == sent


def test_a_picture_is_for_who_teaches_the_course_and_of_a_pictures_type_and_size(
    school: School, client: Client
) -> None:
    path = f"/api/courses/{school.course()}/thumbnail"
    assert client.as_("colleague", "instructor").post(path, FILE).status == 403
    assert client.as_("student").post(path, FILE).status == 403
    for wrong, rule in (
        ({"contentType": "application/pdf"}, "TYPE_NOT_ALLOWED"),
        ({"sizeBytes": 11 * 2**20}, "FILE_TOO_LARGE"),
    ):
        assert school.teacher.post(path, {**FILE, **wrong}).error.fields == {rule}
    assert school.teacher.post("/api/courses/01HZZZZZZZZZZZZZZZZZZZZZZZ/thumbnail", FILE).status == 404
