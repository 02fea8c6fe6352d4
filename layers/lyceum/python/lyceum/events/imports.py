"""Ends of imports."""

from typing import ClassVar

from lyceum.kit.event import Event


class ImportCompleted(Event):
    """Every row of an import has had its effect."""

    name: ClassVar[str] = "import.completed"
    job_id: str
    owner_id: str
    file_name: str
    questions_written: int
    rows_wrong: int
    rows_duplicate: int


class ImportFailed(Event):
    """An import ended without its rows, for a reason that its owner can read."""

    name: ClassVar[str] = "import.failed"
    job_id: str
    owner_id: str
    file_name: str
    reason: str
