"""`statement.send`."""

from typing import ClassVar

from lyceum.kit.event import Task


class SendStatement(Task):
    """Put a statement into a learning record store; `statement` is its JSON text."""

    name: ClassVar[str] = "statement.send"
    worker: ClassVar[str] = "integrations-events"
    target_id: str
    statement_id: str
    statement: str
