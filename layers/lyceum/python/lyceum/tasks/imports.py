"""`import.write`."""

from typing import ClassVar

from lyceum.kit.event import PagedTask


class WriteImport(PagedTask):
    """Write the rows of a confirmed import into the bank.

    Attributes:
        after: How many rows earlier workers wrote.
    """

    name: ClassVar[str] = "import.write"
    worker: ClassVar[str] = "imports-write"
    job_id: str
