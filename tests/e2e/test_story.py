"""One true story through every kind of trigger, in the deployed stack with permissions enforced."""

import json
import urllib.request
from typing import Any

import pytest

from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e

QUESTION = {
    "type": "single",
    "stem": "How many sides has a hexagon?",
    "options": [{"id": "a", "text": "five"}, {"id": "b", "text": "six"}, {"id": "c", "text": "seven"}],
    "correctOptionIds": ["b"],
    "explanation": "<b>Hexa</b> is Greek for six.<script>alert(1)</script>",
    "difficulty": "easy",
    "marks": 1,
}


def topic_count(api: Remote, topic_id: str) -> int:
    return int(api.get(f"/api/topics/{topic_id}").data["questionCount"])


def run_exam(student: Remote, topic_ids: list[str], count: int = 5) -> dict[str, Any]:
    exam = student.post("/api/exams/start", {"mode": "practice", "topicIds": topic_ids, "count": count}).data
    for question in exam["questions"]:
        saved = student.post(
            f"/api/exams/{exam['examId']}/answer",
            {
                "questionId": question["questionId"],
                "optionIds": [question["options"][0]["id"]],
                "seq": 1,
                "timeSpentSeconds": 3,
            },
        )
        assert saved.status == 200, saved.text
    receipt: dict[str, Any] = student.post(f"/api/exams/{exam['examId']}/submit").data
    return receipt


def test_a_newcomer_registers_and_signs_in(stack: Stack) -> None:
    person = {
        "email": "zola@example.com",
        "username": "zola",
        "password": "a quiet green river",
        "firstName": "Zola",
        "lastName": "N",
    }
    assert stack.api.post("/api/auth/register", person).status in {201, 409}
    zola = stack.api.sign_in("zola@example.com", person["password"])
    me = zola.get("/api/auth/me").data
    assert (me["username"], me["role"]) == ("zola", "student")
    assert stack.api.get("/.well-known/jwks.json").json["keys"][0]["alg"] == "ES256"


def test_a_question_is_written_approved_and_counted(stack: Stack, topics: list[str]) -> None:
    instructor, moderator = stack.as_("instructor"), stack.as_("moderator")
    before = topic_count(stack.api, topics[0])
    made = instructor.post("/api/questions", {**QUESTION, "topicId": topics[0]}).data
    assert "<script>" not in json.dumps(made)
    results = moderator.post(
        "/api/admin/questions/batch-approve", {"questionIds": [made["questionId"], "0" * 26]}
    ).data["results"]
    assert [result["result"] for result in results] == ["approved", "not_found"]
    eventually(lambda: topic_count(stack.api, topics[0]) == before + 1, "the topic's counter")
    again = moderator.post("/api/admin/questions/batch-approve", {"questionIds": [made["questionId"]]}).data["results"]
    assert again[0]["result"] != "approved"
    assert topic_count(stack.api, topics[0]) == before + 1


def test_a_student_draws_answers_submits_and_sees_the_summary(stack: Stack, topics: list[str]) -> None:
    student = stack.as_("student")
    assert len(student.get(f"/api/questions/random?topicId={topics[1]}&count=5").data["questions"]) == 5
    receipt = run_exam(student, [topics[1]])
    exam_id = receipt["examId"]
    assert student.post(f"/api/exams/{exam_id}/submit").data["score"] == receipt["score"]
    summary = student.get(f"/api/exams/{exam_id}/summary").data
    assert len(summary["questions"]) == 5
    assert all(question["correctOptionIds"] and question["explanation"] for question in summary["questions"])
    assert stack.as_("second_student").get(f"/api/exams/{exam_id}/summary").status == 404


def test_a_finished_exam_is_told_once_in_inbox_and_mail_and_counted(stack: Stack, topics: list[str]) -> None:
    student = stack.as_("second_student")
    receipt = run_exam(student, [topics[2]])
    exam_id = receipt["examId"]

    def told() -> list[dict[str, Any]]:
        return [
            note for note in student.get("/api/notifications").data if note.get("data", {}).get("examId") == exam_id
        ]

    (note,) = eventually(told, "the notification")
    mails = eventually(lambda: stack.mails_about(note) or None, "the e-mail")
    assert len(told()) == 1
    assert len(mails) == 1
    question_id = student.get(f"/api/exams/{exam_id}/summary").data["questions"][0]["questionId"]
    instructor = stack.as_("instructor")
    eventually(
        lambda: instructor.get(f"/api/questions/{question_id}/statistics").data["attempts"] >= 1,
        "the question's statistics",
    )


def test_the_running_demonstration_exam_or_a_short_one_is_finished_by_the_sweep(
    stack: Stack, topics: list[str]
) -> None:
    student = stack.as_("student")
    asked = {"mode": "timed_exam", "topicIds": [topics[3]], "count": 3, "durationSeconds": 60, "graceSeconds": 0}
    exam = student.post("/api/exams/start", asked).data

    def ended() -> dict[str, Any] | None:
        past = [item for item in student.get("/api/exams/history").data if item["examId"] == exam["examId"]]
        return past[0] if past and past[0].get("score") is not None else None

    finished = eventually(ended, "the sweep", seconds=200)
    assert finished["cause"] == "expired"
    assert finished["finishedAt"] == exam["deadlineAt"]


def test_a_second_tenant_sees_none_of_it(stack: Stack, topics: list[str]) -> None:
    stack.make_tenant("harbour")
    other = Remote(stack.facts["apiUrl"], host=f"harbour.localhost:{stack.place.port}")
    assert other.get(f"/api/topics/{topics[0]}").status == 404
    assert other.get("/api/universities").data == []
    person = {
        "email": "amina.bello@example.com",
        "username": "amina",
        "password": "a quiet green river",
        "firstName": "A",
        "lastName": "B",
    }
    assert other.post("/api/auth/register", person).status in {201, 409}
    stranger = other.sign_in("amina.bello@example.com", person["password"])
    assert stranger.get("/api/questions").data == []
    start = stranger.post("/api/exams/start", {"mode": "practice", "topicIds": [topics[0]], "count": 1})
    assert start.status in {404, 422}


def test_documentation_needs_no_internet(stack: Stack) -> None:
    page = stack.api.get("/docs")
    assert "SwaggerUIBundle" in page.text
    assert "http://" not in page.headers["Content-Security-Policy"]
    with urllib.request.urlopen(stack.facts["apiUrl"] + "/openapi.json", timeout=30) as answer:
        assert json.load(answer)["openapi"] == "3.1.0"
