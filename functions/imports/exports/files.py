"""Tables as files: written a row at a time, so that no file has to fit in memory."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import IO

from lyceum.kit.values.spreadsheet import neutral

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_MOST_ROWS = 1_048_575
_MOST_CELL = 32_767


def write(form: str, columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[bytes]) -> None:
    """Write a table in a form: `csv` (RFC 4180, every cell neutral), `jsonl` (an object a line) or `xlsx`."""
    {"csv": _csv, "jsonl": _jsonl, "xlsx": _xlsx}[form](columns, rows, file)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()


def _jsonl(columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[bytes]) -> None:
    for row in rows:
        told = {name: cell for name, cell in zip(columns, row, strict=True) if cell != ""}
        file.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")


def _xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[bytes]) -> None:
    """Write a workbook: every cell is text, so that nothing is computed; rows beyond a sheet go to the next one."""
    from xlsxwriter import Workbook

    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    sheet, line = None, 0
    for row in rows:
        if sheet is None or line > _MOST_ROWS:
            sheet, line = book.add_worksheet(), 1
            sheet.write_row(0, 0, columns, bold)
            sheet.freeze_panes(1, 0)
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell[:_MOST_CELL])
        line += 1
    if sheet is None:
        book.add_worksheet().write_row(0, 0, columns, bold)
    book.close()
