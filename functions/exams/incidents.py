"""Reaches every session of an assessment with what the incident desk declared."""

from lyceum.events import IncidentDeclared, IncidentSpread
from lyceum.kit.consumers.consumer import Consumer
from lyceum.table import Unit

from functions.exams import incident_desk

consumer = Consumer("exam-incidents")
handler = consumer.handler


@consumer.on(IncidentDeclared)
def list_sessions(event: IncidentDeclared, unit: Unit) -> None:
    """Hand the sessions of the assessment on in batches."""
    incident_desk.spread(event, unit)


@consumer.on(IncidentSpread)
def carry_out(event: IncidentSpread, _unit: Unit) -> None:
    """Do what is to be done to each session of a batch."""
    incident_desk.carry_out(event)
