"""A term in the deployed stack: thirty students enrol, learn, hand in (some late), are graded, complete the course.

And what a course is made of: passages, own drafts, a picture, a copy, and who marks its quizzes.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from demo import load
from lyceum.kit import context, ids
from tests.e2e.conftest import Remote, Stack, eventually
from tests.e2e.test_uploads import picture, send

pytestmark = pytest.mark.e2e
COURSE = load.demo_id("mth-101")
STUDENTS = 30
PASSWORD = "a quiet green river"
TABLE = "stem,a,b,correct\nWhich is a set?,{1},1,a\nWhich is empty?,{},{0},a\n"


def pupils(stack: Stack) -> list[Remote]:
    """Enter thirty students and sign them in; registering so many from one address is refused, as it should be."""
    names = [f"pupil{number}-{ids.new_id()[-8:].lower()}" for number in range(STUDENTS)]
    for name in names:
        person = {
            "key": name,
            "email": f"{name}@example.com",
            "username": name,
            "firstName": name.title(),
            "lastName": "Test",
            "role": "student",
        }
        with context.working(context.RequestContext(stack.tenant, actor="demo")):
            load.enter(person, {"email": person["email"], "password": PASSWORD})
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda name: stack.api.sign_in(name, PASSWORD), names))


def test_a_term_from_the_first_day_to_the_last(stack: Stack) -> None:
    teacher, students = stack.as_("instructor"), pupils(stack)
    fields = {
        "code": "CSC 999",
        "title": "A whole term",
        "level": 900,
        "creditUnits": 3,
        "capacity": STUDENTS,
        "isPublished": True,
    }
    course_id = teacher.post("/api/courses", {**fields, "departmentId": load.demo_id("computer-science")}).data[
        "courseId"
    ]
    path, quiz_id = f"/api/courses/{course_id}", ids.new_id()
    lessons = [
        teacher.post(f"{path}/lessons", {"title": f"Week {week}", "body": "<p>Read.</p>"}).data["lessonId"]
        for week in (1, 2)
    ]
    now = datetime.now(UTC)
    policy = {"kind": "deduct", "percentPerDay": "10", "floorPercent": "50"}
    essay, late = (
        teacher.post(
            "/api/assignments",
            {"courseId": course_id, "title": title, "points": "20", "dueAt": due.isoformat(), "latePolicy": policy},
        ).data["assignmentId"]
        for title, due in (("Essay", now + timedelta(days=2)), ("Late essay", now - timedelta(hours=30)))
    )
    stack.publish("quiz.published", quizId=quiz_id, courseId=course_id, title="Quiz", isRequired=False)

    def study(student: Remote) -> None:
        assert student.post(f"{path}/enroll").status == 201
        for lesson_id in lessons:
            assert student.post("/api/lessons/complete", {"lessonId": lesson_id}).status == 200
        for assignment_id in (essay, late):
            assert (
                student.post("/api/assignments/submit", {"assignmentId": assignment_id, "text": "<p>Done.</p>"}).status
                == 200
            )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(study, students))
    assert stack.as_("student").post(f"{path}/enroll").json["error"]["code"] == "COURSE_FULL"
    works = teacher.get(f"/api/assignments/{late}/submissions?limit=33").data
    assert [(work["daysLate"], work["state"]) for work in works] == [(2, "submitted")] * STUDENTS

    def grade(work: dict[str, Any]) -> str:
        given = teacher.post(f"/api/assignments/{late}/grade", {"submissionId": work["submissionId"], "points": "15"})
        return str(given.data["finalPoints"])

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(grade, works)) == {"12.00"}
    me = students[0].get("/api/auth/me").data["userId"]
    result = {
        "mode": "quiz",
        "cause": "submitted",
        "score": "8",
        "maxScore": "10",
        "percent": "80",
        "passed": True,
        "topicIds": [],
    }
    stack.publish(
        "exam.completed",
        examId="e",
        userId=me,
        courseId=course_id,
        quizId=quiz_id,
        finishedAt=now.isoformat(),
        **result,
    )

    def finished() -> bool:
        return bool(teacher.get(path).data["statistics"]["completions"] == STUDENTS)

    eventually(finished, "the completions", seconds=240)
    eventually(
        lambda: teacher.get("/api/courses?sort=popular&limit=1").data[0]["courseId"] == course_id,
        "the place among the popular courses",
    )
    shown = students[0].get(f"{path}/progress").data
    assert (shown["percent"], shown["assignments"]) == (100, {"completed": 2, "total": 2})
    report = eventually(
        lambda: [each for each in students[0].get(f"/api/grades/{me}").data["courses"] if len(each["grades"]) == 2],
        "the quiz's grade",
    )
    assert report[0]["percent"] == "66.67"
    assert len(teacher.get(f"{path}/gradebook?format=csv").text.splitlines()) == STUDENTS + 1
    eventually(
        lambda: students[1].get("/api/notifications?type=assignment.graded").data, "the notification of the grade"
    )
    assert teacher.send("DELETE", path, None, {}).json["error"]["code"] == "HAS_GRADES"
    assert stack.as_("admin").send("DELETE", f"{path}?force=true", None, {}).status == 200
    assert students[0].get(path).status == 404
    table = stack.aws("dynamodb")
    names = {"TableName": stack.output("TableName"), "KeyConditionExpression": "PK = :pk"}
    submissions = {":pk": {"S": f"{stack.tenant}|SUBMISSION#{essay}"}}
    eventually(lambda: table.query(**names, ExpressionAttributeValues=submissions)["Count"] == 0, "the purge")
    (kept,) = students[0].get("/api/grades/" + students[0].get("/api/auth/me").data["userId"]).data["courses"]
    assert (kept["courseId"], kept["isDeleted"]) == (course_id, True)


def essay(topic_id: str, **values: Any) -> dict[str, Any]:
    words = {"type": "theory", "topicId": topic_id, "difficulty": "easy", "marks": "4"}
    return {**words, "stem": "What does the text say?", **values}


def imported(teacher: Remote, topic_id: str) -> list[str]:
    """Let an instructor import a table, and return the drafts that it becomes."""
    asked = {"format": "csv", "fileName": "own.csv", "text": TABLE, "defaults": {"topicId": topic_id}}
    path = f"/api/admin/import/{teacher.post('/api/admin/import/questions', asked).data['jobId']}"
    eventually(lambda: teacher.get(path).data["state"] == "parsed", "the reading of the file")
    assert teacher.post(f"{path}/confirm").data["asDrafts"]
    eventually(lambda: teacher.get(path).data["state"] == "completed", "the writing of the drafts")
    me = teacher.get("/api/auth/me").data["userId"]
    found = teacher.get(f"/api/questions?status=draft&authorId={me}").data
    return [each["questionId"] for each in found if each["topicId"] == topic_id]


def test_passages_drafts_and_a_picture_make_a_course_that_is_copied_and_handed_over(
    stack: Stack, topics: list[str]
) -> None:
    teacher, student = stack.as_("instructor"), stack.as_("student")
    drafts = imported(teacher, topics[0])
    passage = teacher.post("/api/passages", {"text": "<p>Sets have elements.</p>"}).data["passageId"]
    question = teacher.post("/api/questions", essay(topics[0], passageId=passage, isDraft=True)).data["questionId"]
    body = {"courseId": COURSE, "title": "Reading", "questionIds": [question, *drafts[:1]], "published": True}
    quiz = teacher.post("/api/quizzes", body).data["assessmentId"]
    student.post(f"/api/courses/{COURSE}/enroll")
    exam = student.post(f"/api/quizzes/{quiz}/start").data
    (asked,) = [each for each in exam["questions"] if each["questionId"] == question]
    assert asked["passage"]["text"] == "<p>Sets have elements.</p>"

    image = picture()
    file = {"fileName": "sets.jpg", "contentType": "image/jpeg", "sizeBytes": len(image)}
    slot = teacher.post(f"/api/courses/{COURSE}/thumbnail", file).data
    assert send(slot, image, "image/jpeg") in {200, 201, 204}
    course = f"/api/courses/{COURSE}"
    shown = eventually(
        lambda: teacher.get(course).data.get("thumbnailUploadId") == slot["uploadId"] and teacher.get(course).data,
        "the picture of the course",
    )
    assert shown["thumbnail"]

    copy = teacher.post(f"{course}/copy", {"title": "Next year"}).data["courseId"]
    copied = eventually(lambda: teacher.get(f"/api/courses/{copy}").data["quizzes"], "the quizzes of the copy")
    assert "Reading" in {each["title"] for each in copied}
    assert quiz not in {each["quizId"] for each in copied}

    answer = {"questionId": question, "text": "They have elements.", "seq": 1}
    assert student.post(f"/api/exams/{exam['examId']}/answer", answer).status == 200
    student.post(f"/api/exams/{exam['examId']}/submit")
    admin = stack.as_("admin")
    new_owner = stack.as_("moderator")
    me = new_owner.get("/api/auth/me").data["userId"]
    handed_over = admin.send("PUT", f"{course}/teachers", {"instructorId": me}, {})
    assert handed_over.status == 200, handed_over.text
    eventually(
        lambda: exam["examId"] in {each["examId"] for each in new_owner.get("/api/exams/grading-queue").data},
        "the queue of whose course it is now",
    )
