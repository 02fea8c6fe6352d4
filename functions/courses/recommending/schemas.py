"""What callers ask and get of recommended courses."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp


class RecommendationQuery(Request):
    """How many.

    - `limit`: how many at most.
    """

    limit: Annotated[int, Field(ge=1, le=20)] = 10


class CourseReason(Schema):
    """Why a course is recommended.

    `rule`: it builds on a completed course (`next`), people who completed `courseId` took it (`taken_together`,
    `people` of them), it is liked in the caller's department (`department`) or by everybody (`popular`).
    """

    rule: Literal["next", "taken_together", "department", "popular"]
    reason: str
    course_id: str | None = None
    people: int | None = None


class RecommendedCourse(Schema):
    """A course that may come next."""

    course_id: str
    title: str
    code: str | None = None
    department_id: str | None = None
    level: int
    difficulty: str
    category: str
    student_count: int
    mean_rating: float | None = None
    score: float
    reasons: list[CourseReason]


class CourseRecommendations(Schema):
    """Courses that may come next, the best first; `asOf` is when they were found."""

    recommendations: list[RecommendedCourse]
    as_of: Timestamp
