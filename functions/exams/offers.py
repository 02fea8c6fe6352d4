"""What a session is begun from: questions in their order, rules, and whose exam it is."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lyceum import bank
from lyceum.kit import clock, ids
from lyceum.kit.errors import Detail, RuleViolation
from lyceum.model import Assessment, Question
from lyceum.table import batch_fetch

from functions.exams import paper
from functions.exams.schemas import StartExam

Entries = list[dict[str, Any]]


@dataclass(frozen=True)
class Offer:
    """Everything that a new session copies; nothing of it changes when its sources do (EXAM T6).

    `attempts_used` counts the sessions that the student started before of an assessment.
    """

    mode: str
    scope: str
    policy: dict[str, Any]
    seed: str
    entries: Entries
    topic_ids: list[str]
    limit_seconds: int
    section_limits: Sequence[int] = ()
    sections: list[dict[str, Any]] = field(default_factory=list)
    closes_by: datetime | None = None
    closed_from: datetime | None = None
    assessment: Assessment | None = None
    attempts_used: int = 0


def own_choice(wanted: StartExam) -> Offer:
    """Make an offer of questions and rules that a student chose.

    Costs the draw, or one storage request for questions named by id. Raises RuleViolation NOT_ENOUGH_QUESTIONS or
    UNKNOWN_QUESTION.
    """
    seed = ids.new_secret(24)
    if wanted.question_ids:
        questions = approved(wanted.question_ids)
        source = "|".join(sorted(wanted.question_ids))
    else:
        topic_ids = wanted.topic_ids or []
        questions = bank.draw(topic_ids, wanted.count, seed, wanted.difficulty)
        source = "|".join(sorted(topic_ids))
    policy = wanted.model_dump(mode="json", exclude={"mode", "topic_ids", "question_ids", "assessment_id", "count", "access_code"})
    return Offer(
        mode=wanted.mode or "practice",
        scope=f"{wanted.mode}#{hashlib.sha256(source.encode()).hexdigest()[:16]}",
        policy=policy,
        seed=seed,
        entries=arranged(questions, seed, policy),
        topic_ids=wanted.topic_ids or list(dict.fromkeys(question.topic_id for question in questions)),
        limit_seconds=wanted.duration_seconds,
    )


def approved(question_ids: Sequence[str], author_id: str | None = None) -> list[Question]:
    """Read questions by id, in that order (1 storage request); raises RuleViolation (UNKNOWN_QUESTION, ENEMY_QUESTIONS) with each that may not be used.

    An author may also use own questions that are not in the bank: what is to be asked in an exam alone is never
    drawn, listed or found by students, and neither is what an exam asks that may still be sat (EXAM L4).
    """
    found = [item for item in batch_fetch([Question.at(question_id=name) for name in question_ids]) if isinstance(item, Question)]
    usable = {item.question_id: item for item in found if _is_usable(item, author_id)}
    missing = [name for name in question_ids if name not in usable]
    if missing:
        details = [Detail("UNKNOWN_QUESTION", f"There is no approved question {name}.") for name in missing]
        raise RuleViolation("Some of these questions can not be used.", details=details)
    wanted = [usable[name] for name in question_ids]
    _check_enemies(wanted)
    return wanted


def _check_enemies(questions: Sequence[Question]) -> None:
    """Refuse questions that give each other away (EXAM S2)."""
    fitting = {question.question_id for question in bank.peaceable(questions)}
    left = [question.question_id for question in questions if question.question_id not in fitting]
    if left:
        details = [Detail("ENEMY_QUESTIONS", f"{name} and an earlier question must not stand in one paper.") for name in left]
        raise RuleViolation("Some of these questions give others away.", details=details)


def _is_usable(question: Question, author_id: str | None) -> bool:
    if question.status == "approved":
        return author_id is not None or not bank.is_reserved(question, clock.now())
    return question.author_id == author_id and question.status not in {"retired", "rejected"}


def arranged(questions: Sequence[Question], seed: str, policy: dict[str, Any]) -> Entries:
    """Arrange questions as a paper: shuffled by the seed, or in the order in which they were named."""
    shuffle_options = policy["shuffle_options"]
    if policy["shuffle_questions"]:
        return paper.compose(questions, seed, shuffle_questions=True, shuffle_options=shuffle_options)
    in_order = paper.together(questions)
    return [entry for each in in_order for entry in paper.compose([each], seed, shuffle_questions=False, shuffle_options=shuffle_options)]


def in_sections(parts: Sequence[Sequence[Question]], sections: Sequence[dict[str, Any]], seed: str, policy: dict[str, Any]) -> Entries:
    """Arrange the questions of each section by themselves; they are worth what the section says, if it does."""
    if not sections:
        return arranged([question for part in parts for question in part], seed, policy)
    entries = []
    for number, (section, questions) in enumerate(zip(sections, parts, strict=True)):
        marks = {"marks": str(section["marks_each"])} if section.get("marks_each") is not None else {}
        entries += [{**entry, **marks, "section": number} for entry in arranged(questions, seed, policy)]
    return entries
