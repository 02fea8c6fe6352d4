"""What authors send to change a question."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from lyceum.kit.http import Request
from lyceum.kit.http.schemas import Id, read_as
from lyceum.kit.values.text import Line, Tag
from lyceum.rules.questions.parts import Accepted, Option, Part, PartText, QuestionText, Rubric, Tolerance
from lyceum.rules.questions.types import Difficulty, FileKind, Gap, QuestionType
from lyceum.rules.questions.values import GapNumber, Number, PartId


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
