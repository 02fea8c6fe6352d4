"""What is asked for of a progress report."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request
from lyceum.kit.http.schemas import Id

from functions.analytics.progress.schemas.totals import Period

Format = Literal["csv", "xlsx", "pdf"]
Table = Literal["days", "topics", "courses", "questions"]


class ExportQuery(Request):
    """Which report.

    - `format`: csv, xlsx or pdf.
    - `period`: this week, month, quarter or year, up to today.
    - `table`: of a CSV file, the one table that it holds; with `questions`, an XLSX file has a sheet of them too.
    - `userId`: whose report it is, where the caller may see another's.
    """

    export_format: Annotated[Format, Field(alias="format")] = "csv"
    period: Period = "month"
    table: Table = "days"
    user_id: Id | None = None
