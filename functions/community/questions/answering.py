"""Answers: given by mentors, found helpful by readers, accepted by who asked."""

from contextlib import suppress

from lyceum.events.community import AnswerAccepted, AnswerFoundHelpful, QuestionAnswered
from lyceum.events.tutoring import MentorAssigned
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.event import Event
from lyceum.kit.identity import Permission, Principal, require_owner
from lyceum.kit.table import Unit
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.model.community.questions import HelpAnswer, HelpQuestion, MentorTie, TextRevision, Vote
from lyceum.rules import audits

from functions.community.questions import views
from functions.community.questions.asking import MOST_ANSWERS, MOST_REVISIONS
from functions.community.questions.schemas import AnswerView, EditAnswer, HelpfulView, WriteAnswer
from functions.community.writing import filters, holds, people, pictures


def answer(caller: Principal, question_id: str, wanted: WriteAnswer) -> AnswerView:
    """Answer a question (2 storage requests, one more with pictures, and a transaction).

    The first answer assigns its mentor to the question, so that the two may write to each other. Raises NotFound for a
    question that is held, Conflict for one that is closed or has answers enough, RuleViolation for one's own.
    """
    pictures.require(caller, wanted.image_ids, "imageIds")
    return views.answer(retry_on_conflict(lambda: _post(caller, question_id, wanted)))


def _post(caller: Principal, question_id: str, wanted: WriteAnswer) -> HelpAnswer:
    question = HelpQuestion.require(question_id=question_id, consistent=True)
    _require_answerable(caller, question)
    now, (user, poster) = clock.now(), people.writer(caller)
    is_first = not question.answer_count
    made = HelpAnswer(
        answer_id=ids.new_id(),
        question_id=question_id,
        author_id=caller.user_id,
        author_name=people.shown_name(user),
        text=wanted.text,
        image_ids=wanted.image_ids,
        is_first=is_first,
        seconds=max(0, int((now - question.asked_at).total_seconds())),
        answered_at=now,
        held=filters.admit("post", wanted.text, poster, now, is_trusted=people.is_staff(caller)) or None,
    )
    unit, events = Unit().save(poster), [] if made.held else [_told(question, made)]
    if question.mentor_id is None and question.asker_id is not None:
        events.append(_assign(unit, question, caller.user_id, made.author_name))
    unit.create(made, *events)
    changes = [HelpQuestion.answer_count.add(1), HelpQuestion.mentor_id.set(question.mentor_id or caller.user_id)]
    if is_first:
        changes += [HelpQuestion.status.set("answered"), HelpQuestion.first_answered_at.set(now)]
    unchanged = (HelpQuestion.answer_count == question.answer_count) & (HelpQuestion.status == question.status)
    meanwhile = Conflict("This question was changed meanwhile.", code="EDIT_CONFLICT")
    unit.change(question, *changes, when=unchanged, refuse=meanwhile).commit()
    return made


def _require_answerable(caller: Principal, question: HelpQuestion) -> None:
    if not holds.may_see(caller, question.asker_id, question.held):
        raise NotFound("There is no such question.")
    if caller.user_id == question.asker_id:
        raise rule_violation("OWN_QUESTION", "This is your own question; add to it by an edit.")
    if question.status == "closed":
        raise Conflict("This question is closed.", code="QUESTION_CLOSED")
    if question.answer_count >= MOST_ANSWERS:
        raise Conflict(f"A question has {MOST_ANSWERS} answers at most.", code="ANSWERS_FULL")


def _told(question: HelpQuestion, made: HelpAnswer) -> Event:
    return QuestionAnswered(
        thread_id=question.question_id,
        asker_id=question.asker_id or "",
        answerer_id=str(made.author_id),
        title=question.title,
        answer_id=made.answer_id,
        subject_key=question.subject_key,
        seconds=int(made.seconds),
        is_first=bool(made.is_first),
    )


def _assign(unit: Unit, question: HelpQuestion, mentor_id: str, name: str | None) -> Event:
    """Add to a unit that a mentor has to do with who asked, and return the event."""
    asker_id = str(question.asker_id)
    unit.put(MentorTie(user_id=asker_id, mentor_id=mentor_id, question_id=question.question_id))
    return MentorAssigned(
        student_id=asker_id,
        mentor_id=mentor_id,
        mentor_name=name or "",
        question_id=question.question_id,
        title=question.title,
    )


