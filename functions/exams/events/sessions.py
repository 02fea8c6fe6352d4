"""Warns of the end of sessions and ends them, when the sweep found more than a few: a batch a message, many at a time."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.tasks.exams import ApplyIncident, CloseSessions, FanOutIncident

from functions.exams.marking import deadlines
from functions.exams.proctoring import fan_out

consumer = Consumer("exam-attendants")
handler = consumer.handler


@consumer.on(CloseSessions)
def attend(event: CloseSessions, _unit: Unit) -> None:
    """Do what is due for each session of a batch."""
    deadlines.attend_all(event.exam_ids)


@consumer.on(FanOutIncident)
def list_sessions(event: FanOutIncident, unit: Unit) -> None:
    """Hand the sessions of the assessment on in batches."""
    fan_out.spread(event, unit)


@consumer.on(ApplyIncident)
def carry_out(event: ApplyIncident, _unit: Unit) -> None:
    """Do what is to be done to each session of a batch."""
    fan_out.carry_out(event)
