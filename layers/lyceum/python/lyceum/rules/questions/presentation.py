"""A question as a candidate sees it: its parts in an order that a seed gives, and nothing of its key."""

from collections.abc import Mapping, Sequence
from typing import Any

from lyceum.model.questions.question import Question
from lyceum.rules.questions.seeded_order import shuffled

_ALWAYS_SHUFFLED = ("choices", "items")


def present(question: Question, seed: str, *, shuffle_options: bool) -> dict[str, Any]:
    """Return a question as it stands in a paper: what every question has, the parts of its type, and which key it pins.

    With `shuffle_options` the options stand in the seed's order; matching choices and ordering items always do, since
    an author's order may be the right one. The same question and seed give the same bytes.
    """
    return {
        "question_id": question.question_id,
        "revision": int(question.revision),
        "type": question.type,
        "topic_id": question.topic_id,
        "difficulty": question.difficulty,
        "marks": str(question.marks),
        "stem": question.stem,
        **({"key_hash": question.key_hash} if question.key_hash else {}),
        **_arranged(question.content, seed, question.question_id, shuffle_options=shuffle_options),
    }


def _arranged(content: Mapping[str, Any], seed: str, name: str, *, shuffle_options: bool) -> dict[str, Any]:
    shown = dict(content)
    if "options" in content:
        options = mixed(content["options"], seed, f"options of {name}") if shuffle_options else content["options"]
        shown["options"] = [{"id": option["id"], "text": option["text"]} for option in options]
    for parts in _ALWAYS_SHUFFLED:
        if parts in content:
            shown[parts] = mixed(content[parts], seed, f"{parts} of {name}")
    if "gaps" in content:
        shown["gaps"] = {
            number: _arranged(gap, seed, f"{name} gap {number}", shuffle_options=shuffle_options)
            for number, gap in content["gaps"].items()
        }
    return shown


def mixed(parts: Sequence[dict[str, Any]], seed: str, purpose: str) -> list[dict[str, Any]]:
    """Shuffle parts; those marked `pinned` ("none of the above") keep their place (EXAM S3)."""
    movable = {part["id"]: part for part in parts if not part.get("pinned")}
    order = iter(shuffled(movable, seed, purpose))
    return [part if part.get("pinned") else movable[next(order)] for part in parts]
