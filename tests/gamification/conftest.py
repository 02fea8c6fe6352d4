"""Users whose deeds are told, and the workers of boards and badges."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from lyceum.events.exams import ExamCompleted, ExamGraded
from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.event import Event
from lyceum.kit.table import Unit
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud


@pytest.fixture
def tell(cloud: Cloud, tenant: str, clock: Clock) -> Callable[..., None]:
    """Tells events, and lets the workers of boards and badges react."""

    def go(*events: Event) -> None:
        for event in events:
            Unit().create(OutboxItem.of(event), event).commit()
        assert workers.deliver(cloud, tenant, only="gamification") == 0

    return go


def rows(outcomes: str) -> list[dict[str, Any]]:
    """Return marks: r for right, p for partly right, w for wrong, b for blank."""
    names = {"r": "right", "p": "partial", "w": "wrong", "b": "blank"}
    return [
        {"question_id": f"q{number}", "outcome": names[each], "max_score": "1"} for number, each in enumerate(outcomes)
    ]


def exam(user_id: str, outcomes: str, **values: Any) -> ExamCompleted:
    """Store the marks of an exam and return the event of its end."""
    exam_id = ids.new_id()
    Unit().put(ExamMarks(exam_id=exam_id, user_id=user_id, keys_hash="h", marks=rows(outcomes))).commit()
    fields: dict[str, Any] = {"is_released": True, "finished_at": clocks.now(), **values}
    return ExamCompleted(
        exam_id=exam_id,
        user_id=user_id,
        mode="practice",
        cause="submitted",
        score=Decimal(1),
        max_score=Decimal(len(outcomes)),
        percent=Decimal(50),
        passed=True,
        topic_ids=[],
        **fields,
    )


def regraded(before: ExamCompleted, outcomes: str, revision: int = 2) -> ExamGraded:
    """Store a later revision of an exam's marks and return the event of it."""
    old = ExamMarks.require(exam_id=before.exam_id, consistent=True)
    kept = MarksRevision(exam_id=before.exam_id, revision=old.revision, keys_hash="h", marks=old.marks)
    old.marks, old.revision = rows(outcomes), revision
    Unit().put(old).put(kept).commit()
    return ExamGraded(
        exam_id=before.exam_id,
        user_id=before.user_id,
        mode="practice",
        score=Decimal(2),
        max_score=before.max_score,
        percent=Decimal(60),
        passed=True,
        finished_at=before.finished_at,
        topic_ids=[],
        revision=revision,
        earlier_revision=revision - 1,
        earlier_score=before.score,
        earlier_percent=before.percent,
        earlier_passed=True,
    )
