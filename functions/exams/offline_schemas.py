"""What is sent and answered when a whole attempt is handed in at once."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from lyceum.kit.http.schemas import Request, Schema

from functions.exams.schemas import Receipt, SaveAnswer


class OfflineAnswer(SaveAnswer):
    """One answer given offline; `answeredAt` is the client's own clock, kept for statistics and trusted for nothing else."""

    seq: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1
    answered_at: AwareDatetime | None = None


class OfflineAnswers(Request):
    """All answers of an attempt."""

    answers: Annotated[list[OfflineAnswer], Field(max_length=200)]


class OfflineResult(Schema):
    """What became of one answer given offline; `code` says why it was not saved."""

    question_id: str
    saved: bool
    code: str | None = None
    message: str | None = None


class OfflineReceipt(Receipt):
    """How an attempt ended, with a result for each answer in their order."""

    results: list[OfflineResult]
