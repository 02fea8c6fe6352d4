"""What callers of the question bank send and get. Keys stand in schemas of their own, so that they can not slip out."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp, named, read_as
from lyceum.kit.values.text import Line, Tag
from lyceum.rules.questions.parts import Accepted, Option, Part, PartText, QuestionText, Rubric, Tolerance
from lyceum.rules.questions.types import Difficulty, FileKind, Gap, QuestionType
from lyceum.rules.questions.values import GapNumber, Number, PartId
from lyceum.rules.questions.views import ContentView, KeyedContent, PassageView

Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
Status = Literal["draft", "pending", "approved", "rejected", "retired"]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
_SORTS = ("createdAt", "difficulty", "year", "marks", "type")
_SORT = rf"-?({'|'.join(_SORTS)})"


class QuestionView(ContentView):
    """A question as everybody may see it: without what is right."""

    question_id: str
    topic_id: str
    course_id: str
    department_id: str | None = None
    level: int | None = None
    subject: str | None = None
    type: str
    stem: str
    hints: list[str]
    difficulty: str
    marks: Decimal
    tags: list[str]
    year: int | None = None
    exam_body: str | None = None
    source: str | None = None
    passage_id: str | None = None
    status: str
    revision: int
    author_id: str
    version: int
    created_at: Timestamp


class CommentView(Schema):
    """What a moderator said: approved, rejected (with the reason) or a comment."""

    comment_id: str
    moderator_id: str
    verdict: str
    text: str | None = None
    created_at: Timestamp


class Keyed(KeyedContent, QuestionView):
    """A question as its author and moderators see it: with what is right and why; others get none of those fields."""

    rejection_reason: str | None = None
    exclusion_ids: Annotated[list[str] | None, Field(alias="enemyIds")] = None
    is_shared: bool | None = None
    comments: list[CommentView] | None = None


class ChangeQuestion(Request):
    """The fields of a question that change; those that are not named stay, and null empties one that may be empty.

    What a field takes is what it takes when the question is written. With another `type` the parts of the earlier one
    go, and those of the new one have to be named.
    """

    type: Annotated[QuestionType | None, read_as(multiple_choice="single")] = None
    topic_id: Id | None = None
    stem: QuestionText | None = None
    explanation: QuestionText | None = None
    hints: list[PartText] | None = None
    marks: Decimal | None = None
    difficulty: Difficulty | None = None
    tags: list[Tag] | None = None
    year: int | None = None
    exam_body: Line | None = None
    subject: Line | None = None
    source: Line | None = None
    passage_id: Id | None = None
    exclusion_ids: Annotated[list[Id] | None, Field(alias="enemyIds")] = None
    is_draft: bool | None = None
    is_shared: bool | None = None
    options: list[Option] | None = None
    correct_option_ids: list[PartId] | None = None
    correct: bool | None = None
    value: Number | None = None
    tolerance: Tolerance | None = None
    unit: Line | None = None
    accepted: list[Accepted] | None = None
    case_sensitive: bool | None = None
    accent_sensitive: bool | None = None
    prompts: list[Part] | None = None
    choices: list[Part] | None = None
    pairs: dict[PartId, PartId] | None = None
    items: list[Part] | None = None
    correct_order: list[PartId] | None = None
    gaps: dict[GapNumber, Gap] | None = None
    rubric: Rubric | None = None
    show_rubric: bool | None = None
    word_limit: int | None = None
    file_kinds: list[FileKind] | None = None
    max_files: int | None = None


class PassageFields(Request):
    """What several questions are about: a text, a picture or a recording, or a text with one of them.

    - `uploadId`: an own upload for the purpose `question_image` or `question_recording`, processed.
    - `alternative`: what the picture shows or the recording says, for those who can not see or hear it.
    """

    title: Line | None = None
    text: Annotated[QuestionText, Field(min_length=3, max_length=30_000)] | None = None
    upload_id: Id | None = None
    alternative: Annotated[QuestionText, Field(max_length=10_000)] | None = None

    @model_validator(mode="after")
    def check_content(self) -> Self:
        """Refuse a passage with nothing in it."""
        if self.text is None and self.upload_id is None:
            raise ValueError("give text, uploadId or both")
        return self


class OwnPassageView(PassageView):
    """A passage by itself."""

    author_id: str
    version: int
    created_at: Timestamp


class ReadKey(Request):
    """Why a moderator reads what is right in somebody else's question; it stands in the audit log.

    - `reason`: why; without one the answer says nothing of the key, unless the question waits for a moderator.
    """

    reason: Reason | None = None
    fields: Annotated[str | None, Field(max_length=500)] = None


class QuestionFilter(Listing):
    """Which questions to list; only staff may ask for others than the approved ones, authors for their own and shared.

    Lists are read by the narrowest of topic, course, author, subject and department; further filters leave out what
    does not match, so a page may be short while `nextCursor` says go on. In any other order than that of creation, a
    list of at most a thousand questions (or 3 MB) is sorted as a whole, and a longer one is refused.

    - `status`: only questions in this state.
    - `shared`: of drafts and of what waits for a moderator, only those whose authors share them.
    - `subject`: only questions of this subject.
    - `level`: only questions of courses of this level.
    - `difficulty`: only questions of this difficulty.
    - `type`: only questions of this type.
    - `tag`: only questions with this tag.
    - `year`: only questions of this year's papers.
    - `examBody`: only questions of this examination body.
    - `createdFrom`: only questions written at this time or later.
    - `createdTo`: only questions written before this time.
    """

    status: Status = "approved"
    topic_id: Annotated[Id | None, named("topicId", "topic")] = None
    course_id: Id | None = None
    department_id: Id | None = None
    author_id: Id | None = None
    is_shared: Annotated[bool, Field(alias="shared")] = False
    subject: Label | None = None
    level: Annotated[int | None, Field(ge=1, le=1000)] = None
    difficulty: Difficulty | None = None
    type: Annotated[QuestionType | None, read_as(multiple_choice="single")] = None
    tag: Label | None = None
    year: Annotated[int | None, Field(ge=1900, le=2100)] = None
    exam_body: Label | None = None
    solved: Annotated[
        bool | None, Field(description="Whether the caller has answered it right in a finished exam.")
    ] = None
    created_from: AwareDatetime | None = None
    created_to: AwareDatetime | None = None
    sort: Annotated[
        str,
        StringConstraints(pattern=rf"^{_SORT}(,{_SORT}){{0,4}}$"),
        Field(description="Such as `-createdAt` or `difficulty,-year`."),
    ] = "createdAt"


class PendingFilter(Listing):
    """Which questions of the moderation queue to list, those that wait longest first.

    - `type`: only questions of this type.
    """

    topic_id: Id | None = None
    course_id: Id | None = None
    author_id: Id | None = None
    type: QuestionType | None = None


_WEIGHTS = re.compile(r"(easy|medium|hard):(\d{1,2})")


MOST_AT_ONCE = 50
"""How many questions one request decides on."""


class Draw(Request):
    """A random selection from a topic, several topics, or a course.

    What the caller was shown in this signed-in session does not come again, unless `again` is set; what stood in the
    caller's last exams does not come either, as far back as `lastExams` says. A draw with a `seed` depends on seed and
    bank alone.

    - `count`: how many to draw.
    - `difficulty`: only questions of this difficulty.
    - `seed`: the same seed draws the same questions from the same bank.
    - `again`: whether what was shown before may come again.
    - `lastExams`: the questions of how many past exams to leave out.
    """

    topic_id: Annotated[Id | None, named("topicId", "topic")] = None
    topic_ids: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9A-Z]{26}(,[0-9A-Z]{26}){0,9}$"),
        Field(description="Up to ten ids."),
    ] = None
    course_id: Id | None = None
    count: Annotated[int, Field(ge=1, le=50)] = 10
    difficulty: Difficulty | None = None
    weights: Annotated[
        str | None,
        StringConstraints(pattern=r"^(easy|medium|hard):[0-9]{1,2}(,(easy|medium|hard):[0-9]{1,2}){0,2}$"),
        Field(description="How to mix the difficulties, such as `easy:1,medium:2,hard:1`."),
    ] = None
    seed: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")] = None
    again: bool = False
    last_exams: Annotated[int, Field(ge=0, le=5)] = 0
    fields: Annotated[str | None, Field(max_length=500)] = None

    @model_validator(mode="after")
    def check_scope(self) -> Self:
        """Refuse a draw from nowhere or from several scopes, and weights that say nothing."""
        if sum(scope is not None for scope in (self.topic_id, self.topic_ids, self.course_id)) != 1:
            raise ValueError("give one of topicId, topicIds and courseId")
        if self.weights is not None and not any(self.shares.values()):
            raise ValueError("weights: one of them must be above 0")
        return self

    @property
    def shares(self) -> dict[str, int]:
        """The weights by difficulty."""
        return {name: int(weight) for name, weight in _WEIGHTS.findall(self.weights or "")}


class Selection(Schema):
    """Questions drawn at random; the same seed draws the same ones from the same bank.

    `isShort` says that fewer were left than were asked for: with `again`, those that were shown may come once more.
    """

    questions: list[QuestionView]
    seed: str
    asked: int
    is_short: bool


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


class Change(Schema):
    """A field that a revision changed; `before` or `after` is absent where the field was."""

    field: str
    before: Any = None
    after: Any = None


class RevisionView(Schema):
    """A revision, and how it differs from the one before it."""

    revision: int
    written_at: Timestamp
    written_by: str | None = None
    is_current: bool
    changes: list[Change]


class History(Schema):
    """The life of a question, its newest revision first."""

    question_id: str
    status: str
    revisions: list[RevisionView]


class Removed(Schema):
    """A question that is retired."""

    question_id: str
    status: str


class AcceptDifficulty(Request):
    """The proposed difficulty that is to be the question's."""

    difficulty: Difficulty


