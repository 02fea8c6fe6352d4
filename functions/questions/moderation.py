"""Moderation: each question of a batch is decided by itself, by one transaction that can not happen twice."""

from collections.abc import Callable, Mapping

from lyceum.events.questions import QuestionApproved, QuestionRejected
from lyceum.kit import ids
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.questions.question import ModerationComment, Question
from lyceum.rules import audits
from lyceum.rules.questions import storage

from functions.questions.schemas import CommentView, Decision, Decisions


def approve(caller: Principal, question_ids: list[str]) -> Decisions:
    """Let questions into the bank; nobody approves what they wrote or changed themselves but a tenant's owner."""

    def decide(question: Question) -> str:
        if caller.user_id in {question.author_id, question.updated_by} and not caller.may(Permission.MANAGE_TENANT):
            return "own_question"
        event = QuestionApproved(
            question_id=question.question_id,
            topic_id=question.topic_id,
            course_id=question.course_id,
            author_id=question.author_id,
            first_time=not question.was_approved,
        )
        storage.place(question, "approved")
        unit = Unit().replace(question, event).create(_comment(caller, question, "approved", None))
        for entry in storage.listed(question):
            unit.put(entry)
        audits.note(unit, caller, question.author_id, "question.approve", question.question_id)
        unit.commit()
        return "approved"

    return _decide_each(question_ids, decide)


def reject(caller: Principal, question_ids: list[str], reason: str, reasons: Mapping[str, str]) -> Decisions:
    """Send questions back to their authors, each with its own reason or the common one."""

    def decide(question: Question) -> str:
        why = reasons.get(question.question_id, reason)
        question.rejection_reason = why
        storage.place(question, "rejected")
        event = QuestionRejected(
            question_id=question.question_id, topic_id=question.topic_id, author_id=question.author_id, reason=why
        )
        unit = Unit().replace(question, event).create(_comment(caller, question, "rejected", why))
        audits.note(unit, caller, question.author_id, "question.reject", question.question_id)
        unit.commit()
        return "rejected"

    return _decide_each(question_ids, decide)


def comment(caller: Principal, question_id: str, text: str) -> CommentView:
    """Leave a remark for the author, whatever the question's state; raises NotFound."""
    question = Question.require(question_id=question_id)
    remark = _comment(caller, question, "comment", text)
    Unit().create(remark).commit()
    return CommentView.model_validate(remark)


def _comment(caller: Principal, question: Question, verdict: str, text: str | None) -> ModerationComment:
    return ModerationComment(
        question_id=question.question_id,
        comment_id=ids.new_id(),
        moderator_id=caller.user_id,
        verdict=verdict,
        text=text,
    )


def _decide_each(question_ids: list[str], decide: Callable[[Question], str]) -> Decisions:
    unique = list(dict.fromkeys(question_ids))
    found = dict(zip(unique, batch_fetch([Question.at(question_id=each) for each in unique]), strict=True))
    return Decisions(
        results=[
            Decision.model_validate({"question_id": each, "result": _result(found[each], decide)}) for each in unique
        ]
    )


def _result(question: object, decide: Callable[[Question], str]) -> str:
    if not isinstance(question, Question):
        return "not_found"
    if question.status != "pending":
        return "not_pending"
    try:
        return decide(question)
    except Conflict:  # somebody else decided, or the author edited it, meanwhile
        return "not_pending"
