"""The types of question as authors write them: one model each, with the rules that make it answerable.

A model names in `keyed` which of its fields are part of the answer key. Matching choices and ordering items are put in
an order that follows from their texts alone and numbered anew on validation, as prompts are: neither ids nor order tell
what is right, and the same question gets the same ids however often it is saved.
"""

import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lyceum.kit.http.schemas import Request
from lyceum.kit.values.text import Line, Tag
from lyceum.rules.questions.parts import (
    Choices,
    OneNumber,
    OneOfOptions,
    OneText,
    Options,
    Parts,
    PartText,
    QuestionText,
    Rubric,
    check_known,
    neutral,
    renamed,
)
from lyceum.rules.questions.values import MOST_PARTS, GapNumber, PartId, PartIds, check_distinct, quoted

TopicId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
Difficulty = Literal["easy", "medium", "hard"]
FileKind = Literal["pdf", "image", "audio", "video", "text"]
Marks = Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
_GAP = re.compile(r"\{\{([1-9][0-9]?)\}\}")


class QuestionFields(Request):
    """What every question has, whatever its type; moderators do not see one that is saved as a draft.

    - `passageId`: the text or figure that several questions are about; in a paper they stay together.
    - `enemyIds`: questions that give this one away; they never stand in one paper with it.
    - `isShared`: other authors may ask it in their papers before it is in the bank.
    """

    keyed: ClassVar[tuple[str, ...]] = ()

    topic_id: TopicId
    stem: Annotated[QuestionText, Field(min_length=3)]
    explanation: QuestionText | None = None
    hints: Annotated[list[PartText], Field(max_length=10)] = []
    marks: Marks = Decimal(1)
    difficulty: Difficulty
    tags: Annotated[list[Tag], Field(max_length=20), AfterValidator(check_distinct)] = []
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    exam_body: Annotated[Line, Field(max_length=60)] | None = None
    subject: Annotated[Line, Field(max_length=60)] | None = None
    source: Line | None = None
    passage_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,40}$")] | None = None
    exclusion_ids: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]],
        Field(max_length=20, alias="enemyIds"),
        AfterValidator(check_distinct),
    ] = []
    is_draft: bool = False
    is_shared: bool = False


class Single(QuestionFields, OneOfOptions):
    """One of several options is right."""

    keyed = OneOfOptions.keyed
    type: Literal["single"]


class Multiple(QuestionFields):
    """Each of several options is right or not."""

    keyed = ("correct_option_ids",)
    type: Literal["multiple"]
    options: Options
    correct_option_ids: Annotated[PartIds, Field(min_length=1)]

    @field_validator("correct_option_ids")
    @classmethod
    def check_key(cls, value: list[str], info: ValidationInfo) -> list[str]:
        """Refuse a key that names no option."""
        check_known(value, info.data.get("options"), "option")
        return value


class TrueFalse(QuestionFields):
    """The stem is true or it is not."""

    keyed = ("correct",)
    type: Literal["true_false"]
    correct: bool


class Numeric(QuestionFields, OneNumber):
    """The answer is a number."""

    keyed = OneNumber.keyed
    type: Literal["numeric"]


class ShortText(QuestionFields, OneText):
    """The answer is a word or a phrase."""

    keyed = OneText.keyed
    type: Literal["short_text"]


