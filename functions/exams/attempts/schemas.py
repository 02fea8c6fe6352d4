"""What callers of the exam endpoints send and get. Marks, scores and percentages are decimal texts."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from lyceum.kit.http.schemas import Request, Schema, Timestamp, same_as
from lyceum.rules.exams.release import Feedback
from lyceum.rules.questions.responses import ResponseFields, ResponseView
from lyceum.rules.questions.views import ContentView

from functions.exams.adaptive.schemas import AdaptiveView
from functions.exams.papers.policies import Id, SessionRules, distinct
from functions.exams.papers.schemas import SectionView

AccessCode = Annotated[str | None, StringConstraints(min_length=1, max_length=64)]
FREE_MODES = frozenset({"practice", "timed_exam", "adaptive"})
Mode = Literal["practice", "timed_exam", "adaptive", "assignment", "practice_test", "quiz", "paper"]
Reason = Annotated[str, Field(min_length=3, max_length=500, description="Why; it stands in the audit log.")]
Scope = Literal["session", "exam"]


class StartExam(SessionRules):
    """A new session: of questions of one's own choice, by rules of one's own choice, or of something published.

    Give topics to draw from, or questions by id, or what was published, whose own rules hold then. An `adaptive` one
    asks one question after the other, each by what was answered so far; after each answer `POST
    /api/exams/{examId}/feedback/{questionId}` adds the next.
    """

    mode: Mode | None = None
    topic_ids: Annotated[list[Id], Field(min_length=1, max_length=10), AfterValidator(distinct)] | None = None
    question_ids: Annotated[list[Id], Field(min_length=1, max_length=100), AfterValidator(distinct)] | None = None
    assessment_id: Id | None = None
    count: Annotated[int, Field(ge=1, le=100, description="Questions in the paper, when they are drawn.")] = 10
    difficulty: Literal["easy", "medium", "hard"] | None = None
    access_code: AccessCode = None

    @model_validator(mode="after")
    def check_source(self) -> Self:
        """Refuse several sources of questions or none, and rules beside those of something published."""
        named = [name for name in ("topic_ids", "question_ids", "assessment_id") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError("give exactly one of topicIds, questionIds and assessmentId")
        if self.assessment_id is None and self.mode not in FREE_MODES:
            raise ValueError(
                "mode must be practice, timed_exam or adaptive, unless assessmentId names a published exam"
            )
        if self.mode == "adaptive" and self.topic_ids is None:
            raise ValueError("an adaptive exam draws from topics")
        own = self.model_fields_set - {"mode", "assessment_id", "access_code"}
        if self.assessment_id is not None and own:
            raise ValueError("the rules are those of what was published")
        return self


class StartAttempt(Request):
    """A start of something published."""

    access_code: AccessCode = None


Seq = Annotated[int, Field(ge=1, le=2**53, description="Any positive integer that a JSON number holds exactly.")]


class SaveAnswer(ResponseFields):
    """One answer. `seq` grows with each change of it; the highest one stands. An empty answer clears it."""

    question_id: Id
    seq: Seq
    operation_id: Id | None = None
    time_spent_seconds: Annotated[int, Field(ge=0, le=4 * 3600)] = 0


class Removed(Schema):
    """It is gone."""

    id: str


class Timed(Schema):
    """What the server's clock says; the caller's own decides nothing."""

    server_now: Timestamp
    deadline_at: Timestamp
    seconds_left: int


class GivenAnswer(ResponseView):
    """What the student answered so far."""

    seq: int


class PaperQuestion(ContentView):
    """A question as the student sees it while the session runs; `section` is its place in the list of sections."""

    question_id: str
    topic_id: str
    type: str
    stem: str
    marks: Decimal
    section: int | None = None
    flagged: bool = False
    answer: GivenAnswer | None = None


SessionState = Literal["running", "paused", "away", "quarantined", "finished"]


class ExamState(Timed):
    """A session as it stands.

    - `questions`: those that may be seen now, none after the deadline or while it is paused.
    - `isPreview`: staff tries it; nothing of it counts.
    - `pauseEndsAt`: when a pause ends the session as it is, unless it is resumed before.
    - `section`, `sectionEndsAt`: where sections are timed, the open one and when it closes.
    """

    exam_id: str
    mode: str
    title: str | None = None
    assessment_id: str | None = None
    attempt: int
    is_preview: bool = False
    state: SessionState
    status: Annotated[SessionState | None, same_as("state")] = None
    adaptive: AdaptiveView | None = None
    navigation: str
    feedback: Feedback
    topic_ids: list[str]
    question_count: int
    answered_count: int
    position: int | None = None
    section: int | None = None
    section_ends_at: Timestamp | None = None
    started_at: Timestamp
    grace_seconds: int
    passing_percent: Decimal
    negative_marking: Decimal
    max_score: Decimal
    paused_at: Timestamp | None = None
    pause_ends_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    cause: Literal["submitted", "expired"] | None = None
    sections: list[SectionView] = []
    questions: list[PaperQuestion]


class LeaveSection(Request):
    """A timed section to leave for good, by its place in the list of sections."""

    section: Annotated[int, Field(ge=0, le=19)]


class FlagQuestion(Request):
    """A question to come back to, or not any more."""

    question_id: Id
    flagged: bool = True


class Flagged(Timed):
    """A mark for review is set or taken off."""

    exam_id: str
    question_id: str
    flagged: bool


class Saved(Timed):
    """An answer is stored; `late` says that it came between the deadline and the end of the grace."""

    exam_id: str
    question_id: str
    seq: int
    saved_at: Timestamp
    late: bool


class Malformed(BaseModel, defer_build=True):
    """One of several answers that could not be read, and why."""

    question_id: str | None = None
    message: str


def read_answer(kind: type[SaveAnswer], value: Any) -> SaveAnswer | Malformed:
    """Read an answer; one that is not as it has to be is Malformed (EXAM W8)."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        named = value.get("questionId") if isinstance(value, dict) else None
        why = first["msg"].removeprefix("Value error, ")
        return Malformed(
            question_id=named[:40] if isinstance(named, str) else None, message=f"{place}: {why}" if place else why
        )


