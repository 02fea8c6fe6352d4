"""In the deployed stack: an answer is followed over the socket, a voice note is asked by, a text goes to moderators."""

import io
import math
import wave
from array import array
from typing import Any

import pytest

from demo import load
from tests.e2e.conftest import Remote, Stack, eventually
from tests.e2e.test_realtime import connected, signals
from tests.e2e.test_uploads import send, settled

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
LESSON = "<p>A set is a collection of distinct members. Two sets are equal when they have the same members.</p>"


def course_of(stack: Stack, student: Remote) -> str:
    teacher = stack.as_("instructor")
    department = teacher.get(f"/api/courses/{load.demo_id('csc-201')}").data["departmentId"]
    wanted = {"code": "AI 102", "title": "Sets", "level": 100, "creditUnits": 3, "isPublished": True}
    course_id = teacher.post("/api/courses", {**wanted, "departmentId": department}).data["courseId"]
    lesson_id = teacher.post(f"/api/courses/{course_id}/lessons", {"title": "Sets"}).data["lessonId"]
    assert teacher.post(f"/api/lessons/{lesson_id}/content", {"body": LESSON}).status < 300
    assert student.post(f"/api/courses/{course_id}/enroll").status < 300
    return str(course_id)


def tone() -> bytes:
    """Return a second of a tone, as a recording."""
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(16_000)
        made.writeframes(array("h", (int(9000 * math.sin(place / 9)) for place in range(16_000))).tobytes())
    return out.getvalue()


def test_the_tutor_is_followed_and_hears(stack: Stack) -> None:
    student = stack.as_("student")
    course_id = course_of(stack, student)
    body = tone()
    asked = {"purpose": "recording", "fileName": "note.wav", "contentType": "audio/wav", "sizeBytes": len(body)}
    slot = student.post("/api/uploads", asked).data
    assert send(slot, body, "audio/wav") in {200, 201, 204}
    with connected(stack, student) as socket:
        wanted = {"message": "When are two sets equal?", "courseId": course_id, "stream": True}
        said = student.post("/api/ai/tutoring-chat", wanted).data
        told = signals(socket, "tutor.sentence", len(said["sentences"]))
    shown = sorted((each["data"]["number"], each["data"]["text"]) for each in told)
    assert [text for _, text in shown] == [each["text"] for each in said["sentences"]]
    assert settled(student, slot["uploadId"])["state"] == "ready"
    heard = student.post("/api/ai/tutoring-chat", {"courseId": course_id, "voiceUploadId": slot["uploadId"]}).data
    assert (heard["kind"], heard["heard"]) == ("answer", "What is a set, and when are two sets equal?")
    states = {each["name"]: each["state"] for each in stack.api.get("/api/health").data["models"]}
    assert states["language_model"] == "up"
    assert set(states) > {"training.success", "training.insights"}


def test_what_a_model_finds_toxic_is_looked_at_by_people(stack: Stack, topics: list[str]) -> None:
    student, moderator = stack.as_("student"), stack.as_("moderator")
    question = student.post("/api/ai/recommend-questions", {"topicId": topics[0], "count": 1}).data["questions"][0]
    text = "Nobody wants you here. [[toxic]]"
    wanted = {"questionId": question["questionId"], "title": "About this", "text": text}
    discussion = student.post("/api/discussions", wanted).data["discussionId"]

    def found() -> dict[str, Any] | None:
        rows = moderator.get("/api/admin/reports?type=harassment").data
        return next((each for each in rows if each["itemId"] == discussion), None)

    report = eventually(found, "the model's report is there")
    assert report["found"]["toxicity"] > 0.9
    assert stack.as_("second_student").get(f"/api/discussions/{discussion}").status == 200


def test_an_adaptive_exam_is_sat(stack: Stack, topics: list[str]) -> None:
    student = stack.as_("second_student")
    reply = student.post("/api/exams/start", {"mode": "adaptive", "topicIds": topics[:3], "durationSeconds": 900})
    if reply.status == 422:
        pytest.skip("the demo has too few questions in these topics")
    state = reply.data
    for seq in range(1, 4):
        (question,) = state["questions"]
        given = {"optionIds": [question["options"][0]["id"]]} if question.get("options") else {"text": "4"}
        answer = {"questionId": question["questionId"], "seq": seq, **given}
        assert student.post(f"/api/exams/{state['examId']}/answer", answer).status == 200
        state = student.post(f"/api/exams/{state['examId']}/feedback/{question['questionId']}", {}).data
        if state["adaptive"]["isComplete"]:
            break
    assert state["adaptive"]["asked"] >= 2
    assert student.post(f"/api/exams/{state['examId']}/submit").status == 200
