"""What callers send and get of a learner in one topic, course or question."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Listing, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.rules.learners.learner_shares import Share
from lyceum.rules.learners.topic_mastery import MasteryView

from functions.analytics.progress.schemas.totals import Stated


class CourseProgressQuery(Listing):
    """Which courses.

    - `courseId`: one course alone; who teaches it may ask for its students.
    """

    limit: Annotated[int, Field(ge=1, le=20, description="Courses on a page.")] = 20
    course_id: Id | None = None


class QuestionQuery(Listing):
    """Which questions.

    - `topicId`: those of one topic.
    """

    topic_id: Annotated[str | None, Field(max_length=64, pattern=r"^[0-9A-Za-z_-]+$")] = None


class DifficultyFigures(Schema):
    """How questions of one difficulty went."""

    difficulty: Literal["easy", "medium", "hard"]
    questions: int
    right: int
    partly_right: int
    wrong: int
    blank: int
    accuracy_percent: Share = None
    mean_seconds: float | None = None


class TopicAnalytics(Stated):
    """A learner in one topic."""

    user_id: str
    topic_id: str
    title: str | None = None
    course_id: str | None = None
    mastery: MasteryView
    questions: int
    accuracy_percent: Share = None
    accuracy_low: Annotated[Share, Field(description="Of the 95 % interval (Wilson 1927).")] = None
    accuracy_high: Annotated[Share, Field(description="Of the 95 % interval (Wilson 1927).")] = None
    by_difficulty: list[DifficultyFigures]
    reviews: int
    reviews_remembered: int
    study_seconds: int
    last_at: Timestamp | None = None


class Tally(Schema):
    """How many of how many."""

    completed: int
    total: int


class CourseProgress(Stated):
    """How far a learner is in one course."""

    user_id: str
    course_id: str
    title: str
    code: str | None = None
    status: Literal["active", "completed", "left"]
    progress_percent: int
    lessons: Tally
    assignments: Tally
    quizzes: Tally
    completed_lesson_ids: list[str]
    average_percent: Share = None
    time_spent_seconds: int
    enrolled_at: Timestamp
    last_activity_at: Timestamp | None = None
    completed_at: Timestamp | None = None


class QuestionFigures(Stated):
    """How a learner met one question: when last, how often, how long, and what became of it once that is released."""

    question_id: str
    topic_id: str
    attempts: int
    right: int
    partly_right: int
    wrong: int
    blank: int
    total_seconds: int
    average_seconds: float | None = None
    last_at: Timestamp | None = None
    last_exam_id: str | None = None
