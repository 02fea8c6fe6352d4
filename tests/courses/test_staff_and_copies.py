"""A course changes hands, is taught by several, and is copied; and lists say who teaches it and how it looks."""

import pytest

from lyceum.events.courses import QuizPublished
from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.model.content.uploads import Upload
from tests.courses.conftest import COURSE, School
from tests.courses.test_announcements import NEWS
from tests.courses.test_progress import hand
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.workers import consumers, deliver, record, wants


@pytest.fixture
def colleague(client: Client) -> Client:
    return client.as_("colleague", "instructor")


def picture(owner: Client, clock: Clock, **fields: object) -> str:
    upload_id = ids.new_id()
    sizes = [{"name": "320", "key": f"derived/{upload_id}/320.webp", "width": 320, "height": 200, "size_bytes": 9}]
    about = {"owner_id": owner.user_id, "purpose": "attachment", "file_name": "a.png", "content_type": "image/png"}
    values = {"size_bytes": 9, "key": "incoming/x", "state": "ready", "variants": sizes, "expires_at": clock.at}
    write_many([Upload(upload_id=upload_id, **{**about, **values, **fields})])
    return upload_id


def test_a_course_needs_no_university(client: Client, school: School) -> None:
    made = school.teacher.post("/api/courses", {"title": "Bread for beginners", "isPublished": True})
    assert made.status == 201
    shown = client.get(f"/api/courses/{made.data['courseId']}").data
    assert not {"departmentId", "code", "level", "creditUnits"} & set(shown)
    topic = client.as_("admin").post("/api/topics", {"courseId": shown["courseId"], "title": "Yeast", "order": 1})
    assert topic.status == 201
    listed = client.get("/api/courses", {"search": "bread"}).data
    assert [row["title"] for row in listed] == ["Bread for beginners"]


def test_lists_and_pages_show_who_teaches_and_a_picture(client: Client, school: School, clock: Clock) -> None:
    course_id = school.course(thumbnailUploadId=picture(school.teacher, clock))
    for shown in (client.get("/api/courses").data[0], client.get(f"/api/courses/{course_id}").data):
        assert shown["instructor"]["firstName"] == "Instructor"
        (size,) = shown["thumbnail"]
        assert (size["name"], size["width"], size["url"].startswith("http")) == ("320", 320, True)


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"content_type": "application/pdf"}, "NOT_AN_IMAGE"), ({"state": "processing"}, "UPLOAD_NOT_READY")],
)
def test_a_picture_is_a_processed_image_of_ones_own(
    school: School, clock: Clock, colleague: Client, fields: dict[str, object], code: str
) -> None:
    wanted = {"title": "Bread", "thumbnailUploadId": picture(school.teacher, clock, **fields)}
    assert school.teacher.post("/api/courses", wanted).error.fields == {code}
    foreign = {"title": "Bread", "thumbnailUploadId": picture(colleague, clock)}
    assert school.teacher.post("/api/courses", foreign).error.fields == {"UPLOAD_NOT_READY"}


def test_a_page_shows_ratings_with_names_and_lessons_with_their_places(client: Client, school: School) -> None:
    course_id = school.course(lessons=3)
    ada = school.student(course_id, name="ada")
    ada.post(f"/api/courses/{course_id}/ratings", {"stars": 4, "review": "Good."})
    shown = client.get(f"/api/courses/{course_id}").data
    assert [lesson["order"] for lesson in shown["lessons"]["items"]] == [1, 2, 3]
    (rating,) = shown["latestRatings"]
    assert (rating["stars"], rating["student"]["firstName"]) == (4, "Ada")
    assert client.get(f"/api/courses/{course_id}/ratings").data == [rating]
    ada.put("/api/profile/preferences", {"privacy": {"profile": "private"}})
    assert "student" not in client.get(f"/api/courses/{course_id}/ratings").data[0]


