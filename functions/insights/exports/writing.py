"""A report as a file: CSV or a workbook with its chart, by a worker."""

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from lyceum.kit.aws import clients
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.values.spreadsheet import CSV, MOST_CELL, PLAIN, XLSX, write_report
from lyceum.tasks.insights import WriteReport

_WIDTH = 16


def write(task: WriteReport) -> Progress:
    """Write the file of a report beside its data; done again, it is the same file."""
    data = json.loads(clients.client("s3").get_object(Bucket=settings().bucket, Key=task.data_key)["Body"].read())
    table = data["table"]
    content, kind = (as_csv(table), CSV) if task.form == "csv" else (as_workbook(data["title"], table), XLSX)
    key = f"{task.data_key.rpartition('/')[0]}/{task.file_name}"
    form: dict[str, Any] = {"ContentType": kind, "ContentDisposition": "attachment"}
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=content, **form)
    return Progress(done=1, total=1, result=key)


def as_csv(table: dict[str, Any]) -> bytes:
    """Write a table as CSV (RFC 4180), no cell of which is taken for a formula."""
    rows = [["" if cell is None else str(cell) for cell in row] for row in table["rows"]]
    return write_report([table["columns"], *rows]).encode()


def as_workbook(title: str, table: dict[str, Any]) -> bytes:
    """Write a table as a workbook with a chart beside it; texts stay texts, whatever they begin with."""
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **PLAIN}) as book:
        book.set_properties({"title": title})
        sheet = book.add_worksheet("report")
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table["columns"]) - 1, _WIDTH)
        for column, name in enumerate(table["columns"]):
            sheet.write_string(0, column, name, bold)
        for number, row in enumerate(table["rows"], 1):
            _write(sheet, number, row)
        if table["rows"]:
            _chart(book, sheet, table)
    return out.getvalue()


def _write(sheet: Any, number: int, row: Sequence[Any]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(number, column, cell[:MOST_CELL])
        elif cell is not None:
            sheet.write_number(number, column, cell)


def _chart(book: Any, sheet: Any, table: dict[str, Any]) -> None:
    last = len(table["rows"])
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": table["columns"][table["values"]],
            "categories": ["report", 1, table["labels"], last, table["labels"]],
            "values": ["report", 1, table["values"], last, table["values"]],
        }
    )
    chart.set_legend({"none": True})
    sheet.insert_chart(1, len(table["columns"]) + 1, chart)
