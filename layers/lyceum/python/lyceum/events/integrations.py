"""Events of integrations."""

from typing import ClassVar

from lyceum.kit.event import Event


class StatementRecorded(Event):
    """Content said something of a learner, and it was kept."""

    name: ClassVar[str] = "statement.recorded"
    statement_id: str
    user_id: str