def test_a_course_is_handed_over_with_all_that_is_in_it(client: Client, school: School, colleague: Client) -> None:
    course_id = school.course()
    path = f"/api/courses/{course_id}"
    body = {"courseId": course_id, "title": "Essay", "points": "5"}
    assignment_id = school.teacher.post("/api/assignments", body).data["assignmentId"]
    school.teacher.post("/api/announcements", {**NEWS, "courseId": course_id})
    assert colleague.put(f"{path}/teachers", {"instructorId": colleague.user_id}).status == 403
    for nobody in (client.as_("ada", "student").user_id, "0" * 26):
        assert school.teacher.put(f"{path}/teachers", {"instructorId": nobody}).error.fields == {"NO_INSTRUCTOR"}
    for _ in range(2):
        answer = school.teacher if _ == 0 else colleague
        chosen = answer.put(f"{path}/teachers", {"instructorId": colleague.user_id})
        assert chosen.data["instructorId"] == colleague.user_id
    deliver(client.cloud, client.tenant)
    change = {"title": "Essays", "points": "5"}
    assert school.teacher.put(path, COURSE).status == 403
    assert school.teacher.put(f"/api/assignments/{assignment_id}", change).status == 403
    assert colleague.put(path, COURSE).status == 200
    assert colleague.put(f"/api/assignments/{assignment_id}", change).status == 200
    assert [each["title"] for each in colleague.get("/api/announcements").data] == [NEWS["title"]]
    (row,) = client.get("/api/courses", {"instructorId": colleague.user_id, "sort": "newest"}).data
    assert row["courseId"] == course_id


def test_teachers_change_a_course_and_only_its_instructor_gives_it_away(
    client: Client, school: School, colleague: Client
) -> None:
    course_id = school.course(isPublished=False)
    path = f"/api/courses/{course_id}"
    assert colleague.get(path).status == 404
    added = school.teacher.put(f"{path}/teachers", {"teacherIds": [colleague.user_id]})
    assert (added.status, added.data["teacherIds"]) == (200, [colleague.user_id])
    assert colleague.get(path).data["teachers"][0]["userId"] == colleague.user_id
    mine = colleague.get("/api/courses", {"status": "draft", "instructorId": colleague.user_id})
    assert [row["courseId"] for row in mine.data] == [course_id]
    assert colleague.put(path, COURSE).status == 200
    assert colleague.post("/api/announcements", {**NEWS, "courseId": course_id}).status == 201
    deliver(client.cloud, client.tenant)
    assert len(school.teacher.get("/api/announcements").data) == 1
    assert colleague.delete(path).status == 403
    assert colleague.put(f"{path}/teachers", {"instructorId": colleague.user_id}).status == 403
    assert colleague.put(f"{path}/teachers", {"teacherIds": [client.as_("eve", "instructor").user_id]}).status == 403
    assert colleague.put(f"{path}/teachers", {"teacherIds": []}).data["teacherIds"] == []
    assert colleague.get(path).status == 404
    assert school.teacher.put(f"{path}/teachers", {"teacherIds": []}).data["teacherIds"] == []
    assert school.teacher.put(f"{path}/teachers", {"teacherIds": ["0" * 26]}).error.fields == {"NO_INSTRUCTOR"}
    many = {"teacherIds": [f"{number:026}" for number in range(21)]}
    assert school.teacher.put(f"{path}/teachers", many).status == 400


def test_a_copy_has_everything_but_people_and_dates_under_new_ids(
    client: Client, school: School, colleague: Client, clock: Clock
) -> None:
    course_id, before = school.course(lessons=30, grading={"weights": {"homework": 1}}), school.course()
    path = f"/api/courses/{course_id}"
    school.student(course_id)
    school.teacher.post(f"{path}/prerequisites", {"prerequisiteId": before})
    texts = [school.lesson(course_id, title="Last", body="<p>Read this.</p>", isRequired=False)]
    for number in range(17):
        body = {"courseId": course_id, "title": f"Essay {number}", "points": "5", "instructions": "<p>Write.</p>"}
        work = school.teacher.post("/api/assignments", {**body, "dueAt": "2027-02-01T10:00:00Z", "lessonId": texts[0]})
    rubric = [{"id": "a", "text": "All", "levels": [{"id": "x", "text": "Good", "points": "5"}]}]
    school.teacher.post(f"/api/assignments/{work.data['assignmentId']}/rubric", {"criteria": rubric})
    assert client.as_("eve", "instructor").post(f"{path}/copy", {}).status == 403
    copied = school.teacher.post(f"{path}/copy", {"title": "Next year"})
    assert (copied.status, copied.data["status"], copied.data["title"]) == (201, "draft", "Next year")
    assert deliver(client.cloud, client.tenant, rounds=12) == 0
    copy = f"/api/courses/{copied.data['courseId']}"
    shown = school.teacher.get(copy).data
    assert (shown["statistics"]["lessons"], shown["statistics"]["assignments"], shown["statistics"]["enrolments"]) == (
        31,
        17,
        0,
    )
    assert (shown["grading"]["weights"], shown["prerequisites"][0]["courseId"]) == ({"homework": 1}, before)
    lessons = school.lessons(copied.data["courseId"])
    assert len(lessons) == 31
    assert not set(lessons) & set(school.lessons(course_id))
    last = school.teacher.get(f"/api/lessons/{lessons[-1]}").data
    assert (last["title"], last["body"], last["isRequired"]) == ("Last", "<p>Read this.</p>", False)
    rows = school.teacher.get(f"{copy}/assignments", {"limit": 100}).data
    assert (len(rows), {row["lessonId"] for row in rows}) == (17, {lessons[-1]})
    assert not any("dueAt" in row for row in rows)
    one = next(row for row in rows if row["title"] == "Essay 16")
    detail = school.teacher.get(f"/api/assignments/{one['assignmentId']}").data
    assert (detail["instructions"], detail["rubric"][0]["id"]) == ("<p>Write.</p>", "a")
    assert (detail["courseTitle"], detail["lessonTitle"]) == ("Next year", "Last")
    assert school.teacher.get(f"{copy}/students").data == []
    school.teacher.delete(copy)
    assert deliver(client.cloud, client.tenant, rounds=20) == 0
    assert school.teacher.get(f"{path}").data["statistics"]["lessons"] == 31


