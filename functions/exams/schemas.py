"""What callers of the exam endpoints send and get. Marks, scores and percentages are decimal texts."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from lyceum.http.schema import Request, Schema, Timestamp

Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
Fraction = Annotated[Decimal, Field(ge=0, le=1, max_digits=5, decimal_places=4, description="Part of a question's marks, as a decimal text.")]


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError("every value may stand in the list once")
    return values


class StartExam(Request):
    """A new session: which questions, for how long, by which rules."""

    mode: Literal["practice", "timed_exam"]
    topic_ids: Annotated[list[Id], Field(min_length=1, max_length=10), AfterValidator(_distinct)]
    count: Annotated[int, Field(ge=1, le=100, description="Questions in the paper.")] = 10
    difficulty: Literal["easy", "medium", "hard"] | None = None
    duration_seconds: Annotated[int, Field(ge=60, le=4 * 3600)] = 3600
    grace_seconds: Annotated[int, Field(ge=0, le=60, description="How long after the deadline an answer on its way is still taken.")] = 5
    navigation: Literal["free", "forward_only"] = "free"
    shuffle_questions: bool = True
    shuffle_options: bool = True
    passing_percent: Percent = Decimal(50)
    negative_marking: Fraction = Decimal(0)


class SaveAnswer(Request):
    """One answer. `seq` grows with each change of it; the highest one stands. No options at all clear it."""

    question_id: Id
    option_ids: Annotated[list[Id], Field(max_length=10), AfterValidator(_distinct)]
    seq: Annotated[int, Field(ge=1, le=1_000_000_000)]
    operation_id: Id | None = None
    time_spent_seconds: Annotated[int, Field(ge=0, le=4 * 3600)] = 0


class Timed(Schema):
    """What the server's clock says; the caller's own decides nothing."""

    server_now: Timestamp
    deadline_at: Timestamp
    seconds_left: int


class Option(Schema):
    """A choice as the student sees it."""

    id: str
    text: str


class GivenAnswer(Schema):
    """What the student chose so far."""

    option_ids: list[str]
    seq: int


class PaperQuestion(Schema):
    """A question as the student sees it while the session runs."""

    question_id: str
    topic_id: str
    type: str
    stem: str
    options: list[Option]
    marks: Decimal
    answer: GivenAnswer | None = None


class ExamState(Timed):
    """A session as it stands. `questions` holds those that may be seen now: none after the deadline."""

    exam_id: str
    mode: str
    state: Literal["running", "finished"]
    navigation: str
    topic_ids: list[str]
    question_count: int
    answered_count: int
    position: int | None = None
    started_at: Timestamp
    grace_seconds: int
    passing_percent: Decimal
    negative_marking: Decimal
    max_score: Decimal
    finished_at: Timestamp | None = None
    cause: Literal["submitted", "expired"] | None = None
    questions: list[PaperQuestion]


class Saved(Timed):
    """An answer is stored; `late` says that it came between the deadline and the end of the grace."""

    exam_id: str
    question_id: str
    seq: int
    saved_at: Timestamp
    late: bool


class PastExam(Schema):
    """A session in the student's own list; one that has just ended has no score until it is counted."""

    exam_id: str
    mode: str
    state: Literal["running", "finished"]
    topic_ids: list[str]
    question_count: int
    started_at: Timestamp
    deadline_at: Timestamp
    finished_at: Timestamp | None = None
    cause: Literal["submitted", "expired"] | None = None
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    passed: bool | None = None


class Receipt(Timed):
    """How a session ended."""

    exam_id: str
    state: Literal["finished"] = "finished"
    mode: str
    finished_at: Timestamp
    cause: Literal["submitted", "expired"]
    score: Decimal
    max_score: Decimal
    percent: Decimal
    passing_percent: Decimal
    passed: bool


class Part(Schema):
    """How a topic or a difficulty was done; its score may be below zero, the paper's may not."""

    name: str
    questions: int
    right: int
    wrong: int
    blank: int
    score: Decimal
    max_score: Decimal


class MarkedQuestion(Schema):
    """A question after the end: what was chosen, what is right and why."""

    question_id: str
    topic_id: str
    difficulty: str
    type: str
    stem: str
    options: list[Option]
    option_ids: list[str]
    correct_option_ids: list[str]
    explanation: str | None = None
    outcome: Literal["right", "wrong", "blank"]
    score: Decimal
    max_score: Decimal
    time_spent_seconds: int
    late: bool


class Results(Receipt):
    """The whole result of a session."""

    started_at: Timestamp
    by_topic: list[Part]
    by_difficulty: list[Part]
    questions: list[MarkedQuestion]
