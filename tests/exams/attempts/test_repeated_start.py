"""A start that is sent again tells what may be seen now, and not what could be seen then."""

from tests.exams.conftest import Bank
from tests.support.clock import Clock
from tests.support.http import Client

BODY = {"mode": "practice", "count": 10}


def test_a_start_sent_again_after_the_end_shows_no_paper(client: Client, bank: Bank, clock: Clock) -> None:
    student, body = client.as_("student"), {**BODY, "topicIds": [bank.topic(12)]}
    begun = student.post("/api/exams/start", body, idempotency_key="k1").data
    student.post(f"/api/exams/{begun['examId']}/submit")
    shown = student.get(f"/api/exams/{begun['examId']}").data
    again = student.post("/api/exams/start", body, idempotency_key="k1")
    assert again.data == shown and again.data["state"] != begun["state"]
    assert again.status == 201
