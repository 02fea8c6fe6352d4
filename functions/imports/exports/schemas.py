"""What callers of the export endpoint send."""

from typing import Literal

from pydantic import AwareDatetime, model_validator

from lyceum.kit.http import Request

DataSet = Literal["users", "results", "grades", "audit"]
Format = Literal["csv", "jsonl", "xlsx"]


class AskExport(Request):
    """A data set to write to a file.

    - `dataSet`: `users` (accounts that are not deleted), `results` (finished exams), `grades` (released) or `audit`.
    - `format`: CSV, JSON lines or a workbook.
    - `since`, `until`: of results, when they were finished; of the audit trail, when it happened.
    """

    data_set: DataSet
    format: Format = "csv"
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def check_span(self) -> "AskExport":
        """Refuse a span that ends before it begins, or of what has none."""
        if (self.since or self.until) and self.data_set in {"users", "grades"}:
            raise ValueError("since and until are for results and the audit trail")
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is after until")
        return self
