"""A student in an exam that is watched, and the client that signs what it sees."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import Unit
from lyceum.model.exams.sessions import ExamSession
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.http import Client, Reply

FIRST = "0" * 64


@dataclass
class Watched:
    """An exam session that is watched, with its student's client."""

    client: Client
    clock: Clock
    exam_id: str
    key: str = ""
    number: int = 0
    last: str = FIRST
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/api/proctoring/sessions/{self.exam_id}"

    @property
    def student(self) -> Client:
        return self.client.as_("student")

    @property
    def teacher(self) -> Client:
        return self.client.as_("instructor")

    def start(self, **more: Any) -> Reply:
        """Begin to be watched."""
        wanted = {"examId": self.exam_id, "consents": {"watching": True}, **more}
        reply = self.student.post("/api/proctoring/sessions", wanted)
        if reply.status == 201:
            self.key = reply.data.get("signingKey", "")
        return reply

    def event(self, type_: str = "heartbeat", **facts: Any) -> dict[str, Any]:
        """Return the next event, signed, as a browser would make it."""
        self.number += 1
        at = clocks.iso(clocks.now())
        values = [self.exam_id, self.number, type_, at, facts, self.last]
        text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        made = {
            "number": self.number, "type": type_, "at": at, "facts": facts, "previousHash": self.last,
            "signature": hmac.new(self.key.encode(), text, hashlib.sha256).hexdigest(),
        }  # fmt: skip
        self.last = hashlib.sha256(text).hexdigest()
        self.sent.append(made)
        return made

    def send(self, *events: dict[str, Any]) -> Reply:
        """Send events."""
        return self.student.post(f"{self.path}/events", {"events": list(events)})

    def see(self, type_: str, **facts: Any) -> Any:
        """Make and send one event."""
        return self.send(self.event(type_, **facts)).data

    def rules(self) -> list[str]:
        """Return the rules that were violated, as those see them whose exam it is."""
        return [each["rule"] for each in self.teacher.get(f"{self.path}/violations", {"limit": 100}).data]


@pytest.fixture(autouse=True)
def _within_rights() -> Iterator[None]:
    """Each function touches only what its role may."""
    with within_rights():
        yield


@pytest.fixture
def watched(client: Client, clock: Clock) -> Watched:
    """An exam session of the student's, by the instructor, that runs for two hours."""
    now = clocks.now()
    exam = ExamSession(
        exam_id=ids.new_id(), user_id=client.as_("student").user_id, owner_id=client.as_("instructor").user_id,
        mode="practice_test", state="running", scope="all", policy={"sections": []}, question_count=1, seed="s",
        algorithm=1, scoring=1, paper_hash="h", max_score="1", started_at=now, deadline_at=now + timedelta(hours=2),
        closes_at=now + timedelta(hours=2),
    )  # fmt: skip
    Unit().create(exam).commit()
    return Watched(client, clock, exam.exam_id)
