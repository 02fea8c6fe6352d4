"""Tables as files: written a row at a time, so that no file has to fit in memory."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import IO

from lyceum.kit.values.spreadsheet import CSV, XLSX, neutral, write_workbook

CONTENT_TYPES = {
    "csv": CSV,
    "jsonl": "application/jsonl",
    "xlsx": XLSX,
}


def write(form: str, columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[bytes]) -> None:
    """Write a table in a form: `csv` (RFC 4180, every cell neutral), `jsonl` (an object a line) or `xlsx`."""
    {"csv": _csv, "jsonl": _jsonl, "xlsx": write_workbook}[form](columns, rows, file)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()


def _jsonl(columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[bytes]) -> None:
    for row in rows:
        told = {name: cell for name, cell in zip(columns, row, strict=True) if cell != ""}
        file.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
