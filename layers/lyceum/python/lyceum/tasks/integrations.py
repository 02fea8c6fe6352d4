"""`statement.send`, `score.send`."""

from datetime import datetime
from typing import ClassVar

from lyceum.kit.event import Task


class SendStatement(Task):
    """Put a statement into a learning record store; `statement` is its JSON text."""

    name: ClassVar[str] = "statement.send"
    worker: ClassVar[str] = "integrations-events"
    target_id: str
    statement_id: str
    statement: str


class SendScore(Task):
    """Tell a learning platform that a learner completed a course."""

    name: ClassVar[str] = "score.send"
    worker: ClassVar[str] = "integrations-events"
    user_id: str
    course_id: str
    platform_id: str
    completed_at: datetime
