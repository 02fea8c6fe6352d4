"""`import.write`, `data_set.export`."""

from datetime import datetime
from typing import ClassVar

from lyceum.kit.event import PagedTask
from lyceum.kit.long_jobs.task import JobTask


class WriteImport(PagedTask):
    """Write the rows of a confirmed import into the bank.

    Attributes:
        after: How many rows earlier workers wrote.
    """

    name: ClassVar[str] = "import.write"
    worker: ClassVar[str] = "imports-write"
    job_id: str


class ExportDataSet(JobTask):
    """Write a page of a data set; `after` is the storage key that ended the page before.

    - `data_set`: users, results, grades or audit. `form`: csv, jsonl or xlsx.
    """

    name: ClassVar[str] = "data_set.export"
    worker: ClassVar[str] = "imports-exports"
    data_set: str
    form: str
    since: datetime | None = None
    until: datetime | None = None
