"""Chains saved answers into the audit trails of their sessions, behind the writes that took them."""

from collections.abc import Sequence

from lyceum.kit.consumers.consumer import Consumer
from lyceum.tasks.exams import ChainSaves

from functions.exams.attempts import audit_log

consumer = Consumer("exams-saves")
handler = consumer.handler


@consumer.gather(ChainSaves)
def chain_saves(tasks: Sequence[ChainSaves]) -> None:
    """Append saves to the chains of their sessions; each of them once, however often this comes."""
    audit_log.chain_saves(tasks)
