"""What moderators send and get."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id

from functions.questions.schemas.question import Reason

MOST_AT_ONCE = 50
"""How many questions one request decides on."""


class Approve(Request):
    """Questions to let into the bank: by id, or all of a topic that wait. More than fifty are a job."""

    question_ids: Annotated[list[Id], Field(max_length=1000)] = []
    topic_id: Id | None = None

    @model_validator(mode="after")
    def check_source(self) -> Self:
        """Refuse both ways of naming questions, and none."""
        if bool(self.question_ids) == (self.topic_id is not None):
            raise ValueError("give either questionIds or topicId")
        return self


class Ids(Request):
    """Questions to decide on."""

    question_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Reject(Ids):
    """Questions to send back, and why; `reasons` are for single ones, by id."""

    reason: Reason
    reasons: Annotated[dict[Id, Reason], Field(max_length=50)] = {}


class Decision(Schema):
    """What became of one question."""

    question_id: str
    result: Literal["approved", "rejected", "not_pending", "not_found", "own_question"]


class Decisions(Schema):
    """A result for each question, in the order asked; of many none, but the job that decides on them."""

    results: list[Decision]
    job_id: str | None = None


class AddComment(Request):
    """A remark for the author."""

    text: Reason
