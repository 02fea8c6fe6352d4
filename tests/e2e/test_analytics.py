"""In the deployed stack an exam and a study session become figures, a typeset report and a teacher's view."""

import httpx
import pytest

from tests.e2e.conftest import Stack, eventually

pytestmark = pytest.mark.e2e


def test_what_a_student_does_becomes_figures_and_a_report(stack: Stack, topics: list[str]) -> None:
    student = stack.as_("student")
    user_id = student.get("/api/auth/me").data["userId"]
    dashboard = f"/api/users/{user_id}/analytics/dashboard"
    before = student.get(dashboard).data["totals"]
    exam = student.post("/api/exams/start", {"mode": "practice", "topicIds": topics[:1], "count": 3}).data
    assert student.post(f"/api/exams/{exam['examId']}/submit").status == 200
    session = student.post("/api/study-sessions", {}).data
    assert student.send("PATCH", f"/api/study-sessions/{session['sessionId']}", {"action": "finish"}, {}).status == 200
    job = student.get("/api/analytics/export?format=pdf").data
    table = student.get("/api/analytics/export?format=xlsx").data
    assert table["state"] == "done"
    assert httpx.get(table["result"]).content.startswith(b"PK")
    eventually(
        lambda: student.get(dashboard).data["totals"]["examsTaken"] > before["examsTaken"], "the exam is counted"
    )
    month = student.get("/api/analytics?period=month").data
    assert month["recentActivity"][0]["kind"] in {"exam", "session"}
    assert student.get("/api/dashboard/student").data["totals"]["examsTaken"] > before["examsTaken"]
    assert stack.as_("second_student").get(dashboard).status == 404
    assert student.get("/api/recommendations").status == 200
    assert stack.as_("instructor").get("/api/dashboard/instructor").status == 200
    ready = eventually(
        lambda: (found := student.get(f"/api/jobs/{job['jobId']}").data)["state"] == "done" and found,
        "the report is typeset",
    )
    assert httpx.get(ready["result"]).content.startswith(b"%PDF-")
