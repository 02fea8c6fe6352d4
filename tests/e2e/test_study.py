"""A student studies in the deployed stack: a plan with its calendar, an exam that makes reviews, a session, a note."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from demo import load
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e


def test_a_student_plans_practises_reviews_and_keeps_notes(stack: Stack, topics: list[str]) -> None:
    student = stack.as_("student")
    target = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
    plan = student.post(
        "/api/study-plans", {"courseId": load.demo_id("csc-201"), "targetDate": target, "title": "Finals"}
    ).data
    assert plan["fits"]
    path = plan["calendarUrl"][plan["calendarUrl"].index("/api/") :]
    feed = stack.api.get(path)
    assert feed.text.startswith("BEGIN:VCALENDAR\r\n")
    headers = {name.lower(): value for name, value in feed.headers.items()}
    assert stack.api.get(path, If_None_Match=headers["etag"]).status == 304
    first = practise(student, topics[0])
    found = eventually(lambda: graded(student), "answers of the exam are counted")
    assert found["streak"]["current"] == 1
    review = student.post(f"/api/reviews/{first}", {"rating": "good"}).data
    assert review["repetitions"] == 2
    session = student.post("/api/study-sessions", {"timer": "pomodoro", "topicIds": topics[:1]}).data
    assert student.send("PATCH", f"/api/study-sessions/{session['sessionId']}", {"action": "finish"}, {}).status == 200
    note = student.post("/api/notes", {"questionId": first, "text": "<b>Again</b> before June."}).data
    assert [each["noteId"] for each in student.get(f"/api/notes?questionId={first}").data] == [note["noteId"]]
    assert student.post("/api/bookmarks", {"questionId": first}).status == 201
    assert len(student.get("/api/personalization/quiz").data["questions"]) == 8
    progress = eventually(lambda: counted(student, plan["planId"]), "answers and reviews are counted towards the plan")
    assert progress["days"][-1]["questionsAnswered"] >= 1
    assert stack.as_("second_student").get(f"/api/study-plans/{plan['planId']}").status == 404
    stack.run_job("study-jobs-review-reminders")


def practise(student: Remote, topic_id: str) -> str:
    """Sit a short practice exam and return a question that was answered."""
    exam = student.post("/api/exams/start", {"mode": "practice", "topicIds": [topic_id], "count": 2}).data
    asked = next(question for question in exam["questions"] if question.get("options"))
    answer = {"questionId": asked["questionId"], "optionIds": [asked["options"][0]["id"]], "seq": 1}
    assert student.post(f"/api/exams/{exam['examId']}/answer", answer).status == 200
    assert student.post(f"/api/exams/{exam['examId']}/submit").status == 200
    return str(asked["questionId"])


def graded(student: Remote) -> dict[str, Any] | None:
    goals: dict[str, Any] = student.get("/api/study/goals").data
    return goals if goals["daily"]["questionsDone"] else None


def counted(student: Remote, plan_id: str) -> dict[str, Any] | None:
    progress: dict[str, Any] = student.get(f"/api/study-plans/{plan_id}/progress").data
    return progress if any(day["questionsAnswered"] for day in progress["days"]) else None
