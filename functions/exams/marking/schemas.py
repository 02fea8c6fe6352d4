"""What students get of results, and what graders send and get."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import RichText
from lyceum.rules.questions.credit import Outcome
from lyceum.rules.questions.responses import ResponseView
from lyceum.rules.questions.values import PartId
from lyceum.rules.questions.views import KeyedContent, RubricView

from functions.exams.attempts.schemas import Malformed, Reason, SaveAnswer, Scope, Seq, Timed, each_by_itself
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


class RevisionView(Schema):
    """The marks of a session in one revision, with the grades and rulings that they were made of."""

    revision: int
    score: Decimal | None = None
    percent: Decimal | None = None
    keys_hash: str
    marks: list[dict[str, Any]]
    grades: dict[str, Any]
    rulings: dict[str, Any]


class Regraded(Schema):
    """What a ruling makes of a session. Until it is `applied`, `revision` is the one that stands."""

    exam_id: str
    applied: bool = False
    revision: int
    earlier_score: Decimal | None = None
    earlier_percent: Decimal | None = None
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    passed: bool | None = None
    is_lowered: bool


class Ruling(Request):
    """What is ruled on a question after the end.

    - `key`: the key of another `revision` of the question counts.
    - `full_marks`: everybody gets them.
    - `left_out`: it counts neither in the score nor in the maximum.
    - `restore`: everything stands as in an earlier `revision` of the marks.
    """

    ruling: Literal["key", "full_marks", "left_out", "restore"]
    question_id: Id | None = None
    revision: Annotated[int | None, Field(ge=1, le=1_000_000)] = None

    @model_validator(mode="after")
    def check_form(self) -> Self:
        """Refuse a ruling without what it is about."""
        if (self.ruling == "restore") == (self.question_id is not None):
            raise ValueError("questionId goes with every ruling but restore")
        if (self.ruling in {"key", "restore"}) != (self.revision is not None):
            raise ValueError("revision goes with key and restore")
        return self


class Regrade(Ruling):
    """A ruling on one session, or on all finished sessions of its exam; a preview changes nothing.

    A score is lowered only with `lower`: without it, one session is refused, and of many those are left as they are.
    """

    reason: Reason
    lower: bool = False
    preview: bool = False
    scope: Scope = "session"

    @model_validator(mode="after")
    def check_scope(self) -> Self:
        """Refuse to restore all sessions at once: their revisions are not the same."""
        if self.scope == "exam" and (self.ruling == "restore" or self.preview):
            raise ValueError("restore and preview are for one session")
        return self


class RegradeAssessment(Ruling):
    """A ruling on a question for all finished sessions of an assessment.

    - `preview`: works out what becomes of every session and changes nothing.
    - `lower`: lowers scores too; without it, those that it would lower stay as they are.
    """

    reason: Reason
    lower: bool = False
    preview: bool = False

    @model_validator(mode="after")
    def check_ruling(self) -> Self:
        """Refuse to restore all sessions at once: their revisions are not the same."""
        if self.ruling == "restore":
            raise ValueError("restore is for one session")
        return self


class SuspectedKey(Schema):
    """A question whose key the answers speak against.

    - `option`: what better candidates took than took the key, or more of them. `tookIt`, `tookKey`: how many did.
    - `discrimination`: of the key, from -1 to 1.
    - `ruling`: what a person decided.
    """

    question_id: str
    option: str
    took_it: int
    took_key: int
    discrimination: Decimal
    ruling: Literal["kept", "corrected"] | None = None


class KeyReviewView(Schema):
    """The review of an assessment's keys before its results are told.

    - `state`: `off` where none is asked for, `awaited` until the window is over, `clear`, `held` while results wait for
      a person, `ruled` after that.
    - `takers`: the first attempts that it was judged by.
    """

    assessment_id: str
    state: Literal["off", "awaited", "clear", "held", "ruled"]
    takers: int
    suspects: list[SuspectedKey]
    ruled_at: Timestamp | None = None


class KeyRuling(Request):
    """What was decided of a suspected key: it is right and `kept`, or a regrade has `corrected` what came of it."""

    question_id: Id
    ruling: Literal["kept", "corrected"]


class RuleOnKeys(Request):
    """A decision on each suspected key; the results are released by it, so regrade first what has to be.

    - `reason`: kept in the audit log.
    """

    rulings: Annotated[list[KeyRuling], Field(min_length=1, max_length=200)]
    reason: Reason


class RegradeResult(Schema):
    """What was done: to a session at once; to all of an exam by and by, under the name of an incident."""

    scope: Scope
    incident_id: str | None = None
    session: Regraded | None = None


class ReadReason(Request):
    """Why marks of another's exam are read; it stands in the audit log.

    - `reason`: a sentence for the log.
    """

    reason: Annotated[str | None, Field(min_length=3, max_length=500)] = None
    fields: Annotated[str | None, Field(max_length=500)] = None


class Revisions(Schema):
    """Every revision of a session's marks, the one in force last."""

    exam_id: str
    revisions: list[RevisionView]


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


class Receipt(Timed):
    """How a session ended.

    - `pending`: answers that wait for a grader.
    - `score`, `percent`, `passed`: absent while answers wait, or while they may not be told yet.
    - `resultFrom`: when they may be told.
    """

    exam_id: str
    state: Literal["finished"] = "finished"
    mode: str
    finished_at: Timestamp
    cause: Literal["submitted", "expired"]
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    passing_percent: Decimal
    passed: bool | None = None
    pending: int = 0
    result_from: Timestamp | None = None


class OfflineReceipt(Receipt):
    """How an attempt ended, with a result for each answer in their order."""

    results: list[OfflineResult]


class Evidence(Schema):
    """What a receipt's hashes were taken of, for a re-scoring elsewhere: paper and keys as canonical JSON."""

    paper: str
    keys: str


class SignedReceipt(Schema):
    """The receipt of a score; docs/exams.md tells how to check it.

    - `payload`: canonical JSON.
    - `signature`: of the payload, by Ed25519 (RFC 8032).
    """

    payload: str
    signature: str
    public_key: str


class ReceiptKey(Schema):
    """A public key of receipts (RFC 8037)."""

    kty: str = "OKP"
    crv: str = "Ed25519"
    x: str
    kid: str
    use: str = "sig"


class ReceiptKeys(Schema):
    """The public keys that score receipts are signed with."""

    keys: list[ReceiptKey]


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
