"""A question bank, a session that runs, and callers that act at once."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit import context, ids
from lyceum.kit.jobs import tenants
from lyceum.kit.settings import settings
from lyceum.kit.table import Entity, batch_fetch, write_many
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import AnswerSheet, ExamPaper, ExamSession
from lyceum.model.questions.question import AnswerKey, Question
from lyceum.rules.exams import answer_sheets
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, Client, Reply

from functions.exams import jobs
from functions.exams.attempts.timing import minute_after

OPTIONS = [{"id": name, "text": f"choice {name}"} for name in "abcd"]
DIFFICULTIES = ("easy", "medium", "hard")
CANARY = "canary-explanation"


@dataclass
class Bank:
    """Approved questions with their keys; "b" is right in every one."""

    questions: dict[str, Question] = field(default_factory=dict)

    def topic(
        self,
        count: int,
        *,
        marks: float = 1,
        sort_keys: Callable[[int], str] | None = None,
        key: dict[str, Any] | None = None,
        explanation: str | None = None,
        **values: Any,
    ) -> str:
        """Put questions of a new topic in the bank; difficulties take turns."""
        topic_id = ids.new_id()
        items: list[Entity] = []
        for number in range(count):
            question_id = ids.new_id()
            random = hashlib.sha256(f"{topic_id}{number}".encode()).hexdigest()[:16]
            question = Question(
                question_id=question_id,
                topic_id=topic_id,
                course_id="c",
                department_id="d",
                difficulty=DIFFICULTIES[number % 3],
                marks=marks,
                sort_key=sort_keys(number) if sort_keys else random,
                fingerprint=question_id,
                **{
                    "stem": f"Question {number} of {topic_id}?",
                    "author_id": "u",
                    "type": "single",
                    "content": {"options": OPTIONS},
                    "status": "approved",
                    **values,
                },
            )
            self.questions[question_id] = question
            right = AnswerKey(
                question_id=question_id,
                revision=1,
                key=key or {"correct_option_ids": ["b"]},
                explanation=explanation or f"{CANARY} {number}",
            )
            items += [question, right]
        write_many(items)
        return topic_id

    def essays(self, count: int, *, marks: float = 10) -> str:
        """Put theory questions with a rubric of two criteria, 3 and 1 points, in a new topic."""
        rubric = {
            "criteria": [{"id": "idea", "text": "idea", "points": "3"}, {"id": "style", "text": "style", "points": "1"}]
        }
        return self.topic(count, marks=marks, key={"rubric": rubric}, type="theory", content={"word_limit": 100})

    @property
    def ids(self) -> list[str]:
        """The ids of everything in the bank."""
        return list(self.questions)


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

    def write(self, question_id: str, text: str, **values: Any) -> Reply:
        """Answer a theory question."""
        self.seq += 1
        return self.student.post(
            f"{self.path}/answer", {"questionId": question_id, "text": text, "seq": self.seq, **values}
        )

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
    def marks(self) -> ExamMarks:
        """The marks as they are stored."""
        return ExamMarks.require(exam_id=self.id, consistent=True)

    @property
    def sheet(self) -> AnswerSheet:
        """The answer sheet as it is stored."""
        sheet = answer_sheets.fetch(self.id, consistent=True)
        assert sheet
        return sheet

    @property
    def blocks(self) -> list[AnswerSheet]:
        """The blocks of the answer sheet as they are stored."""
        found = batch_fetch(answer_sheets.names(self.id), consistent=True)
        return [each for each in found if isinstance(each, AnswerSheet)]

    @property
    def times_written(self) -> int:
        """How often the answer sheet was written since the start."""
        return sum(int(block.version) - 1 for block in self.blocks)

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


@dataclass
class Publisher:
    """Makes and starts what instructors publish."""

    client: Client
    bank: Bank

    @property
    def instructor(self) -> Client:
        """Whose everything is."""
        return self.client.as_("instructor")

    def test(
        self, count: int = 4, *, questions: list[str] | None = None, rules: dict[str, Any] | None = None, **values: Any
    ) -> dict[str, Any]:
        """Publish a practice test over new questions, unless told which."""
        if questions is None and "blueprint" not in values:
            self.bank.topic(count)
            questions = self.bank.ids[-count:]
        body = {
            "title": "Sets",
            "subject": "Mathematics",
            "gradeLevel": "SS3",
            "published": True,
            "rules": rules or {},
            **values,
        }
        reply = self.instructor.post(
            "/api/practice-tests", {**body, **({"questionIds": questions} if questions else {})}
        )
        assert reply.status == 201, reply.body
        made: dict[str, Any] = reply.data
        return made

    def start(self, test: dict[str, Any], name: str = "student", **values: Any) -> Reply:
        """Ask for an attempt."""
        return self.client.as_(name, "student").post(f"/api/practice-tests/{test['assessmentId']}/start", values)

    def begin(self, test: dict[str, Any], name: str = "student", **values: Any) -> Running:
        """Start an attempt."""
        reply = self.start(test, name, **values)
        assert reply.status == 201, reply.body
        return Running(self.client.as_(name, "student"), reply.data)


@pytest.fixture
def publisher(client: Client, clock: Clock, bank: Bank) -> Publisher:
    """An instructor with a bank of questions."""
    return Publisher(client, bank)


@pytest.fixture
def deliver(cloud: Cloud, tenant: str) -> Callable[[], int]:
    """Hands every event to the exams' own workers, until none is new; returns how many messages failed for good."""
    return lambda: workers.deliver(cloud, tenant, only="exams")


def sweep() -> None:
    """Run the minute schedule."""
    with context.working(context.RequestContext()):
        jobs.handler({"job": "sweep"}, LAMBDA)


def visit_only(patched: pytest.MonkeyPatch, *names: str) -> None:
    """Let schedules visit these tenants alone, however many others the run has left behind."""
    listed = tenants.listed
    patched.setattr(tenants, "listed", lambda: [each for each in listed() if each.tenant_name in names])


@pytest.fixture
def swept(cloud: Any, monkeypatch: pytest.MonkeyPatch, tenant: str) -> Callable[[], None]:
    """Runs the minute schedule for the test's tenant alone."""
    visit_only(monkeypatch, tenant)
    return sweep


@pytest.fixture
def operations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of storage from here on, whoever asks."""
    asked: list[str] = []
    call = StorageConnection._call_once

    def count(self: StorageConnection, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        asked.append(operation)
        return call(self, operation, arguments)

    monkeypatch.setattr(StorageConnection, "_call_once", count)
    return asked


__all__ = ["CANARY", "OPTIONS", "Bank", "Publisher", "Running", "Start", "minute_after", "sweep", "visit_only"]
