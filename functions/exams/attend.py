"""Warns of the end of sessions and ends them, when the sweep found more than a few: a batch a message, many at a time."""

from lyceum.events import SessionsFellDue
from lyceum.kit.consumers.consumer import Consumer
from lyceum.table import Unit

from functions.exams import attending

consumer = Consumer("exam-attendants")
handler = consumer.handler


@consumer.on(SessionsFellDue)
def attend(event: SessionsFellDue, _unit: Unit) -> None:
    """Do what is due for each session of a batch."""
    attending.attend_all(event.exam_ids)
