"""Events of the question bank."""

from datetime import datetime
from typing import ClassVar

from lyceum.kit.event import Event


class QuestionSubmitted(Event):
    """A question waits for a moderator."""

    name: ClassVar[str] = "question.submitted"
    question_id: str
    topic_id: str


class QuestionApproved(Event):
    """A question entered the bank.

    - `first_time`: false when an edited one comes back.
    - `import_id`: the import that it came by.
    """

    name: ClassVar[str] = "question.approved"
    question_id: str
    topic_id: str
    course_id: str
    author_id: str
    first_time: bool = True
    import_id: str | None = None


class QuestionRejected(Event):
    """A moderator sent a question back to its author."""

    name: ClassVar[str] = "question.rejected"
    question_id: str
    topic_id: str
    author_id: str
    reason: str


class QuestionsEmbargoed(Event):
    """Questions are asked in an exam that may be sat until a moment: nobody else is to be shown them before.

    - `until`: absent when the exam embargoes them no more.
    - `sequence`: grows with each change of the exam; of several the highest stands, however late the others come.
    """

    name: ClassVar[str] = "questions.embargoed"
    question_ids: list[str]
    assessment_id: str
    sequence: int
    until: datetime | None = None


class QuestionRetired(Event):
    """A question left the bank."""

    name: ClassVar[str] = "question.retired"
    question_id: str
    topic_id: str
    course_id: str
