"""Keeps questions of an exam out of practice, random selections and lists while its window is open (EXAM L4)."""

from pynamodb.expressions.update import Action

from lyceum.events.questions import QuestionsEmbargoed
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.questions.question import Question, QuestionListing
from lyceum.rules.questions import storage

consumer = Consumer("questions-embargo")
handler = consumer.handler
_QUESTIONS_A_PART = 15


@consumer.on(QuestionsEmbargoed)
def note_embargo(event: QuestionsEmbargoed, _unit: Unit) -> None:
    """Note on each approved question and in its listings until when it is secret; a later end that is noted stays."""
    found = batch_fetch([Question.at(question_id=name) for name in event.question_ids], consistent=True)
    earlier = [each for each in found if isinstance(each, Question) and each.status == "approved"]
    due = [each for each in earlier if each.embargoed_until is None or each.embargoed_until < event.until]
    for number, start in enumerate(range(0, len(due), _QUESTIONS_A_PART)):
        with consumer.part(event, number) as part:
            for question in due[start : start + _QUESTIONS_A_PART]:
                _note(part, question, event)


def _note(unit: Unit, question: Question, event: QuestionsEmbargoed) -> None:
    unit.change(question, Question.embargoed_until.set(event.until), when=Question.status == "approved")
    change: Action = QuestionListing.embargoed_until.set(event.until)
    for listing in storage.listings(question):
        unit.change(QuestionListing.at(listing=listing, question_id=question.question_id), change)
