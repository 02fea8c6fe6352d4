"""A student works without a line in the deployed stack: operations, changes, a batch, and an exam in a pack."""

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from demo import load
from lyceum.kit import ids
from lyceum_client import Lyceum, Surroundings
from lyceum_client.packs import Sitting
from tests.clients.fault_proxy import FaultProxy
from tests.e2e.conftest import Remote, Stack, eventually

from functions.exams.packs import sealing

pytestmark = pytest.mark.e2e


def test_a_student_works_on_without_a_line(stack: Stack, topics: list[str]) -> None:
    student = stack.as_("student")
    results = student.post("/api/batch", {"requests": [{"path": "/api/profile"}, {"path": "/api/nothing"}]}).data
    assert [each["status"] for each in results["results"]] == [200, 404]
    cursor = pulled(student, None)[1]
    note = ids.new_id()
    done = [
        operation(1, "note.create", key=note, value={"topicId": topics[0], "text": "In the bus."}),
        operation(2, "note.update", key=note, value={"isDone": True}, baseVersion=1),
        operation(3, "bookmark.set", key=ids.new_id()),
    ]
    body = {"deviceId": ids.new_id(), "operations": done}
    first = student.post("/api/sync/push", body).data
    assert [each["status"] for each in first["results"]] == ["applied", "applied", "rejected"]
    assert student.post("/api/sync/push", body).data["results"] == first["results"]

    def shown() -> dict[str, Any] | None:
        change = told(student, cursor, "note", note)
        return change if change and change["value"]["isDone"] else None

    assert eventually(shown, "the note is in the feed")["value"]["text"] == "In the bus."


def test_a_student_sits_an_exam_without_a_line(stack: Stack, topics: list[str]) -> None:
    student, teacher = stack.as_("student"), stack.as_("instructor")
    exam = student.post("/api/exams/start", {"mode": "practice", "topicIds": topics[:1], "count": 2}).data
    assert student.post(f"/api/exams/{exam['examId']}/submit").status == 200
    chosen = [each["questionId"] for each in exam["questions"]]
    test = {"title": "Away", "subject": "Sets", "gradeLevel": "200", "questionIds": chosen, "published": True}
    made = teacher.post("/api/practice-tests", {**test, "rules": {"offlineHours": 1}}).data
    device = ids.new_id()
    pack = student.post(f"/api/assessments/{made['assessmentId']}/packs", {"deviceId": device}).data
    key, nonce, content = (base64.b64decode(pack[name]) for name in ("key", "nonce", "content"))
    questions = json.loads(AESGCM(key).decrypt(nonce, content, pack["pin"].encode()))["questions"]
    asked = next(each for each in questions if each.get("options"))
    entry = {
        "position": 1,
        "questionId": asked["question_id"],
        "optionIds": [asked["options"][0]["id"]],
        "elapsedMs": 900,
    }
    now = datetime.now(UTC).isoformat()
    handed = {
        "deviceId": device,
        "paperHash": pack["paperHash"],
        "openedAt": now,
        "closedAt": now,
        "entries": [{**entry, "hash": sealing.link(key, pack["pin"], entry)}],
    }
    receipt = student.post(f"/api/packs/{pack['packId']}/hand-in", handed).data
    assert receipt["state"] == "accepted"
    assert student.post(f"/api/packs/{pack['packId']}/hand-in", handed).data == receipt
    assert student.get(f"/api/exams/{pack['packId']}").data["state"] == "finished"


