"""What callers send and get of what to improve and what to do next."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id
from lyceum.rules.learners.topic_mastery import TopicSummary

from functions.analytics.progress.schemas.totals import Stated


class AreaQuery(Request):
    """Which topics.

    - `courseId`: those of one course; who teaches it may ask for its students.
    - `limit`: how many at most.
    """

    course_id: Id | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


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
