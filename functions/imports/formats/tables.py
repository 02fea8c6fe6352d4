"""Tables of questions: CSV with the separators of spreadsheets, and XLSX."""

import csv
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Self

from lyceum.kit.values.spreadsheet import restored

from functions.imports.formats import columns, headers
from functions.imports.syntax import pictures, safe_zip, xlsx_formats, xlsx_pictures
from functions.imports.syntax.drafts import Draft, clean, plain_number
from functions.imports.syntax.encodings import encoding_of
from functions.imports.syntax.limits import MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Unreadable
from functions.imports.syntax.rich_text import raised
from functions.imports.syntax.xlsx_pictures import NO_PICTURES, Files, Gallery

_MOST_TITLE = 200
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,4})(\d{1,9})["']""")
_DIMENSION_OVERLAP = 64
_SPARE_ROWS = 1000
_SEPARATORS = ",;\t|"
_MOST_WORDS = 4 * MOST_TEXT
"""Characters of a cell without its data URLs, more of which speak for a quotation mark that is missing."""
_MOST_CELL = _MOST_WORDS + 2 * pictures.MOST_PICTURE_BYTES


class Table:
    """A table's recognised columns and its drafts; `header` is known once the first draft was asked for.

    `files` gives what reads the pictures that its cells show, for as long as its drafts are read.
    """

    def __init__(
        self,
        rows: Iterator[tuple[int, list[str]]],
        named: Mapping[str, str],
        losses: Sequence[str] = (),
        files: AbstractContextManager[Files] | None = None,
    ) -> None:
        _, self.header = next(rows, (0, []))
        if not any(self.header):
            raise Unreadable("The table is empty: its first row has to name the columns.")
        if len(self.header) > MOST_COLUMNS:
            raise Unreadable(f"The table has more than {MOST_COLUMNS} columns.")
        if any(len(title) > _MOST_TITLE for title in self.header):
            raise Unreadable(f"The name of a column may have {_MOST_TITLE} characters at most.")
        self.fields = headers.recognise(self.header, named)
        self._rows = rows
        self._files = files or nullcontext()
        self._losses = list(losses)
        self._unread = {number: title for number, title in enumerate(self.header) if number not in self.fields}
        if _has_pictures(self.header):
            self._losses.append("A picture in the row that names the columns is not taken over.")

    def drafts(self) -> Iterator[Draft]:
        """Read the rows behind the header; of empty ones a picture alone is noted, at the row before them."""
        before: Draft | None = None
        with self._files as files:
            for number, cells in self._rows:
                if any(cells):
                    if before:
                        yield before
                    before = self._draft(Draft(number, cells[:MOST_COLUMNS], names=headers.column_of, files=files))
                elif _has_pictures(cells):
                    lost = f"A picture in row {number}, which holds no question, is not taken over."
                    (before.notes if before else self._losses).append(lost)
            if before:
                yield before

    def _draft(self, draft: Draft) -> Draft:
        cells = draft.original
        draft.notes, self._losses = self._losses, []
        for position, cell in enumerate(cells):
            if cell and self._unread.pop(position, ""):
                draft.note(f"The column {self.header[position]!r} is not read.")
        if any(cells[len(self.header) :]):
            draft.refuse("row", f"The row has {len(cells)} cells and the header {len(self.header)}.")
        for position, cell in enumerate(cells[: len(self.header)]):
            if isinstance(cell, SpoiltCell) and position in self.fields:
                draft.refuse(self.fields[position], cell.told())
        if any(pictures.length_without(cell) > MOST_TEXT for cell in cells):
            draft.refuse("row", f"A cell may have {MOST_TEXT} characters at most.")
            return draft
        row = {self.fields[position]: cell for position, cell in enumerate(cells) if position in self.fields and cell}
        for position, cell in enumerate(cells):
            if isinstance(cell, PicturedCell):
                columns.add_pictures(draft, row, self.fields.get(position, ""), cell.pictures)
        columns.question_of(draft, row)
        return draft


def _has_pictures(cells: Sequence[str]) -> bool:
    return any(isinstance(cell, PicturedCell) for cell in cells)