def edit(caller: Principal, answer_id: str, wanted: EditAnswer) -> AnswerView:
    """Change an answer of the caller's; how it read before is kept. Raises NotFound for another's."""
    found = HelpAnswer.require(answer_id=answer_id, consistent=True)
    require_owner(caller, found.author_id, "answer")
    if int(found.revision) > MOST_REVISIONS:
        raise Conflict("This was edited often enough. Write another answer.", code="EDITED_TOO_OFTEN")
    if wanted.image_ids:
        pictures.require(caller, [name for name in wanted.image_ids if name not in found.image_ids], "imageIds")
    now, (_, poster) = clock.now(), people.writer(caller)
    held = filters.admit("post", wanted.text, poster, now, is_trusted=people.is_staff(caller))
    before, kept = int(found.revision), {"text": found.text, "image_ids": found.image_ids}
    unit = Unit().save(poster)
    unit.create(
        TextRevision(
            question_id=found.question_id,
            item_id=answer_id,
            revision=before,
            written_at=found.edited_at or found.answered_at,
            fields=kept,
        )
    )
    found.text, found.revision, found.edited_at = wanted.text, before + 1, now
    found.image_ids = wanted.image_ids if wanted.image_ids is not None else found.image_ids
    found.held = found.held or held or None
    meanwhile = Conflict("This answer was changed meanwhile.", code="EDIT_CONFLICT")
    names = ("text", "image_ids", "revision", "edited_at", "held")
    unit.amend(found, *names, when=HelpAnswer.revision == before, refuse=meanwhile).commit()
    return views.answer(found)


def find_helpful(caller: Principal, answer_id: str) -> HelpfulView:
    """Note that the caller found an answer helpful, once (1 request and a transaction).

    Who says it again gets the same answer. Raises NotFound for what is held, RuleViolation for one's own answer.
    """
    found = HelpAnswer.require(answer_id=answer_id, consistent=True)
    if not holds.may_see(caller, found.author_id, found.held):
        raise NotFound("There is no such answer.")
    if caller.user_id == found.author_id:
        raise rule_violation("OWN_ANSWER", "This is your own answer.")
    count = int(found.helpful_count)
    again = Conflict("This was said already.", code="VOTED_ALREADY")
    vote = Vote(item_id=answer_id, user_id=caller.user_id)
    told = [AnswerFoundHelpful(answer_id=answer_id, author_id=found.author_id)] if found.author_id else []
    unit = Unit().create(vote, *told, refuse=again).change(found, HelpAnswer.helpful_count.add(1))
    with suppress(Conflict):
        unit.commit()
        count += 1
    return HelpfulView(answer_id=answer_id, helpful_count=count)


def accept(caller: Principal, answer_id: str) -> AnswerView:
    """Accept an answer to the caller's question, in place of one accepted before (2 requests, a transaction).

    Raises NotFound for an answer to another's question.
    """
    return retry_on_conflict(lambda: _accept(caller, answer_id))


def _accept(caller: Principal, answer_id: str) -> AnswerView:
    found = HelpAnswer.require(answer_id=answer_id, consistent=True)
    question = HelpQuestion.require(question_id=found.question_id, consistent=True)
    require_owner(caller, question.asker_id, "answer", Permission.MODERATE)
    earlier = question.accepted_answer_id
    if earlier == answer_id:
        return views.answer(found)
    meanwhile = Conflict("This question was changed meanwhile.", code="EDIT_CONFLICT")
    unit = Unit()
    if earlier is not None:
        before = HelpAnswer.require(answer_id=earlier, consistent=True)
        unit.change(before, HelpAnswer.is_accepted.set(False), events=_accepted(before, -1))
    is_same = HelpQuestion.accepted_answer_id == earlier
    unit.change(
        question,
        HelpQuestion.accepted_answer_id.set(answer_id),
        when=is_same if earlier else HelpQuestion.accepted_answer_id.does_not_exist(),
        refuse=meanwhile,
    )
    unit.change(found, HelpAnswer.is_accepted.set(True), events=_accepted(found, 1))
    audits.note(unit, caller.user_id, question.asker_id, "answer.accept", answer_id)
    unit.commit()
    found.is_accepted = True
    return views.answer(found)


def _accepted(answer: HelpAnswer, change: int) -> list[AnswerAccepted]:
    if answer.author_id is None:
        return []
    facts = {"question_id": answer.question_id, "answer_id": answer.answer_id, "author_id": answer.author_id}
    return [AnswerAccepted.model_validate({**facts, "change": change})]
