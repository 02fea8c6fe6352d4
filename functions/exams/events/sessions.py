"""Warns of the end of sessions and ends them, when the sweep found more than a few: a batch a message, many at a time."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.table import Unit
from lyceum.tasks.exams import IncidentDeclared, IncidentSpread, SessionsFellDue

from functions.exams.marking import deadlines
from functions.exams.proctoring import fan_out

consumer = Consumer("exam-attendants")
handler = consumer.handler


@consumer.on(SessionsFellDue)
def attend(event: SessionsFellDue, _unit: Unit) -> None:
    """Do what is due for each session of a batch."""
    deadlines.attend_all(event.exam_ids)


@consumer.on(IncidentDeclared)
def list_sessions(event: IncidentDeclared, unit: Unit) -> None:
    """Hand the sessions of the assessment on in batches."""
    fan_out.spread(event, unit)


@consumer.on(IncidentSpread)
def carry_out(event: IncidentSpread, _unit: Unit) -> None:
    """Do what is to be done to each session of a batch."""
    fan_out.carry_out(event)
