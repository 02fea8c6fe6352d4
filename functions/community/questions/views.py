"""Questions and answers as callers see them."""

from collections.abc import Iterable

from lyceum.kit.identity import Principal
from lyceum.model.community.questions import HelpAnswer, HelpQuestion, TextRevision

from functions.community.questions.schemas import AnswerView, QuestionSummary, QuestionView, RevisionView
from functions.community.writing import holds, people


def summary(question: HelpQuestion) -> QuestionSummary:
    """Show a question in a list."""
    return QuestionSummary.model_validate(_facts(question))


def whole(
    caller: Principal,
    question: HelpQuestion,
    answers: Iterable[HelpAnswer] = (),
    history: Iterable[TextRevision] | None = None,
) -> QuestionView:
    """Show a question with those of its answers that the caller sees."""
    seen = [each for each in answers if holds.may_see(caller, each.author_id, each.held)]
    seen.sort(key=lambda each: (not each.is_accepted, -int(each.helpful_count), each.answer_id))
    names = ("text", "image_ids", "accepted_answer_id", "mentor_id", "edited_at", "closed_at")
    return QuestionView(
        **_facts(question),
        **{name: getattr(question, name) for name in names},
        revision=int(question.revision),
        version=int(question.version),
        answers=[answer(each) for each in seen],
        history=None if history is None else [revision(each) for each in history],
    )


def _facts(question: HelpQuestion) -> dict[str, object]:
    names = ("question_id", "subject", "grade_level", "urgency", "title", "status", "asked_at")
    return {name: getattr(question, name) for name in names} | {
        "asker": people.author(question.asker_id, question.asker_name),
        "answer_count": int(question.answer_count),
        "held_for": holds.reasons(question.held),
    }


def answer(found: HelpAnswer) -> AnswerView:
    """Show an answer."""
    names = ("answer_id", "question_id", "text", "image_ids", "is_accepted", "answered_at", "edited_at")
    return AnswerView(
        **{name: getattr(found, name) for name in names},
        author=people.author(found.author_id, found.author_name),
        helpful_count=int(found.helpful_count),
        revision=int(found.revision),
        held_for=holds.reasons(found.held),
    )


def revision(found: TextRevision) -> RevisionView:
    """Show how a text read before."""
    return RevisionView(revision=int(found.revision), written_at=found.written_at, **found.fields)
