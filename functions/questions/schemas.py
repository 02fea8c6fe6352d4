"""What callers of the question bank send and get. Keys stand in schemas of their own, so that they can not slip out."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from lyceum.http import Listing, Request, Schema
from lyceum.http.schema import Timestamp
from lyceum.text import RichText

Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
OptionId = Annotated[str, StringConstraints(pattern=r"^[a-z]$")]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Difficulty = Literal["easy", "medium", "hard"]
Status = Literal["pending", "approved", "rejected", "retired"]


class OptionFields(Request):
    """A choice."""

    id: OptionId
    text: Annotated[RichText, Field(min_length=1, max_length=2000)]


class NewSingleChoice(Request):
    """A question with several choices of which one is right."""

    type: Literal["single"]
    topic_id: Id
    stem: Annotated[RichText, Field(min_length=3)]
    options: Annotated[list[OptionFields], Field(min_length=2, max_length=10)]
    correct_option_ids: Annotated[list[OptionId], Field(min_length=1, max_length=1)]
    explanation: RichText | None = None
    difficulty: Difficulty
    marks: Annotated[int, Field(ge=1, le=20)] = 1
    tags: Annotated[list[Tag], Field(max_length=20)] = []

    @model_validator(mode="after")
    def check_options(self) -> "NewSingleChoice":
        """Refuse ids and texts that stand twice and a key that names no option."""
        ids = [option.id for option in self.options]
        if len(set(ids)) < len(ids):
            raise ValueError("each option has an id of its own")
        if len({option.text.casefold() for option in self.options}) < len(ids):
            raise ValueError("two options say the same")
        if not set(self.correct_option_ids) <= set(ids):
            raise ValueError("the right option must be one of the options")
        return self


class OptionView(Schema):
    """A choice as everybody sees it."""

    id: str
    text: str


class QuestionView(Schema):
    """A question as everybody may see it: without what is right."""

    question_id: str
    topic_id: str
    course_id: str
    type: str
    stem: str
    options: list[OptionView]
    difficulty: str
    marks: int
    tags: list[str]
    status: str
    revision: int
    author_id: str
    version: int
    created_at: Timestamp


class Keyed(QuestionView):
    """A question as its author and moderators see it: with what is right and why; others get neither field."""

    correct_option_ids: list[str] | None = None
    explanation: str | None = None
    rejection_reason: str | None = None


class QuestionFilter(Listing):
    """Which questions to list; only staff may ask for others than the approved ones."""

    status: Status = "approved"
    topic_id: Id | None = None
    course_id: Id | None = None
    author_id: Id | None = None
    difficulty: Difficulty | None = None
    type: Literal["single"] | None = None
    tag: Tag | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


class Draw(Request):
    """A random selection from a topic."""

    topic_id: Id
    count: Annotated[int, Field(ge=1, le=50)] = 10
    difficulty: Difficulty | None = None
    fields: Annotated[str | None, Field(max_length=500)] = None


class Selection(Schema):
    """Questions drawn at random."""

    questions: list[QuestionView]


class Ids(Request):
    """Questions to decide on."""

    question_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]


class Approve(Ids):
    """Questions to let into the bank."""


class Reject(Ids):
    """Questions to send back, and why."""

    reason: Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]


class Decision(Schema):
    """What became of one question."""

    question_id: str
    result: Literal["approved", "rejected", "not_pending", "not_found", "own_question"]


class Decisions(Schema):
    """A result for each question, in the order asked."""

    results: list[Decision]


class StatisticsView(Schema):
    """How a question did in finished exams; facility is the share of attempts that were right (0 to 1)."""

    question_id: str
    attempts: int
    correct: int
    skipped: int
    facility: float | None = None
    mean_time_spent_seconds: float | None = None
