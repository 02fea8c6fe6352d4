"""Tasks on batches of sessions: ends that fell due, and incidents of a whole exam."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.tasks.exams import ApplyIncident, CloseSessions, FanOutIncident

from functions.exams.marking import deadlines
from functions.exams.proctoring import fan_out

consumer = Consumer("exams-sessions")
handler = consumer.handler


@consumer.on(CloseSessions)
def close_sessions(task: CloseSessions, _unit: Unit) -> None:
    """Do what is due for each session of a batch."""
    deadlines.process_all(task.exam_ids)


@consumer.paged(FanOutIncident)
def fan_out_incident(task: FanOutIncident, unit: Unit) -> str | None:
    """Hand a page of the assessment's sessions on in batches."""
    return fan_out.fan_out(task, unit)


@consumer.on(ApplyIncident)
def apply_incident(task: ApplyIncident, unit: Unit) -> None:
    """Do what an incident asks to each session of a batch."""
    fan_out.apply(task, unit)
