"""A question taken apart for storage."""

import secrets
from collections.abc import Mapping
from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import Entity
from lyceum.kit.values.text import normalise
from lyceum.model.catalog import Topic
from lyceum.model.questions.question import AnswerKey, Question, QuestionFacts, QuestionListing
from lyceum.rules.questions.fingerprints import fingerprint_of
from lyceum.rules.questions.option_ids import neutralised
from lyceum.rules.questions.types import AnyQuestion, QuestionFields

_FACTS = QuestionFacts.get_attributes().keys() - Entity.get_attributes().keys()
_COMMON = {*QuestionFields.model_fields, "type"}
COMMON_FIELDS = (
    "type",
    "stem",
    "hints",
    "difficulty",
    "marks",
    "tags",
    "year",
    "exam_body",
    "subject",
    "source",
    "passage_id",
    "exclusion_ids",
    "is_shared",
)
"""The attributes of a stored question that its author's form names too."""


def content_of(question: AnyQuestion) -> dict[str, Any]:
    """Return what candidates see of a question beside its stem: never anything of the key."""
    content = question.model_dump(
        mode="json", exclude={*_COMMON, *question.keyed}, exclude_none=True, exclude_defaults=True
    )
    if "options" in content:
        content["options"] = [_without_feedback(option) for option in content["options"]]
    if question.type == "cloze":
        content["gaps"] = {number: _gap_content(gap) for number, gap in question.gaps.items()}
    if question.type == "practical":
        content["max_files"] = question.max_files
    if getattr(question, "show_rubric", False) and "rubric" in (
        dumped := question.model_dump(mode="json", include={"rubric"}, exclude_none=True)
    ):
        content["rubric"] = dumped["rubric"]
    return content


def _gap_content(gap: Any) -> dict[str, Any]:
    content: dict[str, Any] = gap.model_dump(mode="json", exclude=set(gap.keyed), exclude_none=True)
    if "options" in content:
        content["options"] = [_without_feedback(option) for option in content["options"]]
    return content


def _without_feedback(option: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"id": option["id"], "text": option["text"]}
    return {**shown, "pinned": True} if option.get("pinned") else shown


def key_of(question: AnyQuestion) -> dict[str, Any]:
    """Return what is right in a question: its key fields and the feedback of its options."""
    if question.type == "cloze":
        return {"gaps": {number: _own_key(gap) for number, gap in question.gaps.items()}}
    return _own_key(question)


def _own_key(part: Any) -> dict[str, Any]:
    key: dict[str, Any] = part.model_dump(mode="json", include=set(part.keyed), exclude_none=True)
    feedback = {option.id: option.feedback for option in getattr(part, "options", []) if option.feedback}
    return {**key, "feedback": feedback} if feedback else key


def stored(
    question: AnyQuestion,
    topic: Topic,
    *,
    question_id: str,
    author_id: str,
    status: str = "pending",
    level: int | None = None,
) -> tuple[Question, AnswerKey]:
    """Build the items of a new question and its key, for the caller to write together.

    `level` is that of the topic's course. Options get neutral ids and places (EXAM L5).
    """
    question = neutralised(question, question_id)
    item = Question(question_id=question_id, author_id=author_id, sort_key=secrets.token_hex(8), level=level)
    put_fields(item, question, topic)
    place(item, status)
    key = stored_key(question, question_id, 1)
    item.key_hash = key.hash
    return item, key


def put_fields(item: Question, question: AnyQuestion, topic: Topic) -> None:
    """Write everything that an author decides into a stored question."""
    item.topic_id, item.course_id, item.department_id = topic.topic_id, topic.course_id, topic.department_id
    for name in COMMON_FIELDS:
        setattr(item, name, getattr(question, name))
    item.content = content_of(question)
    item.fingerprint = fingerprint_of(question)


def place(item: Question, status: str) -> None:
    """Give a question a state and its place in the list of that state, from now on."""
    item.status = status
    item.status_order = item.topic_id if status == "approved" else clock.iso(clock.now())
    item.was_approved = bool(item.was_approved) or status == "approved"


def stored_key(question: AnyQuestion, question_id: str, revision: int) -> AnswerKey:
    """Build the key of one revision."""
    return AnswerKey(
        question_id=question_id,
        revision=revision,
        key=key_of(question),
        explanation=question.explanation,
        nonce=secrets.token_hex(16),
    )


def listed(item: Question) -> list[QuestionListing]:
    """Build an approved question's entries in its listings; written with it, removed when it leaves the bank."""
    facts = {name: getattr(item, name) for name in _FACTS}
    return [_entry(QuestionListing(listing=listing, **facts), item) for listing in listings(item)]


def items_of(question: Question, key: AnswerKey) -> list[Entity]:
    """Return everything that a new question is stored as: itself, its key and, once approved, its entries in lists."""
    return [question, key, *(listed(question) if question.status == "approved" else [])]


def _entry(entry: QuestionListing, item: Question) -> QuestionListing:
    """Make an entry say of itself what its question says; a write counts its version on."""
    entry.created_at, entry.version = item.created_at, max(0, int(item.version) - 1)
    return entry


def listings(item: QuestionFacts) -> list[str]:
    """Name the listings that a question stands in once it is approved."""
    subject = [f"subject:{normalise(item.subject)}"] if item.subject else []
    department = [f"department:{item.department_id}"] if item.department_id else []
    return ["all", f"course:{item.course_id}", *department, f"author:{item.author_id}", *subject]
