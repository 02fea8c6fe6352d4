"""What students get of results, question by question."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.rules.questions.credit import Outcome
from lyceum.rules.questions.responses import ResponseView
from lyceum.rules.questions.views import KeyedContent

from functions.exams.marking.schemas.receipts import Evidence, Receipt, SignedReceipt


class SectionResult(Schema):
    """How a section was done, after its choice and scaling."""

    title: str
    score: Decimal
    max_score: Decimal


class MarkedQuestion(KeyedContent, ResponseView):
    """A question after the end: what was answered and, as far as it may be told, what is right and why.

    `counted` is false for an answer beyond those that its section counts.
    """

    question_id: str
    topic_id: str
    difficulty: str
    type: str
    stem: str
    section: int | None = None
    outcome: Outcome | None = None
    score: Decimal | None = None
    max_score: Decimal
    counted: bool = True
    comment: str | None = None
    time_spent_seconds: int
    late: bool


class Part(Schema):
    """How a topic or a difficulty was done; its score may be below zero, the paper's may not."""

    name: str
    questions: int
    right: int
    partial: int
    wrong: int
    blank: int
    pending: int
    score: Decimal
    max_score: Decimal


class SummaryQuery(Request):
    """Whether to send along what the receipt's hashes were taken of.

    - `evidence`: whether to send it.
    """

    evidence: bool = False
    fields: Annotated[str | None, Field(max_length=500)] = None


class Results(Receipt):
    """The whole result of a session; `percentile` compares with the first attempts of others, once there are 20."""

    title: str | None = None
    assessment_id: str | None = None
    attempt: int
    started_at: Timestamp
    percentile: Decimal | None = None
    sections: list[SectionResult] = []
    by_topic: list[Part] = []
    by_difficulty: list[Part] = []
    questions: list[MarkedQuestion]
    receipt: SignedReceipt | None = None
    evidence: Evidence | None = None


class InstantFeedback(MarkedQuestion):
    """What became of an answer while the session runs; the answer stands from now on."""

    exam_id: str
