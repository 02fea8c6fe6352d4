"""Tables of questions: CSV with the separators of spreadsheets, and XLSX."""

import csv
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from lyceum.kit.values.spreadsheet import restored

from functions.imports.formats import columns
from functions.imports.syntax import safe_zip, xlsx_formats
from functions.imports.syntax.drafts import Draft, clean, plain_number
from functions.imports.syntax.encodings import encoding_of
from functions.imports.syntax.limits import MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Unreadable
from functions.imports.syntax.rich_text import raised

_MOST_TITLE = 200
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,4})(\d{1,9})["']""")
_DIMENSION_OVERLAP = 64
_SPARE_ROWS = 1000
_SEPARATORS = ",;\t|"


class Table:
    """A table's recognised columns and its drafts; `header` is known once the first draft was asked for."""

    def __init__(
        self, rows: Iterator[tuple[int, list[str]]], named: Mapping[str, str], losses: Sequence[str] = ()
    ) -> None:
        _, self.header = next(rows, (0, []))
        if not any(self.header):
            raise Unreadable("The table is empty: its first row has to name the columns.")
        if len(self.header) > MOST_COLUMNS:
            raise Unreadable(f"The table has more than {MOST_COLUMNS} columns.")
        if any(len(title) > _MOST_TITLE for title in self.header):
            raise Unreadable(f"The name of a column may have {_MOST_TITLE} characters at most.")
        self.fields = columns.recognise(self.header, named)
        self._rows = rows
        self._losses = list(losses)

    def drafts(self) -> Iterator[Draft]:
        """Read the rows behind the header; empty ones are passed over."""
        for number, cells in self._rows:
            if not any(cells):
                continue
            draft = Draft(number, cells[:MOST_COLUMNS], names=columns.column_of)
            draft.notes, self._losses = self._losses, []
            if any(cells[len(self.header) :]):
                draft.refuse("row", f"The row has {len(cells)} cells and the header {len(self.header)}.")
            for position, cell in enumerate(cells[: len(self.header)]):
                if isinstance(cell, SpoiltCell) and position in self.fields:
                    draft.refuse(self.fields[position], cell.told())
            if any(len(cell) > MOST_TEXT for cell in cells):
                draft.refuse("row", f"A cell may have {MOST_TEXT} characters at most.")
            else:
                columns.question_of(
                    draft,
                    {
                        self.fields[position]: cell
                        for position, cell in enumerate(cells)
                        if position in self.fields and cell
                    },
                )
            yield draft


def read_csv(path: Path, named: Mapping[str, str], encoding: str | None = None) -> Table:
    """Read CSV (RFC 4180) with commas, semicolons, tabs or bars, in an encoding or the one that it is found to have."""
    return Table(_csv_rows(path, encoding or encoding_of(path).name), named)


def _csv_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(4 * MOST_TEXT)
    with path.open(encoding=encoding, newline="", errors="strict") as file:
        line = 1
        try:
            head = file.read(1 << 16)
            file.seek(0)
            reader = csv.reader(file, delimiter=_separator(head))
            for cells in reader:
                yield line, [clean(restored(cell)) for cell in cells]
                line = reader.line_num + 1
        except (csv.Error, UnicodeError) as error:
            raise Unreadable(f"The table can not be read from line {line} on: {error}.") from None


def _separator(head: str) -> str:
    """Return the separator that stands most often in the header, outside of quotes."""
    first = re.sub(r'"[^"]*"', "", head).lstrip("\ufeff\r\n").partition("\n")[0]
    return max(_SEPARATORS, key=first.count)


def read_xlsx(path: Path, named: Mapping[str, str]) -> Table:
    """Read the first sheet of a workbook; raises Unreadable for what is none, is protected or grows too large."""
    return Table(_xlsx_rows(path), named, xlsx_formats.losses_of(path))


def read_cells_of_xlsx(path: Path) -> Iterator[list[str]]:
    """Read the cells of the first sheet of a workbook, whatever they mean; raises Unreadable as `read_xlsx` does."""
    for _, cells in _xlsx_rows(path):
        yield [cell if isinstance(cell, SpoiltCell) else raised(cell) for cell in cells]


def _xlsx_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    with NamedTemporaryFile(dir=path.parent, suffix=".xlsx") as measured:
        safe = Path(measured.name)
        safe_zip.repack(path, safe, xlsx_formats.raised)
        _check_extent(safe)
        known = xlsx_formats.cells_of(safe)
        for number, row in enumerate(_sheet_rows(safe), 1):
            yield number, [_cell(value, (number, column), known) for column, value in enumerate(row, 1)]


def _sheet_rows(path: Path) -> Iterator[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheet = book.get_sheet_by_index(0)
            first_row, first_column = sheet.start or (0, 0)
            yield from ([] for _ in range(first_row))
            yield from ([*[""] * first_column, *row] for row in sheet.iter_rows())
    except CalamineError as error:
        raise Unreadable(f"The workbook can not be read: {str(error)[:100]}.") from None
    except BaseException as error:  # a panic of the reader is no Exception, and nothing but the file is in play here
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("The workbook is broken and can not be read.") from None


def _check_extent(path: Path) -> None:
    """Refuse a sheet whose cells lie so far apart that the space between them would fill the memory."""
    with safe_zip.opened(path) as archive:
        for name in archive.names:
            if "worksheets/" not in name.lower():
                continue
            tail = b""
            for piece in archive.pieces(name):
                for letters, row in _REFERENCE.findall(tail + piece):
                    if int(row) > MOST_ROWS + _SPARE_ROWS:
                        raise Unreadable(f"A sheet may have {MOST_ROWS} rows at most.")
                    if letters and _column(letters) > MOST_COLUMNS:
                        raise Unreadable(f"A sheet may have {MOST_COLUMNS} columns at most.")
                tail = piece[-_DIMENSION_OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


class SpoiltCell(str):
    """A cell whose value the spreadsheet changed or lost, whatever was typed into it."""

    __slots__ = ()

    def told(self) -> str:
        """Say what became of the cell."""
        return f"The spreadsheet made a date of this cell ({self}); format its column as text, and mend it."


class ErrorCell(SpoiltCell):
    """A cell that shows an error."""

    __slots__ = ()

    def told(self) -> str:
        """Say that there is an error."""
        return "The spreadsheet shows an error in this cell; mend it."


def _cell(value: Any, place: tuple[int, int], known: xlsx_formats.Cells) -> str:
    if place in known.errors:
        return ErrorCell("#ERROR")
    match value:
        case float() | int() if place in known.percents and not isinstance(value, bool):
            return f"{plain_number(Decimal(repr(value)) * 100)}%"
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case dt.datetime() | dt.date() | dt.time():
            return SpoiltCell(value.isoformat())
        case dt.timedelta():
            return SpoiltCell(str(value))
        case _:
            return clean(restored(str(value)))
