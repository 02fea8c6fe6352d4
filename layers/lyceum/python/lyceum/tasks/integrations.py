"""`statement.send`, `score.send`, `members.bring`."""

from datetime import datetime
from typing import ClassVar

from lyceum.kit.event import Task
from lyceum.kit.long_jobs.task import JobTask


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


class BringMembers(JobTask):
    """Do a page of the people of platforms on which a course is shown; `after` has the platform and the address."""

    name: ClassVar[str] = "members.bring"
    worker: ClassVar[str] = "integrations-events"
    course_id: str
