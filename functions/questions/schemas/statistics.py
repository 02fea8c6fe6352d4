"""What is sent and got of how questions did and how difficult they are."""

from decimal import Decimal
from typing import Self

from pydantic import model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.rules.questions.types import Difficulty


class AcceptDifficulty(Request):
    """The proposed difficulty that is to be the question's."""

    difficulty: Difficulty


class DifficultyView(Schema):
    """How difficult a question is called."""

    question_id: str
    difficulty: str
    version: int


class EstimateView(Schema):
    """An estimate of difficulty on the logit scale, where the average candidate stands at 0.

    - `slope`: how sharply the question tells candidates apart (two-parameter model), where the answers tell it.
    - `warnings`: `FEW_CANDIDATES`, `SPREAD_HELD`, `NOT_CONVERGED`.
    """

    difficulty: Decimal
    standard_error: Decimal
    sample_size: int
    label: str
    proposed_label: str | None = None
    estimated_at: Timestamp
    slope: Decimal | None = None
    slope_error: Decimal | None = None
    warnings: list[str] = []


class StatisticsView(Schema):
    """How a question did in finished exams. docs/assessment.md has the formulas.

    Facility is the mean part of the marks earned (0 to 1), success rate the share of full marks, discrimination the
    correlation between this question and the rest of the paper (-1 to 1). Each is absent while it is not known.
    """

    question_id: str
    attempts: int
    correct: int
    skipped: int
    success_rate: float | None = None
    facility: float | None = None
    discrimination: float | None = None
    mean_time_spent_seconds: float | None = None
    median_time_spent_seconds: float | None = None
    choices: dict[str, int] | None = None
    estimate: EstimateView | None = None


class MissedFilter(Listing):
    """Which questions are missed most: of a topic, or of a course."""

    topic_id: Id | None = None
    course_id: Id | None = None

    @model_validator(mode="after")
    def check_scope(self) -> Self:
        """Refuse a list of nothing in particular, or of two things."""
        if (self.topic_id is None) == (self.course_id is None):
            raise ValueError("give either topicId or courseId")
        return self


class MissedView(StatisticsView):
    """A question's statistics in the list of those that are missed most."""

    topic_id: str
    course_id: str
