"""Learners whose deeds are told, and the workers of analytics."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from lyceum.events.exams import ExamCompleted, ExamGraded
from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.event import Event
from lyceum.kit.table import Unit, write_many
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client

COURSE, ALGEBRA, GEOMETRY = "0COURSE" + "0" * 19, "0ALGEBRA" + "0" * 18, "0GEOMETRY" + "0" * 17
_NAMES = {"r": "right", "p": "partial", "w": "wrong", "b": "blank"}
_SESSION: dict[str, Any] = {
    "mode": "practice", "state": "finished", "scope": "s", "policy": {}, "question_count": 1, "seed": "s",
    "algorithm": 1, "scoring": 1, "paper_hash": "h", "max_score": "1",
}  # fmt: skip


@pytest.fixture
def tell(cloud: Cloud, tenant: str, clock: Clock) -> Callable[..., None]:
    """Tells events, and lets the workers of analytics react."""

    def go(*events: Event) -> None:
        for event in events:
            Unit().create(OutboxItem.of(event), event).commit()
        assert workers.deliver(cloud, tenant, only="analytics") == 0

    return go


@pytest.fixture
def student(client: Client, clock: Clock) -> Client:
    """A student on the morning of Monday, 11 January 2027."""
    return client.as_("student")


@pytest.fixture
def syllabus(tenant: str) -> str:
    """A published course with two topics; returns its id."""
    course = Course(course_id=COURSE, department_id="d", instructor_id="i", title="Maths", sort_title="maths")
    topics = [
        Topic(topic_id=topic_id, course_id=COURSE, department_id="d", title=title, order=number)
        for number, (topic_id, title) in enumerate(((ALGEBRA, "Algebra"), (GEOMETRY, "Géométrie")))
    ]
    write_many([course, *topics])
    return COURSE


def live_in(user_id: str, zone: str) -> None:
    """Move somebody to a time zone."""
    account = User.require(user_id=user_id, consistent=True)
    account.time_zone = zone
    Unit().replace(account).commit()


def rows(outcomes: str, topic_id: str = ALGEBRA, difficulty: str = "easy", seconds: int = 30) -> list[dict[str, Any]]:
    """Return marks: r for right, p for partly right, w for wrong, b for blank."""
    return [
        {
            "question_id": f"q{number}",
            "topic_id": topic_id,
            "difficulty": difficulty,
            "outcome": _NAMES[each],
            "score": "1" if each == "r" else "0",
            "max_score": "1",
            "time_spent_seconds": seconds,
        }
        for number, each in enumerate(outcomes)
    ]


def exam(user_id: str, marks: list[dict[str, Any]], percent: int = 50, **values: Any) -> ExamCompleted:
    """Store a finished exam with its marks and return the event of its end."""
    exam_id, now = ids.new_id(), values.pop("finished_at", clocks.now())
    topic_ids = sorted({row["topic_id"] for row in marks})
    released = now if values.get("is_released", True) else None
    session = ExamSession(
        exam_id=exam_id, user_id=user_id, topic_ids=topic_ids, started_at=now, deadline_at=now, closes_at=now,
        finished_at=now, percent=str(percent), is_passed=percent >= 50, released_at=released, title=values.get("title"),
        **_SESSION,
    )  # fmt: skip
    Unit().put(ExamMarks(exam_id=exam_id, user_id=user_id, keys_hash="h", marks=marks)).put(session).commit()
    return ExamCompleted(
        exam_id=exam_id,
        user_id=user_id,
        mode="practice",
        cause="submitted",
        score=Decimal(1),
        max_score=Decimal(len(marks)),
        percent=Decimal(percent),
        passed=percent >= 50,
        topic_ids=topic_ids,
        finished_at=now,
        **values,
    )


def regraded(
    before: ExamCompleted, marks: list[dict[str, Any]], percent: int | None, revision: int = 2, **values: Any
) -> ExamGraded:
    """Store a later revision of an exam's marks and return the event of it."""
    old = ExamMarks.require(exam_id=before.exam_id, consistent=True)
    kept = MarksRevision(exam_id=before.exam_id, revision=old.revision, keys_hash="h", marks=old.marks)
    old.marks, old.revision = marks, revision
    session = ExamSession.require(exam_id=before.exam_id, consistent=True)
    session.percent, session.is_passed = None if percent is None else str(percent), bool(percent and percent >= 50)
    Unit().put(old).put(kept).put(session).commit()
    return ExamGraded(
        exam_id=before.exam_id,
        user_id=before.user_id,
        mode="practice",
        score=Decimal(1),
        max_score=before.max_score,
        percent=None if percent is None else Decimal(percent),
        passed=session.is_passed,
        topic_ids=before.topic_ids,
        finished_at=before.finished_at,
        revision=revision,
        earlier_revision=revision - 1,
        earlier_percent=before.percent,
        **values,
    )
