"""`import.write`, `data_set.export`, `people.import`."""

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

    - `data_set`: users, results, grades or audit.
    - `form`: csv, jsonl or xlsx.
    """

    name: ClassVar[str] = "data_set.export"
    worker: ClassVar[str] = "imports-exports"
    data_set: str
    form: str
    since: datetime | None = None
    until: datetime | None = None


class ImportPeople(JobTask):
    """Do a page of a file of accounts; `after` is the phase with its row or key that is next.

    - `form`: csv, xlsx, oneroster or rest.
    - `dry_run`: nothing is written.
    - `language`: of rows that name none.
    - `encoding`: what a table is written in, where its owner chose it.
    - `source_id`: the system that is asked.
    - `since`: only what changed from then on.
    - `begun_at`: when the job began.
    """

    name: ClassVar[str] = "people.import"
    worker: ClassVar[str] = "imports-people"
    form: str
    dry_run: bool = True
    suspend_leavers: bool = False
    language: str = "en"
    encoding: str | None = None
    source_id: str | None = None
    since: datetime | None = None
    begun_at: datetime | None = None
