"""What authors send and get of blueprints: the sections of a paper and how they count."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.values.text import Line, RichText
from lyceum.rules.questions.types import QuestionType

from functions.exams.papers.policies import LONGEST_SECONDS, Id, distinct

Year = Annotated[int, Field(ge=1900, le=2100)]
Marks = Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
MOST_QUESTIONS = 200


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
