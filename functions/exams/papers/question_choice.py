"""Questions that are named by id for an exam: those that may be asked, and asked together."""

from collections.abc import Sequence

from lyceum.kit import clock
from lyceum.kit.errors import Detail, RuleViolation
from lyceum.kit.table import batch_fetch
from lyceum.model.questions.question import Question
from lyceum.rules.marketplace import rights
from lyceum.rules.questions import passages, topic_sampler


def approved(question_ids: Sequence[str], author_id: str | None = None, *, is_printed: bool = False) -> list[Question]:
    """Read questions by id, in that order and with their passages (1 storage request, and 1 for the passages).

    An author may also use own and shared questions that are not in the bank: what is to be asked in an exam alone is
    never drawn, listed or found by students, and neither is what an exam asks that may still be sat (EXAM L4), with
    its passage. Questions of a bank that the author has bought are usable too (2 storage requests more), but not in a
    paper that is printed with its keys. Raises RuleViolation (UNKNOWN_QUESTION, ENEMY_QUESTIONS) with each that may
    not be used.
    """
    found = [
        item
        for item in batch_fetch([Question.at(question_id=name) for name in question_ids])
        if isinstance(item, Question)
    ]
    usable = {item.question_id: item for item in found if _is_usable(item, author_id)}
    if author_id is not None and not is_printed:
        others = {item.question_id: item for item in found if item.question_id not in usable and _stands(item)}
        bought = rights.bought_questions(author_id, others)
        usable |= {name: item for name, item in others.items() if name in bought}
    if author_id is None:
        told, _ = passages.whole_groups(usable.values(), lambda each: not topic_sampler.is_embargoed(each, clock.now()))
        usable = {each.question_id: each for each in told}
    missing = [name for name in question_ids if name not in usable]
    if missing:
        details = [Detail("", f"There is no approved question {name}.", "UNKNOWN_QUESTION") for name in missing]
        raise RuleViolation("Some of these questions can not be used.", details=details)
    wanted = [usable[name] for name in question_ids]
    _check_exclusions(wanted)
    return passages.with_passages(wanted)


def _check_exclusions(questions: Sequence[Question]) -> None:
    """Refuse enemy items, which give each other away (EXAM S2)."""
    fitting = {question.question_id for question in topic_sampler.without_exclusions(questions)}
    left = [question.question_id for question in questions if question.question_id not in fitting]
    if left:
        details = [
            Detail("", f"{name} and an earlier question must not stand in one paper.", "ENEMY_QUESTIONS")
            for name in left
        ]
        raise RuleViolation("Some of these questions give others away.", details=details)


def _is_usable(question: Question, author_id: str | None) -> bool:
    if question.status == "approved":
        return author_id is not None or not topic_sampler.is_embargoed(question, clock.now())
    is_given = author_id is not None and (question.author_id == author_id or bool(question.is_shared))
    return is_given and _stands(question)


def _stands(question: Question) -> bool:
    return question.status not in {"retired", "rejected"}
