"""What authors send of practice tests and quizzes, and what authors and students get."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import Line, RichText

from functions.exams.authoring.schemas.blueprints import MOST_QUESTIONS, Blueprint
from functions.exams.papers.policies import Accommodation, ExamRules, Id, distinct
from functions.exams.papers.schemas import SectionView

Label = Annotated[str, StringConstraints(pattern=r"^[\w &'()+,./-]{1,60}$", strip_whitespace=True)]
_PRACTICE_PASS = Decimal(60)
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


class OwnAssessmentView(AssessmentView):
    """The same with what its owner alone sees; others get none of these fields."""

    question_ids: list[str] | None = None
    seed: str | None = None
    rules: dict[str, Any] | None = None
    accommodations: list[dict[str, Any]] | None = None
    paused_at: Timestamp | None = None
