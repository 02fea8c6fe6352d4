"""Intelligence in the deployed stack: a tutor speaks from a course, questions are written, models are trained."""

from typing import Any

import pytest

from demo import load
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e
LESSON = "<p>A set is a collection of distinct members. Two sets are equal when they have the same members.</p>"


def test_a_course_is_taught_asked_about_and_examined(stack: Stack, topics: list[str]) -> None:
    teacher, student, admin = stack.as_("instructor"), stack.as_("student"), stack.as_("admin")
    course = {"code": "AI 101", "title": "Sets", "level": 100, "creditUnits": 3, "isPublished": True}
    department = teacher.get(f"/api/courses/{load.demo_id('csc-201')}").data["departmentId"]
    course_id = teacher.post("/api/courses", {**course, "departmentId": department}).data["courseId"]
    lesson_id = teacher.post(f"/api/courses/{course_id}/lessons", {"title": "Sets"}).data["lessonId"]
    assert teacher.post(f"/api/lessons/{lesson_id}/content", {"body": LESSON}).status < 300
    topic_id = teacher.post("/api/topics", {"title": "Sets", "courseId": course_id, "order": 1}).data["topicId"]
    assert student.post(f"/api/courses/{course_id}/enroll").status < 300
    said = student.post("/api/ai/tutoring-chat", {"message": "When are two sets equal?", "courseId": course_id}).data
    assert said["kind"] == "answer"
    assert said["sources"][0]["lessonId"] == lesson_id
    assert len(student.get("/api/ai/tutoring-chat/sessions").data) == 1
    down = student.post("/api/ai/tutoring-chat", {"message": "What are sets? [[down]]", "courseId": course_id})
    assert (down.status, down.json["error"]["code"]) == (503, "MODEL_UNAVAILABLE")
    french = {"message": "Quand deux ensembles sont-ils égaux ?", "courseId": course_id, "chatId": said["chatId"]}
    answered = eventually(lambda: in_course(student, french), "the lesson is found by what it means")
    assert answered["sources"][0]["lessonId"] == lesson_id
    guide = student.post("/api/ai/generate-study-guide", {"courseId": course_id}).data
    assert guide["sections"]
    path = student.post("/api/ai/optimize-path", {"courseId": course_id}).data
    assert [step["topicId"] for step in path["steps"]] == [topic_id]
    assert student.post("/api/ai/recommend-questions", {"topicId": topics[0], "count": 3}).data["questions"]
    job = teacher.post("/api/ai/generate-questions", {"topicId": topic_id, "count": 1}).data["jobId"]
    done = eventually(lambda: ended(teacher, job), "questions are written")
    assert done["state"] == "done", done
    (question,) = teacher.get(f"/api/ai/generate-questions?courseId={course_id}").data
    assert question["state"] == "waiting"
    yes = {"courseId": course_id, "decision": "approved"}
    assert teacher.post(f"/api/ai/generate-questions/{question['draftId']}/decide", yes).data["questionId"]
    essay = {
        "text": "Rivers carry water to the sea, and the sea gives it back to them as rain.",
        "criteria": [CRITERION],
    }
    assert teacher.post("/api/ai/grade-essay", essay).data["state"] == "draft"
    retrain = admin.post("/api/ai/models/success/retrain").data["jobId"]
    assert eventually(lambda: ended(admin, retrain), "training ends")["error"]["code"] == "RULE_VIOLATION"
    assert len(admin.get("/api/ai/models").data["models"]) >= 5
    assert stack.as_("second_student").get("/api/admin/cheating-detection").status == 403


CRITERION = {"id": "idea", "text": "Idea", "levels": [{"id": "low", "text": "Weak"}, {"id": "top", "text": "Good"}]}


def in_course(who: Remote, question: dict[str, str]) -> dict[str, Any] | None:
    """Return the tutor's answer once there is one."""
    said: dict[str, Any] = who.post("/api/ai/tutoring-chat", question).data
    return said if said["kind"] == "answer" else None


def ended(who: Remote, job_id: str) -> dict[str, Any] | None:
    """Return a job once it has ended."""
    job: dict[str, Any] = who.get(f"/api/jobs/{job_id}").data
    return job if job["state"] in {"done", "failed"} else None
