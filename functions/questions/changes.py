"""Changing single fields of a question: what is not named stays as the author's form has it now."""

from typing import Any

from pydantic import ValidationError

from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.kit.http.schemas import fields_in, name_of
from lyceum.model.questions.question import AnswerKey, Question
from lyceum.rules.questions import storage
from lyceum.rules.questions.types import AnyQuestion, QuestionFields, read_question
from lyceum.rules.questions.views import with_key

from functions.questions.schemas.changes import ChangeQuestion


def merged(question: Question, key: AnswerKey, wanted: ChangeQuestion) -> AnyQuestion:
    """Return a question with the named fields changed, as its author would write it as a whole.

    With another `type` the parts of the earlier one are gone: what the new one needs has to be named. Raises
    ValidationFailed, by the caller's names, for what does not go together.
    """
    named = wanted.model_dump(by_alias=True, exclude_unset=True)
    kept = _form(question, key)
    if named.get("type", question.type) != question.type:
        kept = {name: value for name, value in kept.items() if name in QuestionFields.model_fields}
    kept = {name_of(name, ChangeQuestion.model_fields[name]): value for name, value in kept.items()}
    form = {**kept, **named}
    try:
        return read_question(form)
    except ValidationError as error:
        raise ValidationFailed(
            "Some fields are missing or wrong.", details=[_detail(item, form) for item in error.errors()]
        ) from None


def _form(question: Question, key: AnswerKey) -> dict[str, Any]:
    """Write a stored question as its author's form."""
    fields = {name: getattr(question, name) for name in ("topic_id", *storage.COMMON_FIELDS)}
    whole = {**fields, **with_key(question.content, key.key), "explanation": key.explanation}
    is_rubric_shown = {"show_rubric": True} if "rubric" in question.content else {}
    return {**whole, **is_rubric_shown, "is_draft": question.status == "draft"}


def _detail(item: Any, form: dict[str, Any]) -> Detail:
    parts = fields_in(item["loc"], form)
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")
    return Detail(path, str(item["msg"]).removeprefix("Value error, "))
