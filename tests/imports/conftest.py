"""The way of a file of questions: an import is opened, read by a worker, confirmed, and written by another worker."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from lyceum.kit import clock, ids
from lyceum.kit.settings import settings
from lyceum.kit.table import find, write_many
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.imports import ImportJob
from lyceum.model.questions.question import Question
from tests.support.acting import acting
from tests.support.http import LAMBDA, Client, Reply
from tests.support.workers import consumers, record

OPEN = "/api/admin/import/questions"
TABLE = (
    "stem,a,b,correct\n"
    "Which gas do plants take in?,Oxygen,Carbon dioxide,b\n"
    "Which planet is the largest?,Jupiter,Mars,a\n"
    "Broken?,x,y,z\n"
)


@dataclass
class Importer:
    """Somebody who imports questions, a moderator unless it is said, with a topic and the workers behind imports."""

    client: Client
    topic_id: str
    course_id: str

    @property
    def moderator(self) -> Client:
        """Whoever imports."""
        return self.client.as_("moderator")

    def open(self, text: str = TABLE, kind: str = "csv", **asked: Any) -> Reply:
        """Open an import with its file."""
        wanted = {"format": kind, "fileName": f"questions.{kind}", "text": text, "defaults": {"topicId": self.topic_id}}
        return self.moderator.post(OPEN, {name: value for name, value in (wanted | asked).items() if value is not None})

    def parsed(self, text: str = TABLE, kind: str = "csv", **asked: Any) -> str:
        """Open an import and let its file be read; returns its id."""
        job_id = str(self.open(text, kind, **asked).data["jobId"])
        assert self.arrive(job_id) == []
        return job_id

    def path(self, job_id: str, part: str = "") -> str:
        """Return the address of an import."""
        return f"/api/admin/import/{job_id}{part}"

    def shown(self, job_id: str) -> dict[str, Any]:
        """Return what the moderator sees of an import."""
        seen: dict[str, Any] = self.moderator.get(self.path(job_id)).data
        return seen

    def rows(self, job_id: str, **query: Any) -> list[dict[str, Any]]:
        """Return what the rows would become."""
        seen: list[dict[str, Any]] = self.moderator.get(self.path(job_id, "/preview"), query).data
        return seen

    def confirm(self, job_id: str, who: Client | None = None, **wanted: Any) -> Reply:
        """Have an import's rows written."""
        return (who or self.moderator).post(self.path(job_id, "/confirm"), wanted)

    def message(self, key: str, event_id: str | None = None, bucket: str | None = None) -> dict[str, Any]:
        """Return the queue message that says a file arrived."""
        detail = {"bucket": {"name": bucket or settings().bucket}, "object": {"key": key, "size": 1}}
        envelope = {
            "id": event_id or ids.new_id(),
            "detail-type": "Object Created",
            "source": "aws.s3",
            "time": clock.iso(clock.now()),
            "detail": detail,
        }
        return {"messageId": ids.new_id(), "body": json.dumps(envelope)}

    def arrive(self, job_id: str, **message: Any) -> list[dict[str, str]]:
        """Tell the worker that an import's file arrived; returns the messages that failed."""
        return self.work("functions.imports.events.parse", self.message(self.stored(job_id).key, **message))

    def work(self, worker: str, *records: dict[str, Any]) -> list[dict[str, str]]:
        """Hand messages to a worker; returns those that failed."""
        with acting(worker):
            failures: list[dict[str, str]] = consumers()[worker].handler({"Records": list(records)}, LAMBDA)[
                "batchItemFailures"
            ]
        return failures

    def told(self, name: str) -> list[dict[str, Any]]:
        """Return the events of a kind that stand in the outboxes."""
        return [entry for entry in self.client.cloud.outbox(self.client.tenant) if entry["DetailType"] == name]

    def run(self, job_id: str, rounds: int = 20) -> None:
        """Let the worker write until it says no more that it goes on."""
        seen: set[str] = set()
        for _ in range(rounds):
            fresh = [
                entry
                for entry in self.told("import.write")
                if json.loads(entry["Detail"])["jobId"] == job_id and entry["Detail"] not in seen
            ]
            if not fresh:
                return
            seen |= {entry["Detail"] for entry in fresh}
            assert self.work("functions.imports.events.write", *(record(entry) for entry in fresh)) == []

    def stored(self, job_id: str) -> ImportJob:
        """Return the record of an import."""
        return ImportJob.require(job_id=job_id, consistent=True)

    def questions(self, status: str = "pending") -> list[Question]:
        """Return the topic's questions of a status."""
        found = find(Question, index="gsi2", status=status, limit=1000).items
        return [question for question in found if question.topic_id == self.topic_id]


def new_importer(client: Client) -> Importer:
    """Return one with a course and a topic of its own."""
    topic_id, course_id = ids.new_id(), ids.new_id()
    course = Course(
        course_id=course_id,
        department_id="D",
        instructor_id="I",
        code="BIO 101",
        title="Biology",
        level=100,
        credit_units=3,
    )
    write_many([course, Topic(topic_id=topic_id, course_id=course_id, department_id="D", title="Plants", order=1)])
    return Importer(client, topic_id, course_id)


@pytest.fixture
def importer(client: Client) -> Importer:
    """Somebody who imports questions into a course and its topic."""
    return new_importer(client)
