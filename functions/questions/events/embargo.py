"""Keeps questions of an exam out of practice, random selections and lists while its window is open (EXAM L4, L6).

A question notes each exam that asks it, whatever its own status, so that one exam's end leaves the others' embargoes
standing, and news of an exam that comes late changes nothing. What a moderator has lifted an exam can not put back.
"""

from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.update import Action

from lyceum.events.questions import QuestionsEmbargoed
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.questions.question import Question, QuestionListing
from lyceum.rules.questions import storage

consumer = Consumer("questions-embargo")
handler = consumer.handler
_QUESTIONS_A_PART = 15
_REMEMBERED = timedelta(days=15)
"""How long an embargo that is over is kept to tell late news by; longer than a message waits in a queue."""

_MOMENT = timedelta(milliseconds=1)


@consumer.on(QuestionsEmbargoed)
def note_embargo(event: QuestionsEmbargoed, _unit: Unit) -> None:
    """Note on each question and in its listings until when it is secret, or that this exam does not ask it any more."""
    for number, start in enumerate(range(0, len(event.question_ids), _QUESTIONS_A_PART)):
        names = event.question_ids[start : start + _QUESTIONS_A_PART]
        found = batch_fetch([Question.at(question_id=name) for name in names], consistent=True)
        with consumer.part(event, number) as part:
            for question in found:
                if isinstance(question, Question):
                    _note(part, question, event)


def _note(unit: Unit, question: Question, event: QuestionsEmbargoed) -> None:
    earlier: dict[str, Any] = question.embargoes or {}
    known = earlier.get(event.assessment_id, {})
    if known.get("lifted") or known.get("sequence", -1) >= event.sequence:
        return
    now = clock.now()
    noted = {"until": clock.iso(event.until or now - _MOMENT), "sequence": event.sequence}
    kept = {
        name: each
        for name, each in earlier.items()
        if each.get("lifted") or clock.parse(each["until"]) > now - _REMEMBERED
    }
    embargoes = {**kept, event.assessment_id: noted}
    until = max(clock.parse(each["until"]) for each in embargoes.values())
    is_same = Question.embargoes == earlier if question.embargoes else Question.embargoes.does_not_exist()
    changes = [Question.embargoes.set(embargoes), _until(Question, until, now)]
    unit.change(question, *changes, when=is_same & (Question.status == question.status))
    if question.status == "approved":
        for listing in storage.listings(question):
            entry = QuestionListing.at(listing=listing, question_id=question.question_id)
            unit.change(entry, _until(QuestionListing, until, now))


def _until(entity: type[Question | QuestionListing], until: datetime, now: datetime) -> Action:
    action: Action = entity.embargoed_until.set(until) if until > now else entity.embargoed_until.remove()
    return action
