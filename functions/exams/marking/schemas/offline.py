"""What is sent and got of answers that were given offline."""

from typing import Annotated

from pydantic import AwareDatetime, Field
from pydantic.json_schema import SkipJsonSchema

from lyceum.kit.http import Request, Schema

from functions.exams.attempts.schemas import Malformed, SaveAnswer, Seq, each_by_itself
from functions.exams.marking.schemas.receipts import Receipt


class OfflineResult(Schema):
    """What became of one answer given offline; `code` says why it was not saved."""

    question_id: str | None = None
    saved: bool
    code: str | None = None
    message: str | None = None


class OfflineAnswer(SaveAnswer):
    """One answer given offline; `answeredAt` is the client's own clock, kept for statistics and nothing else."""

    seq: Seq = 1
    answered_at: AwareDatetime | None = None


class OfflineAnswers(Request):
    """All answers of an attempt; each is judged by itself, so one that can not be read stops no other."""

    answers: Annotated[
        list[Annotated[OfflineAnswer | SkipJsonSchema[Malformed], each_by_itself(OfflineAnswer)]], Field(max_length=200)
    ]


class OfflineReceipt(Receipt):
    """How an attempt ended, with a result for each answer in their order."""

    results: list[OfflineResult]
