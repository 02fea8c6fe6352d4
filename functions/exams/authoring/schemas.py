"""What authors and students send and get of practice tests, quizzes and papers."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import Line, RichText
from lyceum.rules.questions.types import QuestionType
from lyceum.rules.questions.views import KeyedContent

from functions.exams.papers.policies import LONGEST_SECONDS, Accommodation, ExamRules, Id, distinct
from functions.exams.papers.schemas import SectionView

Label = Annotated[str, StringConstraints(pattern=r"^[\w &'()+,./-]{1,60}$", strip_whitespace=True)]
Year = Annotated[int, Field(ge=1900, le=2100)]
Marks = Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
MOST_QUESTIONS = 200
_PRACTICE_PASS = Decimal(60)


class Mix(Request):
    """How many questions of each difficulty."""

    easy: Annotated[int, Field(ge=0, le=100)] = 0
    medium: Annotated[int, Field(ge=0, le=100)] = 0
    hard: Annotated[int, Field(ge=0, le=100)] = 0


class SectionPlan(Request):
    """A section of a blueprint: which questions it is made of, and how it counts.

    - `answer`: how many of its questions count: the best of those answered, or the first.
    - `minPerTopic`: how many of the counted answers are kept for each topic, whatever else was answered.
    - `scaleTo`: the marks to which its score is scaled.
    - `timeLimitSeconds`: how long the section is open, and then never again.
    - `questionIds`: exactly these questions instead of a draw from `topicIds`; own ones that are not in the bank too.
    """

    title: Line
    instructions: RichText | None = None
    question_ids: Annotated[list[Id], Field(min_length=1, max_length=100), AfterValidator(distinct)] | None = None
    topic_ids: Annotated[list[Id], Field(max_length=20, validate_default=True), AfterValidator(distinct)] = []
    count: Annotated[int, Field(ge=0, le=100, validate_default=True)] = 0
    types: Annotated[list[QuestionType], Field(max_length=10), AfterValidator(distinct)] = []
    difficulty: Mix | None = None
    exclude_years: Annotated[list[Year], Field(max_length=100)] = []
    marks_each: Marks | None = None
    answer: Annotated[int | None, Field(ge=1, le=100)] = None
    choice: Literal["best", "first"] = "best"
    min_per_topic: Annotated[int | None, Field(ge=1, le=20)] = None
    scale_to: Annotated[Decimal | None, Field(gt=0, le=1000, max_digits=6, decimal_places=2)] = None
    time_limit_seconds: Annotated[int | None, Field(ge=60, le=4 * 3600)] = None

    @field_validator("topic_ids")
    @classmethod
    def check_source(cls, value: list[str], info: Any) -> list[str]:
        """Refuse questions from both sources and from none."""
        if bool(value) == bool(info.data.get("question_ids")):
            raise ValueError("give topicIds to draw from, or questionIds")
        return value

    @field_validator("count")
    @classmethod
    def check_count(cls, value: int, info: Any) -> int:
        """Refuse no questions; of questions that are named there are as many as there are."""
        named = info.data.get("question_ids")
        if not named and not value:
            raise ValueError("say how many questions there are")
        if named and value not in {0, len(named)}:
            raise ValueError(f"there are {len(named)} questions in questionIds")
        return len(named) if named else value

    @field_validator("difficulty")
    @classmethod
    def check_mix(cls, value: Mix | None, info: Any) -> Mix | None:
        """Refuse a mix that does not add up to the number of questions."""
        count = info.data.get("count")
        if value is not None and count is not None and value.easy + value.medium + value.hard != count:
            raise ValueError(f"must add up to {count} questions")
        return value

    @field_validator("answer")
    @classmethod
    def check_answer(cls, value: int | None, info: Any) -> int | None:
        """Refuse a choice of more than there is, or among questions of unequal worth."""
        if value is not None and value > info.data.get("count", value):
            raise ValueError("there are fewer questions in the section")
        if value is not None and info.data.get("marks_each") is None:
            raise ValueError("a choice needs marksEach: its questions must be worth the same")
        return value

    @field_validator("min_per_topic")
    @classmethod
    def check_minimum(cls, value: int | None, info: Any) -> int | None:
        """Refuse a minimum without a choice, beside a mix of difficulties, or of more than the choice counts."""
        if value is None:
            return value
        if info.data.get("answer") is None or info.data.get("difficulty") is not None:
            raise ValueError("a minimum goes with answer and without difficulty")
        if value * len(info.data.get("topic_ids", ())) > info.data["answer"]:
            raise ValueError("the topics' minimums are more than the answers that count")
        return value


class Blueprint(Request):
    """What a paper is made of. The same seed, blueprint and bank give the same paper."""

    sections: Annotated[list[SectionPlan], Field(min_length=1, max_length=20)]
    seed: Annotated[str | None, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$")] = None

    @field_validator("sections")
    @classmethod
    def check_size(cls, value: list[SectionPlan]) -> list[SectionPlan]:
        """Refuse more questions than one session holds."""
        if sum(section.count for section in value) > MOST_QUESTIONS:
            raise ValueError(f"a paper has {MOST_QUESTIONS} questions at most")
        timed = [section.time_limit_seconds for section in value if section.time_limit_seconds is not None]
        if timed and len(timed) != len(value):
            raise ValueError("give every section a time, or none")
        if sum(timed) > LONGEST_SECONDS:
            raise ValueError(f"an exam takes {LONGEST_SECONDS} seconds at most")
        return value


QuestionIds = Annotated[list[Id], Field(min_length=1, max_length=MOST_QUESTIONS), AfterValidator(distinct)]
Accommodations = Annotated[list[Accommodation], Field(max_length=200)]


class NewAssessment(Request):
    """What everything that is published has: a title, questions by id or from a blueprint, and rules."""

    title: Line
    description: RichText | None = None
    question_ids: QuestionIds | None = None
    blueprint: Blueprint | None = None
    rules: ExamRules = ExamRules()
    accommodations: Accommodations = []
    published: bool = False

    @model_validator(mode="after")
    def check_source(self) -> Self:
        """Refuse questions from both sources and from none."""
        if (self.question_ids is None) == (self.blueprint is None):
            raise ValueError("give either questionIds or blueprint")
        return self


class NewPracticeTest(NewAssessment):
    """A practice test for a subject and grade level; it is passed at 60 % unless its rules say otherwise."""

    subject: Label
    grade_level: Label
    rules: ExamRules = ExamRules(passing_percent=_PRACTICE_PASS)

    @field_validator("rules")
    @classmethod
    def put_pass_mark(cls, value: ExamRules) -> ExamRules:
        """Fill in the pass mark of practice tests."""
        if "passing_percent" in value.model_fields_set:
            return value
        return value.model_copy(update={"passing_percent": _PRACTICE_PASS})


class NewQuiz(NewAssessment):
    """A quiz or an assignment of a course, maybe of one of its lessons; with `isRequired` the course asks for it."""

    course_id: Id
    lesson_id: Id | None = None
    mode: Literal["quiz", "assignment"] = "quiz"
    is_required: bool = True


class GeneratePaper(Request):
    """A paper in the style of an examination board, in one form or two parallel ones of equal expected difficulty.

    Its blueprint is given, or named by `blueprintId` (a board's or an own one) with the topics of each of its sections
    in `sectionTopics`, where it says none itself. Rules that are not named are then the blueprint's.
    """

    title: Line
    description: RichText | None = None
    blueprint: Blueprint | None = None
    blueprint_id: Id | None = None
    section_topics: Annotated[list[Annotated[list[Id], Field(min_length=1, max_length=20)]], Field(max_length=20)] = []
    forms: Literal[1, 2] = 1
    rules: ExamRules = ExamRules()
    accommodations: Accommodations = []
    published: bool = False


class SavedSection(SectionPlan):
    """A section of a blueprint that is kept for later; topics may be left to whoever makes a paper of it."""

    @field_validator("topic_ids")
    @classmethod
    def check_source(cls, value: list[str], info: Any) -> list[str]:
        """Refuse questions from both sources."""
        if value and info.data.get("question_ids"):
            raise ValueError("give topicIds to draw from, or questionIds")
        return value


class NewBlueprint(Request):
    """A blueprint to keep for later papers."""

    title: Line
    duration_seconds: Annotated[int, Field(ge=60, le=LONGEST_SECONDS)] = 3600
    sections: Annotated[list[SavedSection], Field(min_length=1, max_length=20)]


class BlueprintView(Schema):
    """A blueprint: a board's, shipped with the product, or the caller's own."""

    blueprint_id: str
    board: str | None = None
    title: str
    source: str | None = None
    duration_seconds: int
    sections: list[dict[str, Any]]


class BlueprintList(Schema):
    """The boards' blueprints and the caller's own."""

    boards: list[BlueprintView]
    own: list[BlueprintView]


class ChangeAssessment(Request):
    """Changes: what is given takes the place of what was there, and of `rules` those that are named.

    A window is named as a whole. An access code stays unless it is named; null takes it away. More attempts for
    everybody after somebody was shown what is right need `afterKeys` and a reason; so does another attempt of whoever
    was shown it at the end of a window that has moved since.
    """

    title: Line | None = None
    description: RichText | None = None
    after_keys: bool = False
    reason: Annotated[str | None, StringConstraints(min_length=3, max_length=500)] = None
    question_ids: QuestionIds | None = None
    blueprint: Blueprint | None = None
    rules: ExamRules | None = None
    accommodations: Accommodations | None = None
    published: bool | None = None

    @model_validator(mode="after")
    def check_source(self) -> Self:
        """Refuse questions from both sources."""
        if self.question_ids is not None and self.blueprint is not None:
            raise ValueError("give either questionIds or blueprint")
        if self.after_keys and not self.reason:
            raise ValueError("say in reason why more attempts follow although what is right was shown")
        return self


class ChangePracticeTest(ChangeAssessment):
    """Changes of a practice test."""

    subject: Label | None = None
    grade_level: Label | None = None


class ChangeQuiz(ChangeAssessment):
    """Changes of a quiz."""

    lesson_id: Id | None = None
    is_required: bool | None = None


class ChangePaper(ChangeAssessment):
    """Changes of a paper; with a new blueprint, in how many forms."""

    forms: Literal[1, 2] = 1


class TestFilter(Listing):
    """Which practice tests to list; a grade level alone is looked for in up to three pages at a time.

    - `subject`: only tests of this subject.
    - `gradeLevel`: only tests for this grade level.
    """

    subject: Label | None = None
    grade_level: Label | None = None


class AssessmentView(Schema):
    """Something published, as everybody sees it: never what it asks. `attemptsUsed` are the caller's own."""

    assessment_id: str
    mode: str
    title: str
    description: str | None = None
    subject: str | None = None
    grade_level: str | None = None
    course_id: str | None = None
    lesson_id: str | None = None
    is_required: bool | None = None
    state: Literal["draft", "published"]
    topic_ids: list[str]
    question_count: int
    max_score: Decimal
    sections: list[SectionView] = []
    duration_seconds: int
    attempts: int | None = None
    attempts_used: int | None = None
    navigation: str
    passing_percent: Decimal
    negative_marking: Decimal
    feedback: str
    offline_hours: int
    opens_at: Timestamp | None = None
    closes_at: Timestamp | None = None
    needs_access_code: bool
    version: int


class PaperSummary(AssessmentView):
    """A paper in the list of its owner."""

    forms: list[str]


class OwnAssessmentView(AssessmentView):
    """The same with what its owner alone sees; others get none of these fields."""

    question_ids: list[str] | None = None
    seed: str | None = None
    rules: dict[str, Any] | None = None
    accommodations: list[dict[str, Any]] | None = None
    paused_at: Timestamp | None = None


class Distribution(Schema):
    """Scores of all finished attempts, in percent; `takers` and the groups of ten percent count first attempts."""

    attempts: int
    passed: int
    mean_percent: Decimal | None = None
    standard_deviation: Decimal | None = None
    takers: int
    median_percent: Decimal | None = None
    in_tens: list[int]


class ItemStatisticsView(Schema):
    """How one question did.

    - `facility`: the mean part of its marks that was earned.
    - `discrimination`: the corrected item-total correlation.
    """

    question_id: str
    attempts: int
    right: int
    partial: int
    wrong: int
    blank: int
    facility: Decimal | None = None
    discrimination: Decimal | None = None
    mean_time_spent_seconds: Decimal | None = None


class AnalyticsView(Schema):
    """Statistics of an assessment; they follow its finished attempts within moments."""

    assessment_id: str
    distribution: Distribution
    items: list[ItemStatisticsView]


class AttemptView(Schema):
    """One attempt in the list of those who own the assessment."""

    exam_id: str
    user_id: str
    attempt: int
    state: str
    started_at: Timestamp
    finished_at: Timestamp | None = None
    cause: str | None = None
    score: Decimal | None = None
    percent: Decimal | None = None
    is_passed: bool | None = None
    is_pending: bool


class ResultsView(Schema):
    """Attempts in the order of their starts, with statistics of all of them; `nextCursor` goes on."""

    assessment_id: str
    distribution: Distribution
    results: list[AttemptView]
    next_cursor: str | None = None


class SchemeQuestion(KeyedContent):
    """A question of a paper with what its marker needs."""

    question_id: str
    revision: int
    topic_id: str
    difficulty: str
    type: str
    stem: str
    marks: Decimal
    section: int | None = None


class FormView(Schema):
    """One form of a paper with its marking scheme; `hash` names exactly these questions in this order."""

    form: str
    hash: str
    expected_facility: Decimal | None = None
    questions: list[SchemeQuestion]


class PaperQuery(Request):
    """Why somebody else's paper is read; it stands in the audit log.

    - `reason`: why; needed for a paper of somebody else.
    """

    reason: Annotated[str | None, Field(min_length=3, max_length=500)] = None
    fields: Annotated[str | None, Field(max_length=500)] = None


class PaperView(OwnAssessmentView):
    """A paper with its marking scheme."""

    forms: list[FormView]
