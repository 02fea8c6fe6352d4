"""A student works without a line in the deployed stack: operations, changes, a batch, and an exam in a pack."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lyceum.kit import ids
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

    def told() -> dict[str, Any] | None:
        changes = pulled(student, cursor)[0]
        return next((each for each in changes if each["key"] == note and each["value"]["isDone"]), None)

    assert eventually(told, "the note is in the feed")["value"]["text"] == "In the bus."


def test_a_student_sits_an_exam_without_a_line(stack: Stack, topics: list[str]) -> None:
    student, teacher = stack.as_("student"), stack.as_("instructor")
    exam = student.post("/api/exams/start", {"mode": "practice", "topicIds": topics[:1], "count": 2}).data
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
