"""What graders get of answers that wait, and what they send."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import RichText
from lyceum.rules.questions.responses import ResponseView
from lyceum.rules.questions.values import PartId
from lyceum.rules.questions.views import RubricView

from functions.exams.papers.policies import Id

Points = Annotated[Decimal, Field(ge=0, le=1000, max_digits=8, decimal_places=4)]


class GradingQueue(Listing):
    """Whose queue: what the caller has to mark, the pool of what belongs to nobody, or a course that one teaches.

    - `pool`: whether to list the pool.
    - `courseId`: whose quizzes to list what waits of.
    """

    pool: bool = False
    course_id: Id | None = None


class WaitingAnswer(ResponseView):
    """An answer that waits for marks, with what a grader goes by; whose it is, is not said."""

    question_id: str
    type: str
    stem: str
    word_limit: int | None = None
    rubric: RubricView | None = None
    max_score: Decimal


class WaitingExam(Schema):
    """A finished session with answers that wait, the one that ended first coming first."""

    exam_id: str
    assessment_id: str | None = None
    mode: str
    finished_at: Timestamp
    answers: list[WaitingAnswer]


class GradeAnswer(Request):
    """Marks for one answer: points as they are, or points for the criteria of its rubric.

    To change a grade, give a reason; to lower one, say so too.
    """

    question_id: Id
    points: Points | None = None
    criteria: Annotated[dict[PartId, Points], Field(min_length=1, max_length=20)] | None = None
    comment: Annotated[RichText, Field(max_length=5000)] | None = None
    reason: Annotated[str, Field(min_length=3, max_length=500)] | None = None
    lower: bool = False

    @model_validator(mode="after")
    def check_form(self) -> Self:
        """Refuse both ways of marking at once, and none."""
        if (self.points is None) == (self.criteria is None):
            raise ValueError("give either points or criteria")
        return self


class GradedAnswer(Schema):
    """How an answer was marked and where its session stands; score and percent follow once nothing waits any more."""

    exam_id: str
    question_id: str
    points: Decimal
    max_points: Decimal
    pending: int
    revision: int
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    passed: bool | None = None
