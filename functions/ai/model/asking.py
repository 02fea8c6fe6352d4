"""Asking a language model: within budget, past the circuit, in a form that is checked, with what made the answer."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit
from lyceum.model.ai.asking import ModelCircuit

from functions.ai.model import budgets, circuit
from functions.ai.model.bedrock import Bedrock
from functions.ai.model.port import Answered, Chat, Heard, ModelDown, ModelNonsense, Picture, Question
from functions.ai.model.prompts import Prompt

T = TypeVar("T", bound=BaseModel)
_adapter: Chat = Bedrock()


@frozen
class Reply(Generic[T]):
    """An answer, and by which model and prompt it was given."""

    content: T
    made_by: dict[str, Any]


def ask(
    user_id: str,
    prompt: Prompt,
    form: type[T],
    parts: Sequence[Mapping[str, str]],
    *,
    known: ModelCircuit | None,
    unit: Unit,
    picture: Picture | None = None,
    heard: Heard | None = None,
) -> list[Reply[T]]:
    """Ask the same prompt once for each of `parts`, and add what it cost to a unit; `known` is the circuit as read.

    `heard` is told of the one answer while it is written.

    Budgets are taken before the first call, and given back where no answer comes. Raises RateLimited, ModelDown or
    ModelNonsense.
    """
    questions = [
        Question(prompt.task, prompt.rules, prompt.filled(each), form.model_json_schema(), prompt.most_tokens, picture)
        for each in parts
    ]
    circuit.admit(known)
    taken = sum(
        budgets.estimate(len(each.rules) + len(each.words), each.most_tokens, has_picture=picture is not None)
        for each in questions
    )
    budgets.take(user_id, taken)
    try:
        with circuit.noted(known):
            answers = _asked(questions, heard)
        replies = [_read(each, form, prompt) for each in answers]
    except ModelDown:
        _give_back(user_id, taken)
        raise
    budgets.settle(user_id, taken, sum(each.tokens for each in answers), unit)
    return replies


def _asked(questions: Sequence[Question], heard: Heard | None) -> list[Answered]:
    """Ask all at once: one after the other they would take longer than a caller is kept waiting."""
    if len(questions) == 1:
        return [_adapter.ask(questions[0], heard)]
    with ThreadPoolExecutor(len(questions)) as pool:
        return list(pool.map(_adapter.ask, questions))


def _give_back(user_id: str, taken: int) -> None:
    unit = Unit()
    budgets.settle(user_id, taken, 0, unit)
    unit.commit()


def _read(answer: Answered, form: type[T], prompt: Prompt) -> Reply[T]:
    try:
        content = form.model_validate(answer.content)
    except ValidationError:
        raise ModelNonsense from None
    made_by = {"model": answer.model, "prompt": prompt.task, "promptVersion": prompt.version, "tokens": answer.tokens}
    return Reply(content, made_by)
