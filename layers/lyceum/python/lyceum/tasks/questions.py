"""`questions.approve`."""

from typing import ClassVar

from lyceum.kit.long_jobs.task import JobTask


class ApproveQuestions(JobTask):
    """Let many questions into the bank: those that are named, or all of a topic that wait; `after` ends a page.

    - `may_approve_own`: whether the owner of the job may let own questions in.
    """

    name: ClassVar[str] = "questions.approve"
    worker: ClassVar[str] = "questions-moderation"
    question_ids: list[str] = []
    topic_id: str | None = None
    may_approve_own: bool = False
