"""A report as a file: CSV of one table, a workbook of all."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from lyceum.kit.values.spreadsheet import MOST_CELL, PLAIN, write_report

from functions.analytics.reports.progress_report import COLUMNS, Cell, ProgressReport

_SHARES = {"mastery", "low", "high"}
_WIDTHS = {"topic": 34, "course": 34, "question": 28}


def text(cell: Cell) -> str:
    """Write a cell of a CSV file."""
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def as_csv(report: ProgressReport, table: str, rows: Iterable[Sequence[Cell]] | None = None) -> str:
    """Write one table as CSV (RFC 4180), no cell of which is taken for a formula."""
    body = report.rows(table) if rows is None else rows
    return write_report([report.header(table), *([text(cell) for cell in row] for row in body)])


def as_workbook(report: ProgressReport, questions: Iterable[Sequence[Cell]] | None = None) -> bytes:
    """Write all tables as a workbook; texts stay texts, whatever they begin with."""
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **PLAIN}) as book:
        book.set_properties({"title": report.word("title"), "created": report.as_of.replace(tzinfo=None)})
        forms = {
            "bold": book.add_format({"bold": True, "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "share": book.add_format({"num_format": "0%"}),
            "title": book.add_format({"bold": True, "font_size": 14}),
        }
        _summary(book, report, forms)
        for table in ("days", "topics", "courses"):
            _sheet(book, report, table, report.rows(table), forms)
        if questions is not None:
            _sheet(book, report, "questions", questions, forms)
    return out.getvalue()


def _summary(book: Any, report: ProgressReport, forms: dict[str, Any]) -> None:
    sheet = book.add_worksheet(report.word("table.summary"))
    sheet.set_column(0, 0, 34)
    sheet.write_string(0, 0, report.word("title"), forms["title"])
    sheet.write_string(1, 0, report.learner)
    sheet.write_string(2, 0, report.word("period", first=report.first.isoformat(), last=report.last.isoformat()))
    for number, (label, value) in enumerate(report.summary()):
        sheet.write_string(4 + number, 0, label)
        _write(sheet, 4 + number, 1, value, None, forms)
    sheet.write_string(5 + len(report.summary()), 0, report.footer())


def _sheet(
    book: Any, report: ProgressReport, table: str, rows: Iterable[Sequence[Cell]], forms: dict[str, Any]
) -> None:
    sheet = book.add_worksheet(report.word(f"table.{table}"))
    sheet.freeze_panes(1, 0)
    last = 0
    for column, (name, shown) in enumerate(zip(COLUMNS[table], report.header(table), strict=True)):
        sheet.write_string(0, column, shown, forms["bold"])
        sheet.set_column(column, column, _WIDTHS.get(name, 13))
    for number, row in enumerate(rows, 1):
        last = number
        for column, (name, cell) in enumerate(zip(COLUMNS[table], row, strict=True)):
            _write(sheet, number, column, cell, name, forms)
    sheet.autofilter(0, 0, last, len(COLUMNS[table]) - 1)
    if table == "days" and last:
        _chart(book, report, sheet, last)


def _write(sheet: Any, row: int, column: int, cell: Cell, name: str | None, forms: dict[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell, forms["date"])
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:MOST_CELL])
    else:
        sheet.write_number(row, column, cell, forms["share"] if name in _SHARES else None)


def _chart(book: Any, report: ProgressReport, sheet: Any, last: int) -> None:
    chart = book.add_chart({"type": "column"})
    name = report.word("table.days")
    chart.add_series(
        {
            "name": report.word("chart.minutes"),
            "categories": [name, 1, 0, last, 0],
            "values": [name, 1, 1, last, 1],
        }
    )
    chart.set_legend({"none": True})
    sheet.insert_chart(1, len(COLUMNS["days"]) + 1, chart)
