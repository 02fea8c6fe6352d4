"""What teachers ask of their dashboards and get."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.rules.learners.learner_shares import Share

from functions.analytics.progress.schemas.totals import Stated


class InstructorQuery(Request):
    """What to show.

    - `courseId`: a course of the caller's that is looked into: topics, hardest questions, students at risk.
    """

    course_id: Id | None = None


class Rating(Schema):
    """Mean of the stars, absent of nothing, and how many gave them."""

    mean: float | None = None
    count: int


class ContentRow(Schema):
    """An item of the library."""

    content_id: str
    title: str
    status: str
    downloads: int
    rating: Rating


class CourseRow(Schema):
    """A course; `waiting` counts the submissions that have no grade."""

    course_id: str
    title: str
    status: str
    students: int
    completed: int
    rating: Rating
    waiting: int


class HeatRow(Schema):
    """A topic of a course over all of its students who answered in it; five at least."""

    topic_id: str
    title: str | None = None
    students: int
    answers: int
    accuracy_percent: Share = None
    mean_mastery: float
    weak: int
    growing: int
    strong: int
    unknown: int


class HardQuestion(Schema):
    """A question that is missed often, over everybody who met it; five at least."""

    question_id: str
    topic_id: str | None = None
    attempts: int
    missed_percent: float
    skipped_percent: float
    mean_seconds: float


class StudentAtRisk(Schema):
    """A student who may need help, and why; see docs/analytics.md for the rules."""

    user_id: str
    name: str | None = None
    reasons: list[Literal["inactive", "low_grades", "behind", "overdue"]]
    last_activity_at: Timestamp
    lessons_completed: int
    average_percent: Share = None
    overdue: int


class ClassView(Schema):
    """A course looked into."""

    course_id: str
    title: str
    students: int
    heat_map: Annotated[list[HeatRow], Field(description="Topics, the weakest first.")]
    hidden_topics: Annotated[int, Field(description="Topics that fewer than five students answered in.")]
    hardest_questions: list[HardQuestion]
    at_risk: list[StudentAtRisk]
    at_risk_count: int
    as_of: Timestamp


class InstructorDashboard(Stated):
    """A teacher's items and courses, and one course looked into where that was asked for."""

    user_id: str
    content_count: int
    published_count: int
    downloads: int
    courses_count: int
    students: int
    completed: int
    submissions_waiting: int
    rating: Annotated[Rating, Field(description="Over items and courses together.")]
    content_rating: Rating
    course_rating: Rating
    content: list[ContentRow]
    courses: list[CourseRow]
    course: ClassView | None = None


class OpenSubject(Schema):
    """Questions of one subject that wait in a mentor's queue."""

    subject: str
    count: int
    urgent: int
    oldest_at: Timestamp


class MentorDashboard(Stated):
    """What waits for a mentor, and what came of the mentor's answers."""

    user_id: str
    open_count: int
    open_questions: list[OpenSubject]
    answers: int
    first_answers: int
    helpful_votes: int
    accepted_answers: int
    accepted_percent: Share = None
    helpful_per_answer: float | None = None
    mean_seconds_to_answer: int | None = None
