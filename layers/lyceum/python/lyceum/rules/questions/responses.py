"""What a candidate answers: one form for each type of question, and the rules that tell whether it fits.

What fits is known from the question alone, so it can be written down when a paper is made (`admission`) and checked
later without reading the question: the form, the names that the response may use, and how large it may be.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http.schemas import Request, Schema
from lyceum.rules.questions.values import GapNumber, Number, PartId, PartIds

FORMS = {
    "single": "option_ids",
    "multiple": "option_ids",
    "true_false": "is_true",
    "numeric": "number",
    "short_text": "text",
    "matching": "matches",
    "ordering": "order",
    "cloze": "fills",
    "theory": "text",
    "practical": "file_ids",
}
"""The field of a response that answers each type of question."""

SHORT_TEXT_CHARACTERS = 500
THEORY_CHARACTERS = 10_000
ShortAnswer = Annotated[str, StringConstraints(max_length=SHORT_TEXT_CHARACTERS)]


def _exactly_one(given: Request, names: list[str]) -> None:
    named = [name for name in names if name in given.model_fields_set]
    if len(named) != 1:
        aliases = [type(given).model_fields[name].alias or name for name in names]
        raise ValueError(f"give exactly one of {', '.join(aliases)}")


class Fill(Request):
    """What was put into one gap."""

    option_id: PartId | None = None
    number: Number | None = None
    text: ShortAnswer | None = None

    @model_validator(mode="after")
    def check_form(self) -> Self:
        """Refuse a gap that is filled in no way or in several."""
        _exactly_one(self, ["option_id", "number", "text"])
        return self


class ResponseFields(Request):
    """An answer to a question, in the field that its type asks for; empty or null clears it."""

    option_ids: PartIds | None = None
    is_true: bool | None = None
    number: Number | None = None
    number_unit: Annotated[str, StringConstraints(max_length=40)] | None = None
    text: Annotated[str, StringConstraints(max_length=THEORY_CHARACTERS)] | None = None
    matches: Annotated[dict[PartId, PartId], Field(max_length=20)] | None = None
    order: PartIds | None = None
    fills: Annotated[dict[GapNumber, Fill], Field(max_length=20)] | None = None
    file_ids: Annotated[PartIds, Field(max_length=10)] | None = None

    @model_validator(mode="after")
    def check_form(self) -> Self:
        """Refuse an answer in no form or in several, and a unit without a number."""
        _exactly_one(self, list(dict.fromkeys(FORMS.values())))
        if self.number_unit is not None and "number" not in self.model_fields_set:
            raise ValueError("numberUnit goes with a number")
        return self

    @property
    def form(self) -> str:
        """The field in which the answer stands."""
        return next(name for name in FORMS.values() if name in self.model_fields_set)

    def stored(self) -> dict[str, Any]:
        """Return the answer as plain data, as it is kept and scored."""
        return self.model_dump(mode="json", include={self.form, "number_unit"}, exclude_unset=True, exclude_none=True)

    def admission(self) -> "Admission":
        """Return what the question must admit: the form, the names used, and the size."""
        value = getattr(self, self.form)
        if self.form in {"option_ids", "order"}:
            return Admission(self.form, value or [], len(value or []))
        if self.form == "matches":
            names = {*(f"p {prompt}" for prompt in value or {}), *(f"c {choice}" for choice in (value or {}).values())}
            return Admission(self.form, sorted(names), len(value or {}))
        if self.form == "fills":
            return Admission(
                self.form, [_fill_name(number, fill) for number, fill in (value or {}).items()], len(value or {})
            )
        return Admission(self.form, [], len(value) if isinstance(value, str | list) else 1)


def _fill_name(number: str, fill: Fill) -> str:
    (form,) = fill.model_fields_set
    return f"{number} {form} {fill.option_id}" if form == "option_id" and fill.option_id else f"{number} {form}"


class Admission(NamedTuple):
    """What a question admits, or what a response needs.

    - `form`: the field of the response.
    - `allowed`: the names that it may use, or does.
    - `most`: the entries or characters that it may have, or has.
    """

    form: str
    allowed: list[str]
    most: int


_GAP_FORMS = {"single": "option_id", "numeric": "number", "short_text": "text"}


def admission(kind: str, content: Mapping[str, Any]) -> Admission:
    """Return what a question of this type and content admits; raises KeyError for a type that there is not."""
    form = FORMS[kind]
    if kind in {"single", "multiple"}:
        names = [option["id"] for option in content["options"]]
        return Admission(form, names, 1 if kind == "single" else len(names))
    if kind == "matching":
        prompts, choices = ([part["id"] for part in content[name]] for name in ("prompts", "choices"))
        return Admission(form, [*(f"p {name}" for name in prompts), *(f"c {name}" for name in choices)], len(prompts))
    if kind == "ordering":
        return Admission(form, [item["id"] for item in content["items"]], len(content["items"]))
    if kind == "cloze":
        return Admission(
            form,
            [name for number, gap in content["gaps"].items() for name in _gap_names(number, gap)],
            len(content["gaps"]),
        )
    return Admission(
        form,
        [],
        {
            "short_text": SHORT_TEXT_CHARACTERS,
            "theory": THEORY_CHARACTERS,
            "practical": content.get("max_files", 1),
        }.get(kind, 1),
    )


def _gap_names(number: str, gap: Mapping[str, Any]) -> list[str]:
    form = _GAP_FORMS[gap["type"]]
    return [f"{number} {form}", *(f"{number} {form} {option['id']}" for option in gap.get("options", []))]


class Refusal(NamedTuple):
    """Why a response does not fit its question: the rule's name, the field at fault, and a sentence for people."""

    rule: str
    field: str
    message: str


_FIELD_NAMES = {name: ResponseFields.model_fields[name].alias or name for name in FORMS.values()}


def refusal(admitted: Admission, response: ResponseFields) -> Refusal | None:
    """Say why a response does not fit what a question admits; None when it does."""
    given, field = response.admission(), _FIELD_NAMES[response.form]
    if given.form != admitted.form:
        return Refusal("WRONG_FORM", field, f"This question is answered with {_FIELD_NAMES[admitted.form]}.")
    if not set(given.allowed) <= set(admitted.allowed):
        return Refusal("UNKNOWN_OPTION", field, "This question does not have such an option.")
    if given.most > admitted.most:
        return Refusal("TOO_MANY_OPTIONS", field, f"Give {admitted.most} at most.")
    return None


class FillView(Schema):
    """What a candidate put into one gap."""

    option_id: str | None = None
    number: str | None = None
    text: str | None = None


class ResponseView(Schema):
    """An answer as it is shown again, in the field that its question's type asks for."""

    option_ids: list[str] | None = None
    is_true: bool | None = None
    number: str | None = None
    number_unit: str | None = None
    text: str | None = None
    matches: dict[str, str] | None = None
    order: list[str] | None = None
    fills: dict[str, FillView] | None = None
    file_ids: list[str] | None = None


def is_blank(stored: Mapping[str, Any] | None) -> bool:
    """Say whether a stored answer answers nothing: absent, cleared, white space, or gaps that were all left empty."""
    values = [value for name, value in (stored or {}).items() if name != "number_unit"]
    return not any(_says_something(value) for value in values)


def _says_something(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Mapping):
        return any(_says_something(each) for each in value.values())
    return bool(value) if isinstance(value, list) else value is not None
