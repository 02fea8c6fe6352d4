"""`import.write`."""

from typing import ClassVar

from lyceum.kit.event import Event


class ImportConfirmed(Event):
    """Somebody looked at the rows of an import and wants them in the bank."""

    name: ClassVar[str] = "import.confirmed"
    job_id: str


class ImportContinued(Event):
    """An import's time was up before its rows were; the next worker goes on behind `rows_done`."""

    name: ClassVar[str] = "import.continued"
    job_id: str
    rows_done: int
