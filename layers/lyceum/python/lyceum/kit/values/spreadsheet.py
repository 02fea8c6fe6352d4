"""Tables that people open in a spreadsheet: written so that no cell is taken for a formula, read back as they were.

A cell that begins like a formula, after spaces too, gets an apostrophe in front (OWASP, CSV Injection). Plain numbers
stay as they are.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CELL = 32_767
"""Characters that a cell of a workbook holds."""
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Options of a workbook whose texts stay texts, whatever they begin with."""
BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that a table is in UTF-8."""
_MOST_ROWS = 1_048_575
_FORMULA = re.compile(r"'* *[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?%?")


def neutral(cell: str) -> str:
    """Return a cell's text so that no spreadsheet computes it."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def restored(cell: str) -> str:
    """Return the text that `neutral` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def write_csv(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV (RFC 4180), every cell neutral."""
    out = io.StringIO()
    csv.writer(out).writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue()


def write_report(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV for people, whose spreadsheets show every letter of it."""
    return BYTE_ORDER_MARK + write_csv(rows)


def write_workbook(columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[bytes], name: str = "") -> None:
    """Write rows as a workbook a row at a time: every cell is text; rows beyond a sheet go to the next one.

    It asks for the layer `workbooks`.
    """
    from xlsxwriter import Workbook

    book = Workbook(file, {"constant_memory": True, **PLAIN})
    bold = book.add_format({"bold": True})
    sheet, line = None, 0
    for row in rows:
        if sheet is None or line > _MOST_ROWS:
            sheet, line = _sheet(book, name if sheet is None else "", columns, bold), 1
        for place, cell in enumerate(row):
            if cell:
                sheet.write_string(line, place, cell[:MOST_CELL])
        line += 1
    if sheet is None:
        _sheet(book, name, columns, bold)
    book.close()


def _sheet(book: Any, name: str, columns: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet(name or None)
    sheet.write_row(0, 0, columns, bold)
    sheet.freeze_panes(1, 0)
    return sheet
