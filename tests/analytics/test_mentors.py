"""What mentors see of their queue and of their answers."""

from datetime import UTC, datetime
from typing import Any

from lyceum.kit.table import write_many
from lyceum.model.community.questions import HelpQuestion, MentorOffer
from lyceum.model.mentors import MentorFigures
from tests.support.clock import Clock
from tests.support.http import Client

AT = datetime(2027, 1, 2, tzinfo=UTC)


def test_a_mentor_sees_what_waits_by_subject_and_what_was_helpful(client: Client, clock: Clock) -> None:
    mentor = client.as_("m", "mentor")
    states: list[dict[str, Any]] = [
        {"subject": "Maths"}, {"subject": "Maths", "urgency": "high"}, {"subject": "Physics"},
        {"subject": "Physics", "status": "answered"}, {"subject": "Physics", "held": {"spam": "It repeats."}},
    ]  # fmt: skip
    for number, state in enumerate(states):
        name = f"q{number}"
        fields = {"subject_key": state["subject"].lower(), "title": "t", "text": "t", "asked_at": AT, **state}
        write_many(
            [
                HelpQuestion(question_id=name, **fields),
                MentorOffer(mentor_id=mentor.user_id, question_id=name, reason="subject", offered_at=AT),
            ]
        )
    figures = {"answers": 4, "helpful": 6, "accepted": 3, "first_answers": 2, "answer_seconds": 600}
    write_many([MentorFigures(user_id=mentor.user_id, **figures)])
    reply = mentor.get("/api/dashboard/mentor")
    shown = reply.data
    assert [(row["subject"], row["count"], row["urgent"]) for row in shown["openQuestions"]] == [
        ("Maths", 2, 1), ("Physics", 1, 0)
    ]  # fmt: skip
    assert (shown["openCount"], shown["answers"], shown["acceptedPercent"]) == (3, 4, 75.0)
    assert (shown["helpfulPerAnswer"], shown["meanSecondsToAnswer"]) == (1.5, 300)
    assert reply.cost.requests == 2


def test_who_never_helped_has_a_dashboard_and_students_have_none(client: Client) -> None:
    shown = client.as_("m", "mentor").get("/api/dashboard/mentor").data
    assert (shown["openCount"], shown["answers"]) == (0, 0)
    assert "acceptedPercent" not in shown
    assert client.as_("student").get("/api/dashboard/mentor").status == 403
