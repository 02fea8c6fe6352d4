"""The figures that several answers show, and what every answer says of itself."""

from datetime import date
from typing import Literal

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.rules.learners.learner_shares import Share

DEFINITION = 1
"""Of every figure; raised when one means something else from then on."""
Span = Literal["7d", "30d", "90d"]
Period = Literal["week", "month", "quarter", "year"]
DAYS: dict[str, int] = {"7d": 7, "30d": 30, "90d": 90}


class Stated(Schema):
    """What every answer says of itself."""

    as_of: Timestamp
    definition_version: int = DEFINITION


class StreakFigures(Schema):
    """Days in a row, as docs/study.md counts them."""

    current: int
    longest: int
    freeze_days: int
    is_today_counted: bool
    last_active_on: date | None = None


class Goal(Schema):
    """A goal and what is done of it; it is met by its questions or by its minutes."""

    questions_goal: int
    questions_done: int
    minutes_goal: int
    minutes_done: int
    percent: float
    is_met: bool


class Totals(Schema):
    """Everything that was ever counted; exams and questions once their results are released."""

    exams_taken: int
    exams_passed: int
    average_percent: Share = None
    questions_answered: int
    questions_right: int
    questions_partly_right: int
    questions_wrong: int
    questions_blank: int
    accuracy_percent: Share = None
    reviews: int
    reviews_remembered: int
    study_seconds: int
    exam_seconds: int
    study_sessions: int
    average_session_seconds: int | None = None
    lessons_completed: int
    courses_enrolled: int
    courses_completed: int
    assignments_graded: int
    assignments_average_percent: Share = None


class DayFigures(Schema):
    """One local day."""

    date: date
    seconds: int
    questions: int
    right: int
    accuracy_percent: Share = None
    exams: int
    average_percent: Share = None
    reviews: int
    reviews_remembered: int
    lessons: int


class Sums(Schema):
    """Several days together."""

    seconds: int
    active_days: int
    questions: int
    right: int
    accuracy_percent: Share = None
    exams: int
    average_percent: Share = None
    reviews: int
    reviews_remembered: int
    lessons: int


class CourseCounts(Schema):
    """How many courses."""

    enrolled: int
    completed: int
    in_progress: int
