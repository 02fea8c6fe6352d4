"""Moderation: each question of a batch is decided by itself, by one transaction that can not happen twice."""

from collections.abc import Callable

from lyceum import ids
from lyceum.events import QuestionApproved
from lyceum.identity import Permission, Principal
from lyceum.model import ModerationComment, Question
from lyceum.table import ConditionFailed, Unit, batch_fetch

from questions.schemas import Decision, Decisions


def approve(caller: Principal, question_ids: list[str]) -> Decisions:
    """Let questions into the bank; nobody approves their own but a tenant's owner."""

    def decide(question: Question) -> str:
        if question.author_id == caller.user_id and not caller.may(Permission.MANAGE_TENANT):
            return "own_question"
        question.status = "approved"
        event = QuestionApproved(
            question_id=question.question_id,
            topic_id=question.topic_id,
            course_id=question.course_id,
            author_id=question.author_id,
            first_time=int(question.revision) == 1,
        )
        unit = Unit().replace(question, event, refuse=None).create(_comment(caller, question, "approved", None))
        unit.commit()
        return "approved"

    return _decide_each(question_ids, decide)


def reject(caller: Principal, question_ids: list[str], reason: str) -> Decisions:
    """Send questions back to their authors with a reason."""

    def decide(question: Question) -> str:
        question.status, question.rejection_reason = "rejected", reason
        Unit().replace(question).create(_comment(caller, question, "rejected", reason)).commit()
        return "rejected"

    return _decide_each(question_ids, decide)


def _comment(caller: Principal, question: Question, verdict: str, text: str | None) -> ModerationComment:
    return ModerationComment(question_id=question.question_id, comment_id=ids.new_id(), moderator_id=caller.user_id, verdict=verdict, text=text)


def _decide_each(question_ids: list[str], decide: Callable[[Question], str]) -> Decisions:
    unique = list(dict.fromkeys(question_ids))
    found = dict(zip(unique, batch_fetch([Question.at(question_id=each) for each in unique]), strict=True))
    return Decisions(results=[Decision.model_validate({"question_id": each, "result": _result(found[each], decide)}) for each in unique])


def _result(question: object, decide: Callable[[Question], str]) -> str:
    if not isinstance(question, Question):
        return "not_found"
    if question.status != "pending":
        return "not_pending"
    try:
        return decide(question)
    except ConditionFailed:
        return "not_pending"
