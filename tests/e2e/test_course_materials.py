"""What a course is made of, deployed: passages, own drafts, a picture, a copy, and who marks its quizzes."""

from typing import Any

import pytest

from demo import load
from tests.e2e.conftest import Remote, Stack, eventually
from tests.e2e.test_uploads import picture, send

pytestmark = pytest.mark.e2e
COURSE = load.demo_id("mth-101")
TABLE = "stem,a,b,correct\nWhich is a set?,{1},1,a\nWhich is empty?,{},{0},a\n"


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
