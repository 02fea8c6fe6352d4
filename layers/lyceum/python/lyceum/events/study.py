"""Events of studying."""

from typing import ClassVar, Literal

from lyceum.kit.event import Event


class StudyRecorded(Event):
    """Time or answers of a student were counted; each second and each answer is told once.

    - `day`: the student's local day that they were counted for.
    - `seconds`, `questions`, `correct`: what was counted.
    - `plan_id`: the plan that the student was following, if they said so.
    - `streak_days`: how long the student's streak is with that day.
    - `seconds_by_topic`; `answers_by_topic`: questions answered, and those answered rightly.
    """

    name: ClassVar[str] = "study.recorded"
    user_id: str
    day: str
    cause: Literal["session", "exam", "review"]
    seconds: int = 0
    questions: int = 0
    correct: int = 0
    seconds_by_topic: dict[str, int] = {}
    answers_by_topic: dict[str, tuple[int, int]] = {}
    course_id: str | None = None
    plan_id: str | None = None
    streak_days: int = 0


class ReviewGraded(Event):
    """A student graded a review.

    - `rating`: 1 again, 2 hard, 3 good, 4 easy.
    - `elapsed_days`: since the grade before; absent for the first.
    - `stability`, `difficulty`: after this one.
    """

    name: ClassVar[str] = "review.graded"
    user_id: str
    question_id: str
    topic_id: str | None = None
    course_id: str | None = None
    rating: int
    elapsed_days: float | None = None
    stability: float
    difficulty: float
    duration_seconds: int | None = None


class StudyPlanCompleted(Event):
    """A student finished every topic of a study plan; told once a plan."""

    name: ClassVar[str] = "study_plan.completed"
    user_id: str
    plan_id: str
    title: str
    course_id: str | None = None


class NoteChanged(Event):
    """A user wrote, changed or removed a note of their own."""

    name: ClassVar[str] = "note.changed"
    user_id: str
    note_id: str


class BookmarkChanged(Event):
    """A user marked a question, changed the mark, or took it away."""

    name: ClassVar[str] = "bookmark.changed"
    user_id: str
    question_id: str
