"""Worker on questions: notes which texts the bank holds, which is asked when a file is read."""

from collections.abc import Iterable, Sequence

from lyceum.events.questions import QuestionApproved, QuestionSubmitted
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.imports import QuestionFingerprint
from lyceum.model.questions.question import Question

consumer = Consumer("imports-fingerprints")
handler = consumer.handler


@consumer.fold(QuestionSubmitted)
def note_submitted(events: Sequence[QuestionSubmitted], unit: Unit) -> None:
    """Note the texts of questions that were written or edited."""
    _note((event.question_id for event in events), unit)


@consumer.fold(QuestionApproved)
def note_approved(events: Sequence[QuestionApproved], unit: Unit) -> None:
    """Note the texts of questions that came into the bank."""
    _note((event.question_id for event in events), unit)


def _note(question_ids: Iterable[str], unit: Unit) -> None:
    found = batch_fetch([Question.at(question_id=question_id) for question_id in dict.fromkeys(question_ids)])
    texts = {question.fingerprint: question.question_id for question in found if isinstance(question, Question)}
    for fingerprint, question_id in texts.items():
        changes = [QuestionFingerprint.fingerprint.set(fingerprint), QuestionFingerprint.question_id.set(question_id)]
        unit.change(QuestionFingerprint.at(fingerprint=fingerprint), *changes, or_create=True)
