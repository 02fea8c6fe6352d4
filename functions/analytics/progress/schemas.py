"""What callers of a learner's figures send and get. Every answer says as of when, and by which definitions.

Shares are percentages with two decimals, probabilities lie between 0 and 1, times are in seconds.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.rules.learners.learner_shares import Share
from lyceum.rules.learners.learner_standing import Standing
from lyceum.rules.learners.topic_mastery import MasteryView, TopicSummary

DEFINITION = 1
"""Of every figure; raised when one means something else from then on."""
Span = Literal["7d", "30d", "90d"]
Period = Literal["week", "month", "quarter", "year"]
DAYS: dict[str, int] = {"7d": 7, "30d": 30, "90d": 90}


class Stated(Schema):
    """What every answer says of itself."""

    as_of: Timestamp
    definition_version: int = DEFINITION


class TrendQuery(Request):
    """Which days.

    - `period`: the last 7, 30 or 90 days, today included.
    """

    period: Span = "30d"


class PeriodQuery(Request):
    """Which days.

    - `period`: this week, month, quarter or year, up to today.
    """

    period: Period = "month"


class AreaQuery(Request):
    """Which topics.

    - `courseId`: those of one course; who teaches it may ask for its students.
    - `limit`: how many at most.
    """

    course_id: Id | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


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


class UserAnalytics(Standing, Stated):
    """A learner at a glance; the flat names repeat what stands in the parts."""

    user_id: str
    totals: Totals
    streak: StreakFigures
    today: Goal
    weekly_goal: Goal


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


class Change(Schema):
    """Against as many days before; shares in points of a percentage."""

    seconds: int
    questions: int
    accuracy_points: float | None = None
    average_points: float | None = None


class Trends(Stated):
    """The days of a span, each of them, and what changed against the span before."""

    user_id: str
    period: Span
    days: list[DayFigures]
    total: Sums
    before: Sums
    change: Change


class WeakArea(TopicSummary):
    """A topic to improve, and why it is here."""

    reason: str
    needs: Annotated[float, Field(description="By which they are ordered: 1 is most in need.")]


class WeakAreas(Stated):
    """Topics to improve, those most in need first."""

    user_id: str
    topics: list[WeakArea]


class Recommendation(Schema):
    """What to do next, and by which rule."""

    rule: Literal[
        "weak_topic", "little_evidence", "fading_topic", "keep_streak", "reach_weekly_goal", "practise_more", "begin"
    ]
    priority: int
    reason: str
    topic_id: str | None = None
    title: str | None = None
    course_id: str | None = None
    questions: Annotated[int | None, Field(description="How many are proposed.")] = None


class Recommendations(Stated):
    """What to do next, the most useful first."""

    user_id: str
    recommendations: list[Recommendation]


class Activity(Schema):
    """Something that a learner did."""

    kind: Literal["exam", "session", "lesson", "course", "assignment"]
    id: str
    at: Timestamp
    title: str | None = None
    course_id: str | None = None
    percent: Share = None
    seconds: int | None = None


class CourseCounts(Schema):
    """How many courses."""

    enrolled: int
    completed: int
    in_progress: int


class WeekSums(Schema):
    """A week of the period; the first and last one may be cut."""

    week: str
    seconds: int
    questions: int
    accuracy_percent: Share = None


class ProgressAnalytics(Stated):
    """A learner in a period, up to today."""

    user_id: str
    period: Period
    from_date: date
    to_date: date
    study_time: Sums
    courses: CourseCounts
    performance: Totals
    streak: StreakFigures
    weekly_goal: Goal
    weekly_progress: list[WeekSums]
    days: list[DayFigures]
    recent_activity: list[Activity]


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


class StudentDashboard(Stated):
    """A student's home."""

    user_id: str
    totals: Totals
    streak: StreakFigures
    today: Goal
    weekly_goal: Goal
    days: Annotated[list[DayFigures], Field(description="The last seven.")]
    courses: CourseCounts
    next_exams: list[dict[str, Any]]
    weaknesses: list[TopicSummary]
    recommendations: list[Recommendation]
