"""What readers of a question get. Keys stand in models of their own, so that they can not slip out of a public one."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lyceum.kit.http.schemas import Schema


class PartView(Schema):
    """An option, prompt, choice or item."""

    id: str
    text: str


class CriterionView(PartView):
    """A criterion of a rubric."""

    points: Decimal


class RubricView(Schema):
    """What a grader goes by."""

    criteria: list[CriterionView]


class GapView(Schema):
    """A gap as a candidate sees it."""

    type: str
    options: list[PartView] | None = None
    unit: str | None = None


class PassageView(Schema):
    """What a question is about, together with others: a text, a picture or a recording.

    - `form`: `text`, `picture` or `recording`; a file is `GET /api/uploads/{uploadId}`.
    - `alternative`: what the picture shows or the recording says.
    """

    passage_id: str
    revision: int
    form: str
    title: str | None = None
    text: str | None = None
    upload_id: str | None = None
    alternative: str | None = None


class ContentView(Schema):
    """The parts of a question that its type has; those of other types are absent.

    `passage` stands with each question of it that is drawn or asked.
    """

    passage: PassageView | None = None

    options: list[PartView] | None = None
    prompts: list[PartView] | None = None
    choices: list[PartView] | None = None
    items: list[PartView] | None = None
    gaps: dict[str, GapView] | None = None
    unit: str | None = None
    word_limit: int | None = None
    rubric: RubricView | None = None
    file_kinds: list[str] | None = None
    max_files: int | None = None


class ToleranceView(Schema):
    """How far off a number may be."""

    kind: str
    amount: str


class AcceptedView(Schema):
    """An accepted answer and the part of the marks that it earns."""

    text: str
    credit: Decimal


class KeyedOption(PartView):
    """An option with what is said to those who choose it."""

    feedback: str | None = None
    pinned: bool | None = None


class KeyFields(Schema):
    """What is right, in the fields of each type."""

    correct_option_ids: list[str] | None = None
    correct: bool | None = None
    value: str | None = None
    tolerance: ToleranceView | None = None
    accepted: list[AcceptedView] | None = None
    case_sensitive: bool | None = None
    accent_sensitive: bool | None = None
    pairs: dict[str, str] | None = None
    correct_order: list[str] | None = None


class KeyedGap(GapView, KeyFields):
    """A gap with what is right in it."""

    options: list[KeyedOption] | None = None  # type: ignore[assignment]


class KeyedContent(ContentView, KeyFields):
    """The parts of a question together with its key."""

    options: list[KeyedOption] | None = None  # type: ignore[assignment]
    gaps: dict[str, KeyedGap] | None = None  # type: ignore[assignment]
    show_rubric: bool | None = None
    explanation: str | None = None


def with_key(content: Mapping[str, Any], key: Mapping[str, Any]) -> dict[str, Any]:
    """Put content and key together again, as in the authors' form."""
    whole = {**content, **{name: value for name, value in key.items() if name not in {"feedback", "gaps"}}}
    feedback = key.get("feedback")
    if feedback:
        whole["options"] = [
            {**option, **({"feedback": feedback[option["id"]]} if option["id"] in feedback else {})}
            for option in content["options"]
        ]
    if "gaps" in key:
        whole["gaps"] = {number: with_key(gap, key["gaps"][number]) for number, gap in content["gaps"].items()}
    return whole
