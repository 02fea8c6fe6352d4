"""What callers of insights send and get. Every answer says as of when it is, and what its figures mean."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit import clock
from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp

DEFINITION = 1
SMALL = 5
"""A group of fewer is not told, so that nobody in it is found out about."""


class Figures(Schema):
    """What every answer says of itself."""

    as_of: Timestamp
    definition: Annotated[str, Field(description="What the figures mean.")]
    definition_version: int = DEFINITION


class DaysQuery(Request):
    """Of which days.

    - `days`: so many days (UTC).
    - `until`: the last of them, such as `2027-01-11`; today without it.
    """

    days: Annotated[int, Field(ge=1, le=366)] = 30
    until: date | None = None

    @property
    def last(self) -> date:
        """The last of the days."""
        return self.until or clock.now().date()


class Group(Schema):
    """A group of users; the number of a small one is hidden."""

    name: str
    users: int | None = None
    is_hidden: bool = False


class UsersByTier(Figures):
    """Users by the tier of their plan, and by role."""

    total: int
    tiers: list[Group]
    roles: list[Group]
    tiers_counted_at: Timestamp | None = None


class ActivePoint(Schema):
    """Active users of a day, and of the seven and thirty days that end with it."""

    day: str
    daily: int
    weekly: int
    monthly: int
    newcomers: int


class Activity(Figures):
    """Active users, exactly counted."""

    points: list[ActivePoint]
    stickiness: Annotated[float | None, Field(description="Daily by monthly active users of the last day.")] = None


class QuestionPoint(Schema):
    """Questions of a day: handed in for approval, and approved."""

    day: str
    submitted: int
    approved: int


class QuestionsCreated(Figures):
    """Questions created a day."""

    points: list[QuestionPoint]
    submitted: int
    approved: int


class RetentionQuery(Request):
    """Which cohorts.

    - `by`: `week` or `month` of the first day.
    - `cohorts`: so many of them, the present one the last.
    """

    by: Literal["week", "month"] = "week"
    cohorts: Annotated[int, Field(ge=1, le=26)] = 12


class RetentionPoint(Schema):
    """Users of a cohort who were there so many weeks or months later."""

    offset: int
    users: int
    share: Annotated[float, Field(description="Percent of the cohort.")]


class Cohort(Schema):
    """Users whose first day was in one week or month; a small cohort is hidden."""

    cohort: str
    size: int | None = None
    is_hidden: bool = False
    points: list[RetentionPoint] = []


class Retention(Figures):
    """Retention by cohort."""

    by: str
    cohorts: list[Cohort]


class PopularQuery(Listing):
    """Which courses are compared.

    - `month`: enrolments of that month (UTC), such as `2027-01`; without it, all students that a course has.
    - `sort`: `-enrolled` or `-completed`, the most first; `-completed` goes with a month.
    """

    month: Annotated[str | None, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = None
    sort: Literal["-enrolled", "-completed"] = "-enrolled"


class PopularCourse(Schema):
    """A course with its students; small numbers are hidden. With a month, what happened in it."""

    course_id: str
    title: str | None = None
    enrolled: int | None = None
    completed: int | None = None
    rating: float | None = None
    is_hidden: bool = False
    as_of: Timestamp


class Overview(Figures):
    """The platform at a glance: every figure of the console's first page."""

    users: int
    users_by_role: dict[str, int]
    registered_today: int
    active_today: int
    active_week: int
    active_month: int
    questions_today: int
    questions_month: int
    enrolled_month: int
    completed_month: int
    completion_rate: Annotated[
        float | None, Field(description="Percent: courses completed by those begun in thirty days.")
    ] = None
    exams_month: int
    submissions_month: int
    downloads_month: int
    answers_month: int
    answer_minutes: Annotated[
        float | None, Field(description="Mean time until mentors gave the first answer, of thirty days.")
    ] = None
    sync_queue_length: Annotated[
        float | None, Field(description="Mean number of operations that a device had waiting when it pushed today.")
    ] = None
    sync_waiting: Annotated[int, Field(description="Operations of today that could not be settled at once.")]
    requests_today: int
    failed_today: int
    open_errors: int
    connections_today: int
    connections_open: Annotated[int, Field(description="About so many: opened and not closed within two days.")]
    points: Annotated[list[ActivePoint], Field(description="Of thirty days, for a chart.")]
