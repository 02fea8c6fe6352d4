"""What callers send and get of a learner at a glance, over days or a period."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.rules.learners.learner_shares import Share
from lyceum.rules.learners.learner_standing import Standing
from lyceum.rules.learners.topic_mastery import TopicSummary

from functions.analytics.progress.schemas.advice import Recommendation
from functions.analytics.progress.schemas.totals import (
    CourseCounts,
    DayFigures,
    Goal,
    Period,
    Span,
    Stated,
    StreakFigures,
    Sums,
    Totals,
)


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


class UserAnalytics(Standing, Stated):
    """A learner at a glance; the flat names repeat what stands in the parts."""

    user_id: str
    totals: Totals
    streak: StreakFigures
    today: Goal
    weekly_goal: Goal


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


class Activity(Schema):
    """Something that a learner did."""

    kind: Literal["exam", "session", "lesson", "course", "assignment"]
    id: str
    at: Timestamp
    title: str | None = None
    course_id: str | None = None
    percent: Share = None
    seconds: int | None = None


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
