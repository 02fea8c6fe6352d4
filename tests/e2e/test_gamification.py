"""An exam in the deployed stack gives points, a rank and a badge, of which the inbox tells."""

from typing import Any

import pytest

from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e


def test_an_exam_gives_points_a_rank_and_a_badge(stack: Stack, topics: list[str]) -> None:
    student = stack.as_("student")
    user_id = student.get("/api/auth/me").data["userId"]
    exam = student.post("/api/exams/start", {"mode": "practice", "topicIds": topics[:1], "count": 3}).data
    assert student.post(f"/api/exams/{exam['examId']}/submit").status == 200
    earned = eventually(lambda: first_exam(student, user_id), "the badge of the first exam is earned")
    assert earned["figures"]["exams"] == 1
    eventually(
        lambda: [note for note in student.get("/api/notifications").data if note["type"] == "badge.earned"],
        "the inbox tells of the badge",
    )
    session = student.post("/api/study-sessions", {}).data
    assert student.send("PATCH", f"/api/study-sessions/{session['sessionId']}", {"action": "finish"}, {}).status == 200
    board = stack.api.get("/api/leaderboards/global").data
    assert board["userCount"] == len(board["rankings"])
    ranks = student.get(f"/api/leaderboards/users/{user_id}/rank").data["ranks"]
    assert all(row["rank"] >= 1 for row in ranks)
    assert stack.as_("second_student").get(f"/api/leaderboards/users/{user_id}/rank").status == 404


def first_exam(student: Remote, user_id: str) -> dict[str, Any] | None:
    """Return a student's achievements once the badge of the first exam is among them."""
    found: dict[str, Any] = student.get(f"/api/achievements/{user_id}").data
    badges = {badge["badgeId"]: badge["progress"][0]["isEarned"] for badge in found["achievements"]}
    return found if badges["first_exam"] else None
