"""A question bank, a session that runs, and callers that act at once."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from lyceum import clock as clocks
from lyceum import context, ids
from lyceum.model import AnswerKey, AnswerSheet, ExamPaper, ExamSession, Question
from lyceum.settings import settings
from lyceum.table import Entity, write_many
from tests.kit.cloud import Cloud
from tests.kit.http import LAMBDA, Client, Reply
from tests.kit.time import Clock

from exams import sweep
from exams.timing import minute_after

OPTIONS = [{"id": name, "text": f"choice {name}"} for name in "abcd"]
DIFFICULTIES = ("easy", "medium", "hard")
CANARY = "canary-explanation"


@dataclass
class Bank:
    """Approved questions with their keys; "b" is right in every one."""

    questions: dict[str, Question] = field(default_factory=dict)

    def topic(self, count: int, *, marks: float = 1, lots: Callable[[int], str] | None = None, **values: Any) -> str:
        """Put questions of a new topic in the bank; difficulties take turns."""
        topic_id = ids.new_id()
        items: list[Entity] = []
        for number in range(count):
            question_id = ids.new_id()
            lot = lots(number) if lots else hashlib.sha256(f"{topic_id}{number}".encode()).hexdigest()[:16]
            question = Question(
                question_id=question_id, topic_id=topic_id, course_id="c", department_id="d", author_id="u", type="single",
                stem=f"Question {number} of {topic_id}?", difficulty=DIFFICULTIES[number % 3], marks=marks, lot=lot,
                fingerprint=question_id, **{"options": OPTIONS, "status": "approved", **values},
            )  # fmt: skip
            self.questions[question_id] = question
            key = AnswerKey(question_id=question_id, revision=1, correct_option_ids=["b"], explanation=f"{CANARY} {number}")
            items += [question, key]
        write_many(items)
        return topic_id


@pytest.fixture
def bank(cloud: Cloud, tenant: str) -> Iterator[Bank]:
    """An empty bank of the test's tenant; emptied again, since the emulator looks at every item for each query."""
    yield Bank()
    for item in cloud.items(tenant):
        cloud.dynamodb.delete_item(TableName=settings().table, Key={"PK": item["PK"], "SK": item["SK"]})


@dataclass
class Running:
    """A session with its student; `seq` grows by itself."""

    student: Client
    state: dict[str, Any]
    seq: int = 0

    @property
    def id(self) -> str:
        """The session's id."""
        return str(self.state["examId"])

    @property
    def path(self) -> str:
        """Where the session is."""
        return f"/api/exams/{self.id}"

    @property
    def questions(self) -> list[str]:
        """The ids of the questions that the start showed."""
        return [question["questionId"] for question in self.state["questions"]]

    @property
    def deadline(self) -> datetime:
        """When the time is over."""
        return clocks.parse(self.state["deadlineAt"])

    @property
    def closing(self) -> datetime:
        """When the grace is over."""
        return self.deadline + timedelta(seconds=self.state["graceSeconds"])

    def answer(self, question_id: str | None = None, options: str = "b", **values: Any) -> Reply:
        """Save an answer: the first question's right one unless told otherwise."""
        self.seq += 1
        body = {"questionId": question_id or self.questions[0], "optionIds": list(options), "seq": self.seq, **values}
        return self.student.post(f"{self.path}/answer", body)

    def show(self) -> Reply:
        """Ask how it stands."""
        return self.student.get(self.path)

    def submit(self) -> Reply:
        """Finish it."""
        return self.student.post(f"{self.path}/submit", {})

    def summary(self) -> Reply:
        """Ask for its result."""
        return self.student.get(f"{self.path}/summary")

    @property
    def session(self) -> ExamSession:
        """The session as it is stored."""
        return ExamSession.require(exam_id=self.id, consistent=True)

    @property
    def sheet(self) -> AnswerSheet:
        """The answer sheet as it is stored."""
        return AnswerSheet.require(exam_id=self.id, consistent=True)

    @property
    def paper(self) -> ExamPaper:
        """The paper as it is stored."""
        return ExamPaper.require(exam_id=self.id, consistent=True)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events of this session that stand in outboxes."""
        entries = self.student.cloud.outbox(self.student.tenant)
        return [entry for entry in entries if entry["DetailType"] == name and self.id in entry["Detail"]]


Start = Callable[..., Running]


@pytest.fixture
def start(client: Client, clock: Clock, bank: Bank) -> Start:
    """Starts a session of an hour over a new topic of 12 questions, unless told otherwise."""

    def begin(name: str = "student", **values: Any) -> Running:
        student = client.as_(name, "student")
        if "topicIds" not in values:
            values["topicIds"] = [bank.topic(12)]
        reply = student.post("/api/exams/start", {"mode": "timed_exam", "count": 10, "graceSeconds": 30, **values})
        assert reply.status == 201, reply.body
        return Running(student, reply.data)

    return begin


@pytest.fixture
def running(start: Start) -> Running:
    """A session of an hour with 10 questions and a grace of 30 seconds."""
    return start()


@pytest.fixture
def swept(cloud: Any, monkeypatch: pytest.MonkeyPatch, tenant: str) -> Callable[[], None]:
    """Runs the minute schedule for the test's tenant alone, however many others the run has left behind."""
    listed = sweep.tenants.listed
    monkeypatch.setattr(sweep.tenants, "listed", lambda: [item for item in listed() if item.tenant_name == tenant])

    def run() -> None:
        with context.working(context.Work()):
            sweep.handler({}, LAMBDA)

    return run


__all__ = ["CANARY", "OPTIONS", "Bank", "Running", "Start", "minute_after"]
