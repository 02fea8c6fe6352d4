"""Chains saved answers into the audit trails of their sessions, behind the writes that took them."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.tasks.exams import ChainSaves

from functions.exams.attempts import audit_log

consumer = Consumer("exams-saves")
handler = consumer.handler


@consumer.on(ChainSaves)
def chain_saves(task: ChainSaves, _unit: Unit) -> None:
    """Append saves to the chain of their session; each of them once, however often this comes."""
    audit_log.chain_saves(task)
