"""The task of typesetting: documents from templates."""

from typing import ClassVar

from lyceum.kit.long_jobs.task import JobTask


class RenderDocument(JobTask):
    """Typeset a document as PDF; the job's outcome is the file.

    - `template`: a file of `lyceum.typeset.templates`.
    - `data_key`: where in the bucket its data lie, as JSON.
    - `file_name`: of the outcome, with its ending.
    - `reference`: what it is for, to whoever reacts to it.
    """

    name: ClassVar[str] = "document.render"
    worker: ClassVar[str] = "documents-events"
    template: str
    data_key: str
    file_name: str
    reference: str | None = None
