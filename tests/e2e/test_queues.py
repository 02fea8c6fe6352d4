"""Queues in the deployed stack: an event that comes again changes nothing, a poison message blocks nobody."""

import time
from typing import Any

import pytest

from tests.e2e.conftest import Stack, eventually
from tests.e2e.test_story import run_exam, topic_count

pytestmark = pytest.mark.e2e


def test_an_event_that_comes_again_changes_nothing(stack: Stack, topics: list[str]) -> None:
    student = stack.as_("student")
    exam_id = run_exam(student, [topics[4]], 2)["examId"]

    def notes() -> list[Any]:
        return [
            note for note in student.get("/api/notifications").data if note.get("data", {}).get("examId") == exam_id
        ]

    def mails() -> list[Any]:
        return stack.mails_about(notes()[0])

    eventually(notes, "the notification")
    eventually(mails, "the e-mail")
    question_id = student.get(f"/api/exams/{exam_id}/summary").data["questions"][0]["questionId"]
    statistics = f"/api/questions/{question_id}/statistics"
    instructor = stack.as_("instructor")
    attempts = eventually(lambda: instructor.get(statistics).data["attempts"] or None, "the statistics")
    session = stack.stored(f"EXAM#{exam_id}", "SESSION")
    assert session is not None
    told = session["outbox"]["L"][0]["M"]
    entry = {"Source": "lyceum", "DetailType": told["name"]["S"], "Detail": told["detail"]["S"]}
    stack.put_events(entry, entry, entry)
    time.sleep(6)
    assert (len(notes()), len(mails())) == (1, 1)
    assert instructor.get(statistics).data["attempts"] == attempts


def test_a_poison_message_ends_with_the_dead_letters_and_blocks_nobody(stack: Stack, topics: list[str]) -> None:
    sqs = stack.aws("sqs")
    queue = sqs.get_queue_url(QueueName="lyceum-local-catalog-events")["QueueUrl"]
    dead = sqs.get_queue_url(QueueName="lyceum-local-catalog-dead")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "2"})
    before = topic_count(stack.api, topics[5])
    sqs.send_message(QueueUrl=queue, MessageBody='{"detail-type": "no.such_event", "detail": {}}')
    question = {
        "type": "single",
        "topicId": topics[5],
        "stem": "Which number is prime?",
        "difficulty": "easy",
        "correctOptionIds": ["a"],
        "options": [{"id": "a", "text": "seven"}, {"id": "b", "text": "eight"}],
    }
    made = stack.as_("instructor").post("/api/questions", question).data
    stack.as_("moderator").post("/api/admin/questions/batch-approve", {"questionIds": [made["questionId"]]})
    eventually(lambda: topic_count(stack.api, topics[5]) == before + 1, "the counter")

    def parked() -> list[Any]:
        messages = sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages", [])
        return [message for message in messages if "no.such_event" in message["Body"]]

    eventually(parked, "the dead letter")
