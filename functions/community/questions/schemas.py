"""What callers of help questions send and get."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line

from functions.community.writing.schemas import AuthorView, HeldReason, ImageIds, Text

Urgency = Literal["low", "medium", "high"]
Status = Literal["open", "answered", "closed"]
Subject = Annotated[Line, StringConstraints(max_length=80)]
Grade = Annotated[Line, StringConstraints(max_length=40)]
Title = Annotated[Line, StringConstraints(min_length=5, max_length=200)]


class Ask(Request):
    """A question to the mentors of a subject.

    - `imageIds`: uploads of one's own that are ready, of the purpose `attachment`.
    - `checkOnly`: store nothing, and only look for earlier questions that are like this one.
    """

    subject: Subject
    grade_level: Grade | None = None
    urgency: Urgency = "medium"
    title: Title
    text: Text
    image_ids: ImageIds = []
    check_only: bool = False


class EditQuestion(Request):
    """What is to be different in a question; what is left out stays.

    - `status`: `closed` ends it, `open` opens it again.
    """

    subject: Subject | None = None
    grade_level: Grade | None = None
    urgency: Urgency | None = None
    title: Title | None = None
    text: Text | None = None
    image_ids: ImageIds | None = None
    status: Literal["open", "closed"] | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one field to change")
        return self


class QuestionQuery(Listing):
    """Which questions to list.

    - `subject`: only those of this subject.
    - `gradeLevel`: only those of this grade level.
    - `status`: only those in this state.
    - `urgency`: only those that are so urgent.
    - `mine`: only the caller's own.
    """

    subject: Subject | None = None
    grade_level: Grade | None = None
    status: Status | None = None
    urgency: Urgency | None = None
    mine: bool = False


class WriteAnswer(Request):
    """An answer to a question."""

    text: Text
    image_ids: ImageIds = []


class WriteAnswerTo(WriteAnswer):
    """An answer, and the question that it is for."""

    question_id: Id


class EditAnswer(Request):
    """How an answer is to read from now on."""

    text: Text
    image_ids: ImageIds | None = None


class RevisionView(Schema):
    """How a text read before an edit."""

    revision: int
    title: str | None = None
    text: str
    image_ids: list[str] = []
    written_at: Timestamp


class AnswerView(Schema):
    """An answer; `heldFor` is there for its author and moderators while it is held."""

    answer_id: str
    question_id: str
    author: AuthorView
    text: str
    image_ids: list[str]
    helpful_count: int
    is_accepted: bool
    answered_at: Timestamp
    edited_at: Timestamp | None = None
    revision: int
    held_for: list[HeldReason] | None = None


class QuestionSummary(Schema):
    """A question in a list."""

    question_id: str
    subject: str
    grade_level: str | None = None
    urgency: Urgency
    title: str
    status: Status
    asker: AuthorView
    answer_count: int
    asked_at: Timestamp
    held_for: list[HeldReason] | None = None


class QuestionView(QuestionSummary):
    """A question with its answers: the accepted one first, then by how many found them helpful.

    `history` is there for whoever asked and for moderators.
    """

    text: str
    image_ids: list[str]
    accepted_answer_id: str | None = None
    mentor_id: str | None = None
    edited_at: Timestamp | None = None
    closed_at: Timestamp | None = None
    revision: int
    version: int
    answers: list[AnswerView] = []
    history: list[RevisionView] | None = None


class AnswerHistory(Schema):
    """How an answer read before each of its edits, the earliest first."""

    answer_id: str
    history: list[RevisionView]


class SimilarQuestion(Schema):
    """An earlier question that is like a new one; `score` is from 0 to 1."""

    question_id: str
    title: str
    status: Status
    answer_count: int
    score: Annotated[float, Field(ge=0, le=1)]


class Asked(Schema):
    """What became of a question: the question, unless it was only checked, and earlier ones that are like it.

    `typicalAnswerMinutes` is how long the first answer takes in this subject, in the middle of all.
    """

    question: QuestionView | None = None
    similar: list[SimilarQuestion]
    typical_answer_minutes: int | None = None


class HelpfulView(Schema):
    """How many found an answer helpful, the caller among them."""

    answer_id: str
    helpful_count: int
    is_helpful: bool = True


class OfferView(QuestionSummary):
    """A question that waits in a mentor's queue; `reason` says why it is offered to this mentor."""

    reason: Literal["subject", "language", "wider", "escalated"]
    offered_at: Timestamp
    waiting_minutes: int