class Matching(QuestionFields):
    """Each prompt belongs to one choice; choices may be left over or serve twice."""

    keyed = ("pairs",)
    type: Literal["matching"]
    prompts: Parts
    choices: Choices
    pairs: Annotated[dict[PartId, PartId], Field(min_length=2, max_length=MOST_PARTS)]

    @field_validator("pairs")
    @classmethod
    def check_pairs(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        """Refuse pairs that leave a prompt out or name what is not there."""
        prompts = info.data.get("prompts")
        check_known(list(value), prompts, "prompt")
        check_known(list(value.values()), info.data.get("choices"), "choice")
        left_out = {prompt.id for prompt in prompts or []} - value.keys()
        if left_out:
            raise ValueError(f"prompt {quoted(left_out)} has no choice")
        return value

    @model_validator(mode="after")
    def neutralise(self) -> Self:
        """Give prompts and choices ids, and the choices an order, that say nothing of the pairs."""
        self.prompts, prompts = renamed(self.prompts, "p")
        self.choices, choices = renamed(neutral(self.choices), "c")
        self.pairs = {prompts[prompt]: choices[choice] for prompt, choice in self.pairs.items()}
        return self


class Ordering(QuestionFields):
    """The items belong in one order."""

    keyed = ("correct_order",)
    type: Literal["ordering"]
    items: Parts
    correct_order: PartIds

    @field_validator("correct_order")
    @classmethod
    def check_order(cls, value: list[str], info: ValidationInfo) -> list[str]:
        """Refuse an order that is not one of exactly the items."""
        items = info.data.get("items")
        check_known(value, items, "item")
        if items is not None and len(value) < len(items):
            raise ValueError("every item has its place in the order")
        return value

    @model_validator(mode="after")
    def neutralise(self) -> Self:
        """Give the items ids and an order that say nothing of the right one."""
        self.items, names = renamed(neutral(self.items), "i")
        self.correct_order = [names[item] for item in self.correct_order]
        return self


class SingleGap(OneOfOptions):
    """A gap filled by one of several options."""

    type: Literal["single"]


class NumericGap(OneNumber):
    """A gap filled by a number."""

    type: Literal["numeric"]


class ShortTextGap(OneText):
    """A gap filled by a word or a phrase."""

    type: Literal["short_text"]


Gap = Annotated[SingleGap | NumericGap | ShortTextGap, Field(discriminator="type")]


class Cloze(QuestionFields):
    """A text with gaps, written `{{1}}`, `{{2}}` in the stem, each of a type of its own."""

    keyed = ("gaps",)
    type: Literal["cloze"]
    gaps: Annotated[dict[GapNumber, Gap], Field(min_length=1, max_length=MOST_PARTS)]

    @field_validator("gaps")
    @classmethod
    def check_gaps(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        """Refuse gaps that are not exactly those of the stem, each once."""
        if "stem" not in info.data:
            return value
        named = _GAP.findall(info.data["stem"])
        if sorted(named) != sorted(value):
            raise ValueError(
                f"the stem has the gaps {quoted(named) or 'none'}, each to be named once, and these are {quoted(value)}"
            )
        return value


class _Graded(QuestionFields):
    """A question that a person marks; its rubric is part of the key unless `show_rubric` lets candidates see it."""

    rubric: Rubric | None = None
    show_rubric: bool = False


class Theory(_Graded):
    """The answer is an essay; the word limit is told to candidate and grader and enforced by the latter."""

    keyed = ("rubric",)
    type: Literal["theory"]
    word_limit: Annotated[int, Field(ge=1, le=2000)] | None = None


class Practical(_Graded):
    """The answer is one or more uploaded files."""

    keyed = ("rubric",)
    type: Literal["practical"]
    file_kinds: Annotated[list[FileKind], Field(min_length=1, max_length=5), AfterValidator(check_distinct)]
    max_files: Annotated[int, Field(ge=1, le=10)] = 1


AnyQuestion = Single | Multiple | TrueFalse | Numeric | ShortText | Matching | Ordering | Cloze | Theory | Practical
AuthoredQuestion = Annotated[AnyQuestion, Field(discriminator="type")]
"""A question of any type, told apart by `type`."""

QuestionType = Literal[
    "single", "multiple", "true_false", "numeric", "short_text", "matching", "ordering", "cloze", "theory", "practical"
]

_authored: TypeAdapter[AnyQuestion] = TypeAdapter(AuthoredQuestion, config=ConfigDict(defer_build=True))


def read_question(fields: Any) -> AnyQuestion:
    """Read a question from plain data in the authors' form; raises pydantic.ValidationError."""
    return _authored.validate_python(fields)