class DifficultyView(Schema):
    """How difficult a question is called."""

    question_id: str
    difficulty: str
    version: int


class EstimateView(Schema):
    """An estimate of difficulty on the logit scale, where the average candidate stands at 0.

    - `slope`: how sharply the question tells candidates apart (two-parameter model), where the answers tell it.
    - `warnings`: `FEW_CANDIDATES`, `SPREAD_HELD`, `NOT_CONVERGED`.
    """

    difficulty: Decimal
    standard_error: Decimal
    sample_size: int
    label: str
    proposed_label: str | None = None
    estimated_at: Timestamp
    slope: Decimal | None = None
    slope_error: Decimal | None = None
    warnings: list[str] = []


class StatisticsView(Schema):
    """How a question did in finished exams. docs/assessment.md has the formulas.

    Facility is the mean part of the marks earned (0 to 1), success rate the share of full marks, discrimination the
    correlation between this question and the rest of the paper (-1 to 1). Each is absent while it is not known.
    """

    question_id: str
    attempts: int
    correct: int
    skipped: int
    success_rate: float | None = None
    facility: float | None = None
    discrimination: float | None = None
    mean_time_spent_seconds: float | None = None
    median_time_spent_seconds: float | None = None
    choices: dict[str, int] | None = None
    estimate: EstimateView | None = None


class MissedFilter(Listing):
    """Which questions are missed most: of a topic, or of a course."""

    topic_id: Id | None = None
    course_id: Id | None = None

    @model_validator(mode="after")
    def check_scope(self) -> Self:
        """Refuse a list of nothing in particular, or of two things."""
        if (self.topic_id is None) == (self.course_id is None):
            raise ValueError("give either topicId or courseId")
        return self


class MissedView(StatisticsView):
    """A question's statistics in the list of those that are missed most."""

    topic_id: str
    course_id: str
