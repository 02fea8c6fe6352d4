"""A student with a course to study, and the study workers."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from lyceum.events.exams import ExamCompleted
from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit, write_many
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.questions.question import Question
from lyceum.model.users.account import User
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply


@dataclass
class Syllabus:
    """A published course with its topics."""

    course_id: str
    topic_ids: list[str]


@pytest.fixture
def syllabus(tenant: str) -> Syllabus:
    """A course of four topics."""
    course_id, topic_ids = ids.new_id(), [ids.new_id() for _ in range(4)]
    course = Course(
        course_id=course_id,
        department_id="d",
        instructor_id="i",
        code="MTH 101",
        title="Algebra",
        level=100,
        credit_units=3,
        sort_title="algebra",
    )
    topics = [
        Topic(topic_id=topic_id, course_id=course_id, department_id="d", title=f"Topic {number}", order=number)
        for number, topic_id in enumerate(topic_ids)
    ]
    write_many([course, *topics])
    return Syllabus(course_id, topic_ids)


@dataclass
class Student:
    """A student with their client."""

    client: Client

    def plan(self, **values: Any) -> dict[str, Any]:
        """Lay a plan to the end of February 2027 over three topics, unless told otherwise."""
        reply = self.ask_for_plan(**values)
        assert reply.status == 201, reply.body
        made: dict[str, Any] = reply.data
        return made

    def ask_for_plan(self, **values: Any) -> Reply:
        """Ask for a plan."""
        topics = [{"title": name, "key": name.lower(), "estimatedMinutes": 120} for name in ("Sets", "Logic", "Proof")]
        fields = {"title": "Finals", "targetDate": "2027-02-28"}
        if "courseId" not in values:
            fields["topics"] = topics
        return self.client.post("/api/study-plans", {**fields, **values})

    def live_in(self, zone: str) -> None:
        """Move to a time zone."""
        account = User.require(user_id=self.client.user_id, consistent=True)
        account.time_zone = zone
        Unit().replace(account).commit()


@pytest.fixture
def student(client: Client, clock: Clock) -> Student:
    """A student on the morning of Monday, 11 January 2027."""
    return Student(client.as_("student"))


@pytest.fixture
def settle(cloud: Cloud, tenant: str) -> Callable[[], None]:
    """Hands every event to the study workers until none is new."""

    def go() -> None:
        assert workers.deliver(cloud, tenant, only="study") == 0

    return go


@pytest.fixture
def questions(tenant: str) -> list[str]:
    """Six approved questions of one topic."""
    names = [ids.new_id() for _ in range(6)]
    write_many(question(name) for name in names)
    return names


def question(name: str, **values: Any) -> Question:
    fields: dict[str, Any] = {
        "topic_id": "topic",
        "course_id": "course",
        "department_id": "d",
        "author_id": "u",
        "type": "single",
        "stem": "What is 2 + 2?",
        "content": {"options": [{"id": "a", "text": "4"}, {"id": "b", "text": "5"}]},
        "difficulty": "easy",
        "status": "approved",
        "fingerprint": name,
        "sort_key": name[-16:],
    }
    return Question(question_id=name, **{**fields, **values})


@pytest.fixture
def sit(student: Student, questions: list[str], settle: Callable[[], None]) -> Callable[..., str]:
    """Lets the student's exam end, with what became of each question and how long it took."""

    def go(
        outcomes: list[str], seconds: list[int] | None = None, *, is_released: bool = True, tell: bool = True
    ) -> str:
        exam_id, now = ids.new_id(), clocks.now()
        rows = [
            {
                "question_id": name,
                "topic_id": "topic",
                "difficulty": "easy",
                "outcome": outcome,
                "score": "1",
                "max_score": "1",
                "time_spent_seconds": spent,
            }
            for name, outcome, spent in zip(questions, outcomes, seconds or [20] * len(outcomes), strict=False)
        ]
        marks = ExamMarks(exam_id=exam_id, user_id=student.client.user_id, keys_hash="h", marks=rows)
        Unit().put(marks).commit()
        event = ExamCompleted(
            exam_id=exam_id,
            user_id=student.client.user_id,
            mode="practice",
            cause="submitted",
            score=Decimal(1),
            max_score=Decimal(6),
            percent=Decimal(50),
            passed=True,
            finished_at=now,
            topic_ids=["topic"],
            is_released=is_released,
        )
        Unit().create(OutboxItem.of(event), event).commit()
        settle()
        return exam_id

    return go
