"""Courses: who sees, makes, changes, publishes and lists them."""

import pytest

from lyceum.events.courses import CourseCounted
from lyceum.kit.table import Unit
from lyceum.model.courses.course import Course, CourseRanking
from tests.courses.conftest import COURSE, School
from tests.support.http import LAMBDA, Client
from tests.support.workers import deliver, record

from functions.courses.events import rankings


def test_a_draft_is_its_instructors_until_it_is_published(client: Client, school: School) -> None:
    course_id = school.course(isPublished=False)
    path, eve = f"/api/courses/{course_id}", client.as_("eve", "instructor")
    assert [
        each.get(path).status for each in (client, client.as_("student"), eve, school.teacher, client.as_("admin"))
    ] == [404, 404, 404, 200, 200]
    assert client.get("/api/courses").data == []
    assert client.get(f"/api/departments/{school.department_id}/courses").data == []
    assert client.as_("admin").delete(f"/api/departments/{school.department_id}").error.code == "HAS_CHILDREN"
    own = {"status": "draft", "instructorId": school.teacher.user_id}
    assert [row["courseId"] for row in school.teacher.get("/api/courses", own).data] == [course_id]
    assert eve.get("/api/courses", own).status == 403
    published = school.teacher.post(f"{path}/publish", {})
    assert published.data["status"] == "published"
    assert school.teacher.post(f"{path}/publish", {}).data["version"] == published.data["version"]
    assert client.get(path).status == 200
    assert [row["courseId"] for row in client.get("/api/courses").data] == [course_id]
    events = [entry["DetailType"] for entry in client.cloud.outbox(client.tenant)]
    assert events.count("course.published") == 1
    school.teacher.post(f"{path}/publish", {"isPublished": False})
    assert client.get("/api/courses").data == []


def test_only_the_instructor_edits_and_never_over_another_edit(client: Client, school: School) -> None:
    course_id = school.course()
    path = f"/api/courses/{course_id}"
    etag = school.teacher.get(path).headers["ETag"]
    assert client.as_("eve", "instructor").put(path, COURSE).status == 403
    assert client.as_("student").put(path, COURSE).status == 403
    changed = school.teacher.put(path, {**COURSE, "title": "Programming", "level": 300}, if_match=etag)
    assert (changed.data["title"], changed.data["version"]) == ("Programming", 2)
    assert changed.cost.operations == ["GetItem", "UpdateItem"]
    assert school.teacher.put(path, COURSE, if_match=etag).status == 412
    assert [row["level"] for row in client.get(f"/api/departments/{school.department_id}/courses").data] == [300]


def test_counts_do_not_stand_in_the_way_of_an_edit(school: School) -> None:
    course_id = school.course()
    etag = school.teacher.get(f"/api/courses/{course_id}").headers["ETag"]
    Unit().change(Course.at(course_id=course_id), Course.enrolment_count.add(5)).commit()
    assert school.teacher.put(f"/api/courses/{course_id}", COURSE, if_match=etag).data["statistics"]["enrolments"] == 5


def test_slugs_and_sanitised_text(school: School) -> None:
    course_id = school.course(
        title="Café & Côte: Économie!", description="<p onclick='x()'>Hello<script>alert(1)</script></p>"
    )
    shown = school.client.get(f"/api/courses/{course_id}").data
    assert shown["slug"] == f"cafe-cote-economie-{course_id[-6:].lower()}"
    assert shown["description"] == "<p>Hello</p>"


def test_filters_work_together_and_a_list_is_one_query_and_one_of_names(client: Client, school: School) -> None:
    for title, level, category, difficulty in (
        ("Algebra", 100, "science", "beginner"),
        ("Music of the Sahel", 200, "music", "beginner"),
        ("Advanced algebra", 400, "science", "advanced"),
    ):
        school.course(title=title, level=level, category=category, difficulty=difficulty)

    def titles(**query: object) -> list[str]:
        reply = client.get("/api/courses", query)
        assert reply.cost.operations == (["Query", "BatchGetItem"] if reply.data else ["Query"])
        return [row["title"] for row in reply.data]

    assert titles() == ["Advanced algebra", "Algebra", "Music of the Sahel"]
    assert titles(sort="-title")[0] == "Music of the Sahel"
    assert titles(search="ALGEBRA") == ["Advanced algebra", "Algebra"]
    assert titles(category="science", difficulty="advanced") == ["Advanced algebra"]
    assert titles(level=200) == ["Music of the Sahel"]
    assert titles(departmentId=school.department_id, sort="level") == [
        "Algebra",
        "Music of the Sahel",
        "Advanced algebra",
    ]
    assert titles(departmentId=school.department_id, sort="level", level=100) == ["Algebra"]
    assert titles(instructorId="0" * 26) == []
    assert client.get("/api/courses", {"sort": "level"}).error.fields == {"departmentId"}
    first = client.get("/api/courses", {"limit": 2})
    rest = client.get("/api/courses", {"limit": 2, "cursor": first.pagination["nextCursor"]})
    assert [row["title"] for row in first.data + rest.data] == titles()