def test_who_completed_a_course_that_is_deleted_keeps_the_completion(client: Client, school: School) -> None:
    course_id = school.course(lessons=1)
    ada = school.student(course_id, name="ada")
    school.student(course_id, name="bola")
    school.complete(ada, school.lessons(course_id)[0])
    assert school.teacher.delete(f"/api/courses/{course_id}").status == 200
    assert deliver(client.cloud, client.tenant, rounds=12) == 0
    assert ada.get(f"/api/courses/{course_id}").status == 404
    profile = ada.get(f"/api/users/{ada.user_id}/profile").data
    (place,) = profile["enrolments"]
    assert (place["title"], place["isDeleted"], "completedAt" in place) == ("Computer Programming", True, True)
    assert ada.post(f"/api/courses/{course_id}/enroll").status == 404
    bola = client.as_("bola")
    assert bola.get(f"/api/users/{bola.user_id}/profile").data["enrolments"] == []


def test_a_quiz_is_listed_with_what_it_is_about_and_how_long_it_takes(client: Client, school: School) -> None:
    course_id = school.course()
    about = {"description": "<p>Sets.</p>", "question_count": 4, "total_marks": "6.5", "duration_minutes": 20}
    hand(QuizPublished(quiz_id="q1", course_id=course_id, title="Sets", **about))
    hand(QuizPublished(quiz_id="q2", course_id=course_id, title="Old"))
    full, old = client.get(f"/api/courses/{course_id}").data["quizzes"]
    assert full == {
        "quizId": "q1",
        "title": "Sets",
        "isRequired": True,
        "description": "<p>Sets.</p>",
        "questionCount": 4,
        "totalMarks": "6.5",
        "durationMinutes": 20,
    }
    assert old == {"quizId": "q2", "title": "Old", "isRequired": True}


def test_a_copy_that_is_told_twice_late_and_at_once_is_one_copy(client: Client, school: School) -> None:
    course_id = school.course(lessons=30)
    body = {"courseId": course_id, "title": "Essay", "points": "5"}
    school.teacher.post("/api/assignments", body)
    copied = school.teacher.post(f"/api/courses/{course_id}/copy", {}).data["courseId"]
    assert deliver(client.cloud, client.tenant, rounds=12) == 0
    messages = [
        entry
        for entry in client.cloud.published(client.tenant)
        if entry["DetailType"] in {"course.copied", "course.copy_lessons", "assignment.copy"}
    ]
    assert len(messages) >= 4
    for entry in reversed(messages):
        for worker in consumers().values():
            if wants(worker, entry["DetailType"]):
                answers = [worker.handler({"Records": [record(entry)] * 2}, LAMBDA) for _ in range(2)]
                assert answers == [{"batchItemFailures": []}] * 2
    assert deliver(client.cloud, client.tenant, rounds=12) == 0
    shown = school.teacher.get(f"/api/courses/{copied}").data
    assert (shown["lessons"]["total"], shown["assignments"]["total"]) == (30, 1)
    assert (shown["statistics"]["lessons"], shown["statistics"]["assignments"]) == (30, 1)
