"""Tasks of insights: training models, and writing reports."""

from typing import ClassVar, Literal

from lyceum.kit.long_jobs.task import JobTask


class TrainModels(JobTask):
    """Count a page of users, and behind the last one learn a tenant's models; `after` ends a page."""

    name: ClassVar[str] = "insights.train"
    worker: ClassVar[str] = "insights-events"


class WriteReport(JobTask):
    """Write a report as a file: `data_key` is where in the bucket its table lies, as JSON.

    `reference`: the report whose owner is told by mail that it is there.
    """

    name: ClassVar[str] = "insights.report"
    worker: ClassVar[str] = "insights-events"
    data_key: str
    file_name: str
    form: Literal["csv", "xlsx"]
    reference: str | None = None
