"""Events of exam sessions."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

from lyceum.kit.event import Event


class ExamCompleted(Event):
    """An exam session ended; told once a session, even if it is reopened later.

    - `score`, `percent`, `passed`: absent while answers wait for a grader; `exam.graded` tells them then.
    - `pending`: answers that wait.
    - `is_released`: the student may know the result now; otherwise what a student sees waits for `exam.released`.
    - `revision`: of the marks.
    - `assessment_id`: what was published, if it was an attempt at that; of a course's quiz also `course_id`, `quiz_id`.
    - `title`: of what was published.
    """

    name: ClassVar[str] = "exam.completed"
    exam_id: str
    user_id: str
    mode: str
    cause: Literal["submitted", "expired"]
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    passed: bool | None = None
    finished_at: datetime
    topic_ids: list[str]
    pending: int = 0
    is_released: bool = True
    revision: int = 1
    attempt: int = 1
    assessment_id: str | None = None
    course_id: str | None = None
    quiz_id: str | None = None
    title: str | None = None


class ExamGraded(Event):
    """The score of an ended session is complete for the first time, or has changed; the earlier one is named then.

    `score`, `percent` and `passed` are absent where every question was left out: there is no result any more.
    `is_withheld` says that a result that was told once may not be told now, since the window moved on after that.
    """

    name: ClassVar[str] = "exam.graded"
    exam_id: str
    user_id: str
    mode: str
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    passed: bool | None = None
    finished_at: datetime
    topic_ids: list[str]
    is_released: bool = True
    is_withheld: bool = False
    revision: int
    earlier_revision: int | None = None
    earlier_score: Decimal | None = None
    earlier_percent: Decimal | None = None
    earlier_passed: bool | None = None
    attempt: int = 1
    assessment_id: str | None = None
    course_id: str | None = None
    quiz_id: str | None = None
    title: str | None = None


class ExamReleased(ExamGraded):
    """The result of an ended session that was told as not released may be known to its student from now on."""

    name: ClassVar[str] = "exam.released"


class ExamExpiring(Event):
    """A running exam session has little time left; sent once a session. `title` is of what was published."""

    name: ClassVar[str] = "exam.expiring"
    exam_id: str
    user_id: str
    deadline_at: datetime
    topic_ids: list[str] = []
    title: str | None = None


class ExamExtended(Event):
    """A session has more time, or goes on after its end."""

    name: ClassVar[str] = "exam.extended"
    exam_id: str
    user_id: str
    deadline_at: datetime
    is_reopened: bool = False


class ExamPaused(Event):
    """A session stands still: nothing is shown or taken until it is resumed, or until the pause ends it."""

    name: ClassVar[str] = "exam.paused"
    exam_id: str
    user_id: str
    pause_ends_at: datetime


class ExamResumed(Event):
    """A paused session goes on, with the time that it stood credited."""

    name: ClassVar[str] = "exam.resumed"
    exam_id: str
    user_id: str
    deadline_at: datetime


class ExamFinished(Event):
    """A session takes no answers any more; told at each end, also that of a reopened one."""

    name: ClassVar[str] = "exam.finished"
    exam_id: str
    user_id: str
    finished_at: datetime
    cause: Literal["submitted", "expired"]


class ExamKeysSuspected(Event):
    """The answers to an exam speak against some of its keys; its results wait for a person.

    - `owner_id`: whose exam it is.
    - `count`: of how many questions.
    """

    name: ClassVar[str] = "exam.keys_suspected"
    assessment_id: str
    owner_id: str
    title: str
    count: int
