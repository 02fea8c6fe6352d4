"""What callers of reviews send and get."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.rules.questions.views import ContentView

Rating = Literal["again", "hard", "good", "easy"]
RATINGS: tuple[Rating, ...] = ("again", "hard", "good", "easy")
"""In the order of FSRS, which counts them from 1."""


class DueQuery(Request):
    """How many reviews are wanted.

    - `limit`: how many to return at most.
    - `dailyCap`: how many the student wants to do on a day.
    """

    limit: Annotated[int, Field(ge=1, le=50)] = 20
    daily_cap: Annotated[int, Field(ge=1, le=500)] = 60


class GradeReview(Request):
    """How well a question was remembered.

    - `reviewId`: an id that the client made for this grade; sent again, it changes nothing.
    - `repetitions`: of the card as it was shown; another grade since then is a conflict.
    """

    rating: Rating
    review_id: Id | None = None
    repetitions: Annotated[int, Field(ge=0)] | None = None
    duration_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None


class ReviewQuestion(Schema):
    """What is asked, without what is right."""

    type: str
    stem: str
    difficulty: str
    content: ContentView


class CardView(Schema):
    """How well a question is known.

    - `stabilityDays`: after how many days it is remembered with a probability of 90 %.
    - `difficulty`: 1 to 10. `retrievability`: the probability that it is remembered now.
    """

    question_id: str
    topic_id: str | None = None
    course_id: str | None = None
    due_at: Timestamp
    stability_days: float | None = None
    difficulty: float | None = None
    retrievability: float | None = None
    repetitions: int
    lapses: int
    last_review_at: Timestamp | None = None


class DueReview(CardView):
    """A question to review today."""

    question: ReviewQuestion


class DueReviews(Schema):
    """The queue of a student's day, which begins at 04:00 by their clock.

    - `dueCount`: how many are due, up to 300; `leftToday`: how many of them the daily cap leaves for today.
    - `doneToday`: grades given today. `dayEndsAt`: when the next day begins.
    """

    date: date
    reviews: list[DueReview]
    due_count: int
    done_today: int
    left_today: int
    day_ends_at: Timestamp
    as_of: Timestamp


class GradedReview(CardView):
    """A card after a grade: when it is due next, and in how many days."""

    review_id: str
    rating: Rating
    interval_days: float
