"""The sample events are what the workers read."""

import json
from pathlib import Path

import pytest

from lyceum.events.notifications import NotificationCreated
from lyceum.kit.consumers.consumer import _read
from lyceum.kit.event import Event

from functions.notifications.placing import notification_id

EVENTS = Path(__file__).parents[2] / "events"
QUEUED = sorted((EVENTS / "sqs").glob("*.json"))


def events_of(path: Path) -> list[Event]:
    return [_read(record["body"]) for record in json.loads(path.read_text())["Records"]]


@pytest.mark.parametrize("path", QUEUED, ids=lambda path: path.stem)
def test_every_sample_of_a_queue_is_a_message_that_a_worker_reads(path: Path) -> None:
    records = json.loads(path.read_text())["Records"]
    assert records and all(record["messageId"] and record["eventSource"] == "aws:sqs" for record in records)
    assert all(event.tenant for event in events_of(path))


def test_there_are_samples() -> None:
    assert {"exam-completed", "notification-created"} <= {path.stem for path in QUEUED}


def test_the_sample_notification_is_the_one_that_the_sample_exam_makes() -> None:
    (completed,) = events_of(EVENTS / "sqs/exam-completed.json")
    (created,) = events_of(EVENTS / "sqs/notification-created.json")
    assert isinstance(created, NotificationCreated)
    assert created.notification_id == notification_id(completed, "exam.result", created.user_id)
