"""What students think of a course."""

from typing import Annotated

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp

from functions.courses.enrolments.people import Person


class RatingSummary(Schema):
    """What students think of a course: mean stars (1 to 5) of so many ratings."""

    mean: float | None = None
    count: int


class RatingView(Schema):
    """What a student thinks of a course, with as much of the name as that student shows."""

    user_id: str
    student: Person | None = None
    stars: int
    review: str | None = None
    rated_at: Timestamp


class RateCourse(Request):
    """Stars from 1 to 5 and, if one likes, a review."""

    stars: Annotated[int, Field(ge=1, le=5)]
    review: Annotated[str | None, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)] = None
