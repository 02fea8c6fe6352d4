"""Moderation: each question of a batch is decided by itself, by one transaction that can not happen twice."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from lyceum.events.questions import QuestionApproved, QuestionRejected
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.table import Unit, batch_fetch, find, retry_on_conflict
from lyceum.model.questions.question import ModerationComment, Question
from lyceum.rules import audits
from lyceum.rules.questions import storage
from lyceum.tasks.questions import ApproveQuestions

from functions.questions.schemas.moderation import MOST_AT_ONCE, Approve, Decision, Decisions
from functions.questions.schemas.question import CommentView


def approve(caller: Principal, wanted: Approve) -> Decisions:
    """Let questions into the bank; nobody approves what they wrote or changed themselves but a tenant's owner.

    More than fifty, and all of a topic, are a job; `jobId` says where to watch it.
    """
    may_own = caller.may(Permission.MANAGE_TENANT)
    if wanted.topic_id is None and len(wanted.question_ids) <= MOST_AT_ONCE:
        return _decide_each(wanted.question_ids, _approval(caller.user_id, may_approve_own=may_own))
    unit, names = Unit(), list(dict.fromkeys(wanted.question_ids))
    task = ApproveQuestions(
        owner_id=caller.user_id, question_ids=names, topic_id=wanted.topic_id, may_approve_own=may_own
    )
    job = control.start(unit, task, total=len(names) or None)
    unit.commit()
    return Decisions(results=[], job_id=job.job_id)


def approve_page(task: ApproveQuestions) -> Progress:
    """Let the next page of a job's questions into the bank; those that could not be are counted as failed.

    Doing a page again decides nothing twice: what is approved already does not wait any more.
    """
    decide = _approval(task.owner_id, may_approve_own=task.may_approve_own)
    if task.topic_id is None:
        start = int(task.after or 0)
        names = task.question_ids[start : start + MOST_AT_ONCE]
        after: object = start + MOST_AT_ONCE if start + MOST_AT_ONCE < len(task.question_ids) else None
    else:
        found = find(
            Question,
            index="gsi2",
            status="pending",
            where=Question.topic_id == task.topic_id,
            limit=MOST_AT_ONCE,
            after=task.after,
        )
        names, after = [question.question_id for question in found.items], found.last_key
    results = [each.result for each in _decide_each(names, decide).results] if names else []
    done = results.count("approved")
    return Progress(done=done, failed=len(results) - done, after=after)


def _approval(user_id: str, *, may_approve_own: bool) -> Callable[[Question], str]:
    def decide(question: Question) -> str:
        if user_id in {question.author_id, question.updated_by} and not may_approve_own:
            return "own_question"
        event = QuestionApproved(
            question_id=question.question_id,
            topic_id=question.topic_id,
            course_id=question.course_id,
            author_id=question.author_id,
            first_time=not question.was_approved,
        )
        storage.place(question, "approved")
        unit = Unit().replace(question, event).create(_comment(user_id, question, "approved", None))
        for entry in storage.listed(question):
            unit.put(entry)
        audits.note(unit, user_id, question.author_id, "question.approve", question.question_id)
        unit.commit()
        return "approved"

    return decide


def reject(caller: Principal, question_ids: list[str], reason: str, reasons: Mapping[str, str]) -> Decisions:
    """Send questions back to their authors, each with its own reason or the common one."""

    def decide(question: Question) -> str:
        why = reasons.get(question.question_id, reason)
        question.rejection_reason = why
        storage.place(question, "rejected")
        event = QuestionRejected(
            question_id=question.question_id, topic_id=question.topic_id, author_id=question.author_id, reason=why
        )
        unit = Unit().replace(question, event).create(_comment(caller.user_id, question, "rejected", why))
        audits.note(unit, caller.user_id, question.author_id, "question.reject", question.question_id)
        unit.commit()
        return "rejected"

    return _decide_each(question_ids, decide)


def lift_embargo(caller: Principal, question_id: str, reason: str) -> CommentView:
    """Let a question be shown again although exams that may still be sat ask it; these can not hide it any more.

    The reason stands among the question's comments. Raises NotFound, or Conflict NO_EMBARGO.
    """
    return retry_on_conflict(lambda: _lift(caller, question_id, reason))


def _lift(caller: Principal, question_id: str, reason: str) -> CommentView:
    question, now = Question.require(question_id=question_id, consistent=True), clock.now()
    held: dict[str, Any] = question.embargoes or {}
    if not any(clock.parse(each["until"]) > now for each in held.values()):
        raise Conflict("No exam keeps this question secret.", code="NO_EMBARGO")
    over = clock.iso(now - timedelta(milliseconds=1))
    question.embargoes = {
        name: {**each, "until": over, "lifted": True} if clock.parse(each["until"]) > now else each
        for name, each in held.items()
    }
    question.embargoed_until = None
    remark = _comment(caller.user_id, question, "embargo_lifted", reason)
    unit = Unit().replace(question).create(remark)
    if question.status == "approved":
        for entry in storage.listed(question):
            unit.put(entry)
    audits.note(unit, caller.user_id, None, "question.lift_embargo", question_id, reason=reason)
    unit.commit()
    return CommentView.model_validate(remark)


def comment(caller: Principal, question_id: str, text: str) -> CommentView:
    """Leave a remark for the author, whatever the question's state; raises NotFound."""
    question = Question.require(question_id=question_id)
    remark = _comment(caller.user_id, question, "comment", text)
    unit = Unit().create(remark)
    audits.note(unit, caller.user_id, question.author_id, "question.comment", question_id)
    unit.commit()
    return CommentView.model_validate(remark)


def _comment(moderator_id: str, question: Question, verdict: str, text: str | None) -> ModerationComment:
    return ModerationComment(
        question_id=question.question_id,
        comment_id=ids.new_id(),
        moderator_id=moderator_id,
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
