"""Studying: a year's plan with its calendar, the queue of a day, a grade, a session, goals."""

from datetime import timedelta
from functools import partial
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.table import write_many
from lyceum.model.questions.question import Question
from lyceum.model.study.reviews import ReviewCard
from tests.bench.requests import rows_of
from tests.support.http import Client, Reply

_TOPICS, _DAYS, _CARDS = 200, 365, 300


def table(client: Client) -> list[str]:
    """Measure and return the rows of a Markdown table."""
    student = client.as_("student")
    question_id = _cards(student.user_id)
    plan_id = student.post("/api/study-plans", _plan_of_a_year()).data["planId"]
    session_id = student.post("/api/study-sessions", {}).data["sessionId"]
    calls = {
        f"POST /api/study-plans ({_TOPICS} topics, {_DAYS} days)": partial(_plan, client),
        "GET /api/study-plans/{planId}": partial(student.get, f"/api/study-plans/{plan_id}"),
        "GET /api/study-plans/{planId}/progress": partial(student.get, f"/api/study-plans/{plan_id}/progress"),
        f"GET /api/reviews/due ({_CARDS} due)": partial(student.get, "/api/reviews/due"),
        "POST /api/reviews/{questionId}": partial(student.post, f"/api/reviews/{question_id}", {"rating": "good"}),
        "PATCH /api/study-sessions/{sessionId}": partial(_pause_or_resume, student, session_id),
        "GET /api/study/goals": partial(student.get, "/api/study/goals"),
    }
    return rows_of("studying", calls)


def figures(client: Client) -> list[str]:
    """Measure figures of learners, boards and badges, and those of a school; return the rows of a Markdown table."""
    student, mentor, admin = (client.as_(role) for role in ("student", "mentor", "admin"))
    mine = f"/api/users/{student.user_id}/analytics"
    calls = {
        "GET /api/dashboard/student": partial(student.get, "/api/dashboard/student"),
        "GET /api/dashboard/mentor": partial(mentor.get, "/api/dashboard/mentor"),
        "GET /api/users/{userId}/analytics/dashboard": partial(student.get, f"{mine}/dashboard"),
        "GET /api/users/{userId}/analytics/trends": partial(student.get, f"{mine}/trends"),
        "GET /api/users/{userId}/analytics/weak-areas": partial(student.get, f"{mine}/weak-areas"),
        "GET /api/users/{userId}/analytics/recommendations": partial(student.get, f"{mine}/recommendations"),
        "GET /api/leaderboards/global": partial(student.get, "/api/leaderboards/global"),
        "GET /api/leaderboards/users/{userId}/rank": partial(
            student.get, f"/api/leaderboards/users/{student.user_id}/rank"
        ),
        "GET /api/achievements/{studentId}": partial(student.get, f"/api/achievements/{student.user_id}"),
        "GET /api/admin/analytics": partial(admin.get, "/api/admin/analytics"),
        "GET /api/admin/anomalies": partial(admin.get, "/api/admin/anomalies"),
        "GET /api/health": partial(student.get, "/api/health"),
    }
    return rows_of("figures", calls)


def _plan(client: Client) -> Reply:
    """Lay a plan for a student who has none: how many one makes is limited."""
    student = client.as_(ids.new_id().lower(), "student")
    return student.post("/api/study-plans", _plan_of_a_year())


def _plan_of_a_year() -> dict[str, Any]:
    topics = [{"title": f"Topic {number}", "estimatedMinutes": 90} for number in range(_TOPICS)]
    target = (clock.now() + timedelta(days=_DAYS)).date().isoformat()
    return {"title": "A year", "targetDate": target, "topics": topics}


def _pause_or_resume(student: Client, session_id: str) -> Reply:
    state = student.get("/api/study-sessions", {"limit": 1}).data["sessions"][0]["state"]
    return student.patch(f"/api/study-sessions/{session_id}", {"action": "resume" if state == "paused" else "pause"})


def _cards(user_id: str) -> str:
    """Enter cards that are due, with their questions, and return one of them."""
    names = [ids.new_id() for _ in range(_CARDS)]
    facts = {"topic_id": "t", "course_id": "c", "department_id": "d", "author_id": "a", "type": "single"}
    now = clock.now()
    for name in names:
        question = Question(
            question_id=name,
            stem="What is 2 + 2?",
            difficulty="easy",
            status="approved",
            fingerprint=name,
            sort_key=name[-16:],
            **facts,
        )
        card = ReviewCard(
            user_id=user_id,
            question_id=name,
            state=2,
            stability=3,
            difficulty=5,
            due_at=now - timedelta(days=1),
            last_review_at=now - timedelta(days=4),
            repetitions=1,
        )
        write_many([question, card])
    return names[0]
