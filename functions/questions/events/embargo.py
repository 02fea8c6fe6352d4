"""Keeps questions of an exam out of practice, random selections and lists while its window is open (EXAM L4)."""

from pynamodb.expressions.update import Action

from lyceum.events.questions import QuestionsEmbargoed
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.questions.question import Question, QuestionListing
from lyceum.rules.questions.storage import shelves

consumer = Consumer("question-reserves")
handler = consumer.handler
_QUESTIONS_A_PART = 15


@consumer.on(QuestionsEmbargoed)
def reserve(event: QuestionsEmbargoed, _unit: Unit) -> None:
    """Note on each approved question and its shelf entries until when it is secret; a later end that is noted stays."""
    found = batch_fetch([Question.at(question_id=name) for name in event.question_ids], consistent=True)
    earlier = [each for each in found if isinstance(each, Question) and each.status == "approved"]
    due = [each for each in earlier if each.reserved_until is None or each.reserved_until < event.until]
    for number, start in enumerate(range(0, len(due), _QUESTIONS_A_PART)):
        with consumer.part(event, number) as part:
            for question in due[start : start + _QUESTIONS_A_PART]:
                _note(part, question, event)


def _note(unit: Unit, question: Question, event: QuestionsEmbargoed) -> None:
    unit.change(question, Question.reserved_until.set(event.until), when=Question.status == "approved")
    change: Action = QuestionListing.reserved_until.set(event.until)
    for shelf in shelves(question):
        unit.change(QuestionListing.at(shelf=shelf, question_id=question.question_id), change)