def read_csv(path: Path, named: Mapping[str, str], encoding: str | None = None) -> Table:
    """Read CSV (RFC 4180) with commas, semicolons, tabs or bars, in an encoding or the one that it is found to have."""
    return Table(_csv_rows(path, encoding or encoding_of(path).name), named)


def _csv_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_MOST_CELL)
    with path.open(encoding=encoding, newline="", errors="strict") as file:
        line = 1
        try:
            head = file.read(1 << 16)
            file.seek(0)
            reader = csv.reader(file, delimiter=_separator(head))
            for cells in reader:
                if any(pictures.length_without(cell) > _MOST_WORDS for cell in cells):
                    raise Unreadable(f"A cell from line {line} on has no end; a quotation mark is missing.")
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
    gallery = xlsx_pictures.gallery_of(path)
    losses = [*xlsx_formats.losses_of(path), *dict.fromkeys(gallery.losses)]
    return Table(_with_pictures(path, gallery), named, losses, xlsx_pictures.files_of(path))


def _with_pictures(path: Path, gallery: Gallery) -> Iterator[tuple[int, list[str]]]:
    """Read the rows of a workbook with the pictures that stand in their cells; those below the last row come last."""
    places: dict[int, dict[int, list[str]]] = {}
    for (row, column), tags in gallery.anchored.items():
        places.setdefault(row, {})[column] = tags
    for number, cells in _xlsx_rows(path, gallery):
        yield number, _pictured(cells, places.pop(number, {}))
    for number in sorted(places):
        yield number, _pictured([], places[number])


def _pictured(cells: list[str], anchored: Mapping[int, list[str]]) -> list[str]:
    cells = list(cells)
    for column, tags in anchored.items():
        position = min(column, MOST_COLUMNS) - 1
        cells += [""] * (position + 1 - len(cells))
        cell = cells[position]
        cells[position] = PicturedCell(cell, [*(cell.pictures if isinstance(cell, PicturedCell) else []), *tags])
    return cells


def read_cells_of_xlsx(path: Path) -> Iterator[list[str]]:
    """Read the cells of the first sheet of a workbook, whatever they mean; raises Unreadable as `read_xlsx` does."""
    for _, cells in _xlsx_rows(path):
        yield [cell if isinstance(cell, SpoiltCell) else raised(cell) for cell in cells]


def _xlsx_rows(path: Path, gallery: Gallery = NO_PICTURES) -> Iterator[tuple[int, list[str]]]:
    with NamedTemporaryFile(dir=path.parent, suffix=".xlsx") as measured:
        safe = Path(measured.name)
        safe_zip.repack(path, safe, xlsx_formats.raised)
        _check_extent(safe)
        known = xlsx_formats.cells_of(safe)
        for number, row in enumerate(_sheet_rows(safe), 1):
            yield number, [_cell(value, (number, column), known, gallery) for column, value in enumerate(row, 1)]


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


class UnknownCell(SpoiltCell):
    """A cell with a formula whose value the file does not hold."""

    __slots__ = ()

    def told(self) -> str:
        """Say that nothing computed the cell."""
        return "The file does not hold the value of this cell's formula; open it in a spreadsheet program and save it."


class PicturedCell(str):
    """A cell with pictures, as `img` tags."""

    __slots__ = ("pictures",)
    pictures: list[str]

    def __new__(cls, text: str, pictures: list[str]) -> Self:
        """Join a text and its pictures."""
        cell = super().__new__(cls, text)
        cell.pictures = pictures
        return cell


def _cell(value: Any, place: tuple[int, int], known: xlsx_formats.Cells, gallery: Gallery) -> str:
    shown = _shown(value, place, known, gallery)
    if shown:
        return PicturedCell("", [shown])
    if place in known.unknown:
        return UnknownCell("")
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


def _shown(value: Any, place: tuple[int, int], known: xlsx_formats.Cells, gallery: Gallery) -> str:
    """Return the picture that a cell is, as an `img` tag, or nothing."""
    if place in known.links:
        return xlsx_pictures.image(known.links[place])
    placed = gallery.placed.get(known.pictures.get(place, 0), "")
    return placed or (gallery.of_formula(value) if isinstance(value, str) else "")
