"""What questions are made of: options and other parts, a number or a text that is right, and a grader's rubric."""

import hashlib
import re
import unicodedata
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from lyceum.kit.http.schemas import Request
from lyceum.kit.values.text import Line, RichText, normalise
from lyceum.rules.questions.values import MOST_PARTS, Number, PartId, quoted

_FOREIGN_IMAGE = re.compile(r'<img(?![^>]* src="upload:[0-9A-Z]{26}")')


def _check_images(text: str) -> str:
    """Refuse images from elsewhere: they could change, and would tell their host who sits an exam."""
    if _FOREIGN_IMAGE.search(text):
        raise ValueError('upload images first and name them by id: <img src="upload:01J...">')
    return text


QuestionText = Annotated[RichText, AfterValidator(_check_images)]
PartText = Annotated[QuestionText, Field(min_length=1, max_length=2000)]


class Part(Request):
    """An option, prompt, choice or item: an id within its question, and its rich text."""

    id: PartId
    text: PartText


class Option(Part):
    """A choice; a pinned one ("none of the above") keeps its place when options are shuffled.

    Its id is a letter: one that could spell a word could say what is right.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]$")]
    feedback: PartText | None = None
    pinned: bool = False


def as_written(text: str) -> str:
    """Return what tells one text from another, case and signs among it; only spacing and ways of encoding do not."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_parts(parts: list[Any]) -> list[Any]:
    """Refuse ids or texts that stand twice; raises ValueError."""
    if len({part.id for part in parts}) < len(parts):
        raise ValueError("each has an id of its own")
    if len({as_written(part.text) for part in parts}) < len(parts):
        raise ValueError("two of them say the same")
    return parts


Options = Annotated[list[Option], Field(min_length=2, max_length=MOST_PARTS), AfterValidator(check_parts)]
Parts = Annotated[list[Part], Field(min_length=2, max_length=MOST_PARTS), AfterValidator(check_parts)]
Choices = Annotated[list[Part], Field(min_length=2, max_length=30), AfterValidator(check_parts)]


def check_known(named: list[str], parts: list[Any] | None, noun: str) -> None:
    """Refuse ids that name none of the parts, unless the parts are wrong themselves; raises ValueError."""
    unknown = set(named) - {part.id for part in parts or []}
    if parts is not None and unknown:
        raise ValueError(f"there is no {noun} {quoted(unknown)}")


class OneOfOptions(Request):
    """Options of which one is right."""

    keyed: ClassVar[tuple[str, ...]] = ("correct_option_ids",)

    options: Options
    correct_option_ids: Annotated[list[PartId], Field(min_length=1, max_length=1)]

    @field_validator("correct_option_ids")
    @classmethod
    def check_key(cls, value: list[str], info: ValidationInfo) -> list[str]:
        """Refuse a key that names no option."""
        check_known(value, info.data.get("options"), "option")
        return value


class Tolerance(Request):
    """How far a number may be off: by `amount` itself (absolute), or by `amount` times the value (relative)."""

    kind: Literal["absolute", "relative"] = "absolute"
    amount: Annotated[Number, Field(ge=0)] = Decimal(0)


class OneNumber(Request):
    """A number that is right, and how far off it may be; `unit` is shown to the candidate."""

    keyed: ClassVar[tuple[str, ...]] = ("value", "tolerance")

    value: Number
    tolerance: Tolerance = Tolerance()
    unit: Annotated[Line, Field(max_length=40)] | None = None


class Accepted(Request):
    """An answer that is accepted, for all or part of the marks.

    `*` stands for any text; a backslash before it makes it an asterisk.
    """

    text: Annotated[Line, Field(max_length=200)]
    credit: Annotated[Decimal, Field(gt=0, le=1, max_digits=5, decimal_places=4)] = Decimal(1)


class OneText(Request):
    """A short text, compared after normalisation."""

    keyed: ClassVar[tuple[str, ...]] = ("accepted", "case_sensitive", "accent_sensitive")

    accepted: Annotated[list[Accepted], Field(min_length=1, max_length=50)]
    case_sensitive: bool = False
    accent_sensitive: bool = False

    @field_validator("accepted")
    @classmethod
    def check_full_credit(cls, value: list[Accepted]) -> list[Accepted]:
        """Refuse a question that nobody can get right."""
        if all(answer.credit < 1 for answer in value):
            raise ValueError("one accepted answer must earn full credit")
        return value


def neutral(parts: list[Part]) -> list[Part]:
    """Put parts in an order that follows from their texts alone."""
    return sorted(parts, key=lambda part: (_digest(normalise(part.text)), _digest(part.text)))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def renamed(parts: list[Part], letter: str) -> tuple[list[Part], dict[str, str]]:
    """Number parts in their order; returns them and their new ids by the old ones."""
    names = {part.id: f"{letter}{number}" for number, part in enumerate(parts, 1)}
    return [part.model_copy(update={"id": names[part.id]}) for part in parts], names


class Criterion(Request):
    """Something that a grader looks for, and the points that it is worth."""

    id: PartId
    text: PartText
    points: Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]


class Rubric(Request):
    """What a grader goes by; the marks of the question are divided as the points are."""

    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=MOST_PARTS), AfterValidator(check_parts)]
