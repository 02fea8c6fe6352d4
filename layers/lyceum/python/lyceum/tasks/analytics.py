"""The task of analytics: exporting long lists."""

from typing import ClassVar, Literal

from lyceum.kit.long_jobs.task import JobTask


class ExportProgress(JobTask):
    """Write a page of a learner's questions, and in the end the file with their report; `after` ends a page."""

    name: ClassVar[str] = "progress.export"
    worker: ClassVar[str] = "analytics-exports"
    learner_id: str
    period: Literal["week", "month", "quarter", "year"]
    form: Literal["csv", "xlsx"]