def test_what_a_course_shares_reaches_who_is_in_it_and_nobody_else(stack: Stack) -> None:
    student, teacher = stack.as_("student"), stack.as_("instructor")
    department = load.demo_id("computer-science")
    course = {"code": "FEED 100", "title": "Shared", "level": 100, "creditUnits": 2}
    made = teacher.post("/api/courses", {**course, "departmentId": department, "isPublished": True}).data
    path = f"/api/courses/{made['courseId']}"
    assert student.post(f"{path}/enroll").status == 201
    eventually(lambda: told(student, None, "course", made["courseId"]), "the course is on the device")
    cursor = pulled(student, None)[1]
    lessons = [
        teacher.post(f"{path}/lessons", {"title": f"Week {week}", "body": "<p>Read.</p>"}).data["lessonId"]
        for week in (1, 2)
    ]
    eventually(lambda: all(told(student, cursor, "lesson", each) for each in lessons), "lessons that were added")
    assert teacher.send("PUT", f"{path}/lessons/order", {"lessonIds": lessons[::-1]}, {}).status == 200
    news = {"courseId": made["courseId"], "title": "Hear", "body": "<p>Now.</p>"}
    assert teacher.post("/api/announcements", news).status == 201
    assert teacher.send("DELETE", f"{path}/lessons/{lessons[0]}", None, {}).status == 200
    eventually(lambda: told(student, cursor, "lessonOrder", made["courseId"]), "their order")
    eventually(lambda: told(student, cursor, "announcement"), "an announcement")
    eventually(lambda: (each := told(student, cursor, "lesson", lessons[0])) and each.get("isRemoved"), "what is gone")
    assert not told(stack.as_("second_student"), None, "course", made["courseId"])


def told(student: Remote, cursor: str | None, kind: str, key: str | None = None) -> dict[str, Any] | None:
    """Return the change of a kind, and of one thing, that a pull tells of."""
    changes = pulled(student, cursor)[0]
    return next((each for each in changes if each["type"] == kind and key in {None, each["key"]}), None)


def test_the_python_client_sits_an_exam_without_a_line(stack: Stack, topics: list[str]) -> None:
    teacher, account = stack.as_("instructor"), stack.facts["accounts"]["second_student"]
    drawing = stack.as_("student")
    exam = drawing.post("/api/exams/start", {"mode": "practice", "topicIds": topics[1:2], "count": 3}).data
    assert drawing.post(f"/api/exams/{exam['examId']}/submit").status == 200
    chosen = [each["questionId"] for each in exam["questions"]]
    test = {"title": "Far away", "subject": "Sets", "gradeLevel": "200", "questionIds": chosen, "published": True}
    made = teacher.post("/api/practice-tests", {**test, "rules": {"offlineHours": 1}}).data
    with FaultProxy(stack.facts["apiUrl"], seed=7, share=0, host=stack.host) as line:
        phone = Lyceum(line.url, surroundings=Surroundings(sleep=lambda seconds: time.sleep(seconds / 10)))
        phone.sign_in(account["email"], account["password"])
        line.share = 0.2
        sitting = Sitting.fetch(phone, made["assessmentId"])
        line.share = 1.0  # nobody answers while the exam is sat
        asked = [each for each in sitting.open()["questions"] if each.get("options")]
        for question in asked:
            sitting.answer(question["question_id"], {"optionIds": [question["options"][0]["id"]]})
        line.share = 0.2
        receipt = sitting.hand_in()
        assert (receipt["state"], sitting.hand_in()) == ("accepted", receipt)
    shown = stack.as_("second_student").get(f"/api/exams/{sitting.pack['packId']}").data
    assert (shown["state"], len(asked)) == ("finished", len(sitting.answers))


def operation(seq: int, kind: str, **fields: Any) -> dict[str, Any]:
    return {"operationId": ids.new_id(), "seq": seq, "type": kind, **fields}


def pulled(student: Remote, cursor: str | None) -> tuple[list[dict[str, Any]], str]:
    """Pull until there is no more, and return the changes and the last cursor."""
    changes: list[dict[str, Any]] = []
    while True:
        answer = student.get(f"/api/sync/pull?cursor={cursor}" if cursor else "/api/sync/pull").data
        changes += answer["changes"]
        cursor = str(answer["cursor"])
        if not answer["hasMore"]:
            return changes, cursor