def test_lists_by_age_students_and_rating_follow_the_courses(client: Client, tenant: str, school: School) -> None:
    old, new, draft = (school.course(title=title, category="music") for title in ("Old", "New", "Draft"))
    school.client.as_("instructor").post(f"/api/courses/{draft}/publish", {"isPublished": False})
    ada, bola = (school.student(old, name=name) for name in ("ada", "bola"))
    school.student(new, name="ada")
    deliver(client.cloud, tenant)
    ada.post(f"/api/courses/{new}/ratings", {"stars": 5})
    bola.post(f"/api/courses/{old}/ratings", {"stars": 4})
    deliver(client.cloud, tenant)

    def titles(**query: object) -> list[str]:
        reply = client.get("/api/courses", query)
        assert len(reply.cost.operations) <= 3
        return [row["title"] for row in reply.data]

    assert titles(sort="newest") == ["New", "Old"]
    assert titles(sort="popular", search="OL") == ["Old"]
    assert titles(sort="popular", category="music") == ["Old", "New"]
    assert titles(sort="rated") == ["New", "Old"]
    assert titles(sort="newest", category="art") == []
    assert school.teacher.get(
        "/api/courses", {"sort": "newest", "status": "draft", "instructorId": school.teacher.user_id}
    ).error.fields == {"sort"}
    first = client.get("/api/courses", {"sort": "popular", "limit": 1})
    rest = client.get("/api/courses", {"sort": "popular", "limit": 1, "cursor": first.pagination["nextCursor"]})
    assert [row["title"] for row in first.data + rest.data] == ["Old", "New"]


def test_an_event_that_comes_late_leaves_a_standing_as_it_is(client: Client, tenant: str, school: School) -> None:
    course_id = school.course()
    deliver(client.cloud, tenant)
    seen = CourseRanking.require(course_id=course_id).version
    again = CourseCounted(course_id=course_id)
    message = record({"DetailType": again.name, "Source": "lyceum", "Detail": again.model_dump_json(by_alias=True)})
    assert rankings.handler({"Records": [message]}, LAMBDA) == {"batchItemFailures": []}
    assert CourseRanking.require(course_id=course_id).version == seen


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"category": "cooking"}, "category"),
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"timeZone": "../etc/passwd"}, "timeZone"),
        ({"price": {"amount": 0, "currency": "NGN"}}, "price.amount"),
        ({"capacity": 0}, "capacity"),
        ({"grading": {"letters": [{"letter": "B", "fromPercent": 50}, {"letter": "A", "fromPercent": 70}]}}, "grading"),
        ({"grading": {"letters": [{"letter": "A", "fromPercent": 70}]}}, "grading"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_field_is_named(school: School, fields: dict[str, object], named: str) -> None:
    refused = school.teacher.post("/api/courses", {**COURSE, "departmentId": school.department_id, **fields})
    assert (refused.status, refused.error.fields) == (400, {named})


@pytest.mark.parametrize("lessons", [3, 60])
def test_a_courses_page_costs_three_requests_whatever_its_size(client: Client, school: School, lessons: int) -> None:
    course_id = school.course(lessons=lessons)
    student = school.student(course_id)
    reply = student.get(f"/api/courses/{course_id}")
    assert reply.cost.operations == ["Query", "Query", "BatchGetItem"]
    page = reply.data["lessons"]
    assert (len(page["items"]), page["total"]) == (min(lessons, 50), lessons)
    assert reply.data["instructor"]["firstName"] == "Instructor"
    assert reply.data["enrolment"]["progress"]["lessons"] == {"completed": 0, "total": lessons}
    if lessons > 50:
        cursor = client.get(f"/api/courses/{course_id}").data["lessons"]["nextCursor"]
        rest = client.get(f"/api/courses/{course_id}/lessons", {"cursor": cursor})
        assert [row["title"] for row in rest.data] == [f"Lesson {number}" for number in range(51, 61)]
        assert rest.cost.operations == ["BatchGetItem", "BatchGetItem"]
    assert "enrolment" not in client.get(f"/api/courses/{course_id}").data


def test_ratings_are_one_a_student_editable_and_counted(client: Client, tenant: str, school: School) -> None:
    course_id = school.course()
    path = f"/api/courses/{course_id}/ratings"
    ada, bola = (school.student(course_id, name=name) for name in ("ada", "bola"))
    assert client.as_("eve", "student").post(path, {"stars": 1}).error.code == "NOT_ENROLLED"
    assert ada.post(path, {"stars": 6}).error.fields == {"stars"}
    assert ada.post(path, {"stars": 2, "review": "Too fast."}).status == 200
    deliver(client.cloud, tenant)
    ada.post(path, {"stars": 4, "review": "Better now."})
    bola.post(path, {"stars": 5})
    deliver(client.cloud, tenant)
    listed = client.get(path)
    assert sorted((row["stars"], row.get("review")) for row in listed.data) == [(4, "Better now."), (5, None)]
    assert listed.cost.operations == ["Query", "BatchGetItem"]
    assert client.get(f"/api/courses/{course_id}").data["ratings"] == {"mean": 4.5, "count": 2}