def each_by_itself(kind: type[SaveAnswer]) -> WrapValidator:
    """Read each of several answers by itself, so that one which can not be read stops no other."""
    return WrapValidator(lambda value, _handler: read_answer(kind, value))


class SaveAnswers(Request):
    """Several answers; each is judged by itself, so one that can not be read or saved stops no other."""

    answers: Annotated[
        list[Annotated[SaveAnswer | SkipJsonSchema[Malformed], each_by_itself(SaveAnswer)]],
        Field(min_length=1, max_length=200),
    ]


class SavedItem(Schema):
    """What became of one of several answers; `code` says why it was not saved."""

    question_id: str | None = None
    seq: int | None = None
    saved: bool
    saved_at: Timestamp | None = None
    late: bool | None = None
    code: str | None = None
    message: str | None = None


class SavedAnswers(Timed):
    """What became of each of several answers, in their order."""

    exam_id: str
    results: list[SavedItem]


class PastExam(Schema):
    """A session in the student's own list; score and percent are absent until they are counted and may be told."""

    exam_id: str
    mode: str
    title: str | None = None
    assessment_id: str | None = None
    attempt: int
    state: SessionState
    status: Annotated[SessionState | None, same_as("state")] = None
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
    pending: int = 0


class AuditLogEntry(Schema):
    """One entry of an audit log."""

    number: int
    name: str
    actor: str
    happened_at: Timestamp
    reason: str | None = None
    facts: dict[str, Any]
    hash: str


class ChainedSaves(Schema):
    """The chain of a session's saves.

    - `intact`: nothing of it was changed, taken away or moved.
    - `complete`: it holds every answer that stands on the sheet; after a save that takes moments.
    """

    count: int
    intact: bool
    complete: bool


class AuditLog(Schema):
    """The audit log of a session; `intact` says that nothing of it was changed, taken away or moved."""

    intact: bool
    events: list[AuditLogEntry]
    saves: ChainedSaves
