"""Counts of approved questions by topic, folded in from events."""

from collections import Counter
from collections.abc import Sequence

from lyceum.events.questions import QuestionApproved, QuestionRetired
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.catalog import Topic

consumer = Consumer("catalog-events")
handler = consumer.handler


@consumer.fold(QuestionApproved)
def add_questions(events: Sequence[QuestionApproved], unit: Unit) -> None:
    """Add the questions that entered the bank."""
    _add(Counter(event.topic_id for event in events if event.first_time), 1, unit)


@consumer.fold(QuestionRetired)
def remove_questions(events: Sequence[QuestionRetired], unit: Unit) -> None:
    """Take off the questions that left the bank."""
    _add(Counter(event.topic_id for event in events), -1, unit)


def _add(counts: Counter[str], sign: int, unit: Unit) -> None:
    """Add to the counts of topics; a topic that is gone has none any more."""
    for topic in batch_fetch([Topic.at(topic_id=each) for each in sorted(counts)]):
        if isinstance(topic, Topic):
            unit.change(topic, Topic.question_count.add(sign * counts[topic.topic_id]))
