"""A row as a question of its type, or what is wrong with it by the fields that an author knows."""

from typing import Any

from pydantic import ValidationError

from lyceum.kit.frozen import frozen
from lyceum.model.catalog import Topic
from lyceum.model.questions.question import Question
from lyceum.rules.questions.storage import put_fields
from lyceum.rules.questions.types import AnyQuestion, read_question

from functions.imports.syntax.drafts import Problem

_MOST_PROBLEMS = 20


@frozen
class ParsedQuestion:
    """A valid question of its type, with the fingerprint of what a candidate sees of it."""

    question: AnyQuestion
    topic: Topic
    fingerprint: str

    def as_authored(self) -> dict[str, Any]:
        """Write it in the authors' form, as it is kept between the reading and the writing."""
        return self.question.model_dump(mode="json", by_alias=True, exclude_none=True)


def parse_question(fields: dict[str, Any], topic: Topic) -> tuple[ParsedQuestion | None, list[Problem]]:
    """Read a question from plain data; returns it, or what is wrong."""
    try:
        question = read_question(fields)
    except ValidationError as error:
        return None, [
            _problem(item["loc"], item["msg"], str(fields.get("type", ""))) for item in error.errors()[:_MOST_PROBLEMS]
        ]
    probe = Question()
    put_fields(probe, question, topic)
    return ParsedQuestion(question, topic, probe.fingerprint), []


def _problem(location: tuple[int | str, ...], message: str, kind: str) -> Problem:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location if part != kind).lstrip(
        "."
    )
    return Problem(path or "type", message.removeprefix("Value error, "))
