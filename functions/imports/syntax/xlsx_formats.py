"""What the reader of values does not say of a workbook: which cells are percentages or errors, and what is raised.

Elements and attributes are those of ECMA-376, part 1, 18.8 (styles) and 18.3 (sheets).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from functions.imports.syntax import safe_zip
from functions.imports.syntax.limits import MEBIBYTE
from functions.imports.syntax.safe_zip import Archive
from functions.imports.syntax.xlsx_parts import BOOK, MOST_PART_BYTES, first_sheet

_PERCENT_FORMATS = frozenset({9, 10})
"""The built-in formats `0%` and `0.00%`."""
_FORMAT = re.compile(r"<(?:\w+:)?numFmt\b[^>]*>")
_STYLES = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(r"<(?:\w+:)?xf\b[^>]*>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)")
_VALUE = re.compile(rb"<(?:\w+:)?v>[^<]|<(?:\w+:)?is>")
_IMAGE_BY_LINK = re.compile(r"(?:_xlfn\.)?IMAGE\(\s*\"([^\"]{1,2000})\"", re.IGNORECASE)
_LINK = re.compile(rb"<(?:\w+:)?hyperlink\b")
_OVERLAP, _TAG_BYTES = 512, 16
_COMMENTS = re.compile(r"xl/(?:threadedComments/|comments)")
_RUN_BEGIN, _RUN_END = re.compile(rb"<(?:\w+:)?r>"), re.compile(rb"</(?:\w+:)?r>")
_RUN = re.compile(rb"<(?:\w+:)?r>.*?</(?:\w+:)?r>", re.DOTALL)
_PLACE = re.compile(rb"<(?:\w+:)?vertAlign\s+val\s*=\s*[\"'](superscript|subscript)")
_RUN_TEXT = re.compile(rb"(<(?:\w+:)?t(?:\s[^<>]*)?>)([^<]+)(</(?:\w+:)?t>)")


@dataclass
class Cells:
    """Rows and columns, both from 1 on, of cells whose value alone does not say what they show.

    Attributes:
        percents: Those that are shown as percentages.
        errors: Those that hold an error.
        pictures: Those that hold a picture, with the number by which they name it.
        links: Those that show a picture from elsewhere, with its address.
        unknown: Those with a formula that nothing computed.
    """

    percents: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    pictures: dict[tuple[int, int], int] = field(default_factory=dict)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    unknown: set[tuple[int, int]] = field(default_factory=set)


def cells_of(path: Path) -> Cells:
    """Look through the first sheet for cells whose value alone does not say what they show."""
    with safe_zip.opened(path) as archive:
        if BOOK not in archive.names:
            return Cells()
        has_styles = "xl/styles.xml" in archive.names
        written = archive.read("xl/styles.xml", MOST_PART_BYTES) if has_styles else b""
        sheet = first_sheet(archive)
        styles = _percent_styles(written.decode("utf-8", "replace"))
        return _cells(archive, sheet, styles) if sheet in archive.names else Cells()


def losses_of(path: Path) -> list[str]:
    """Say what a workbook holds that is not read: comments, links of cells and further sheets."""
    with safe_zip.opened(path) as archive:
        if BOOK not in archive.names:
            return []
        first = first_sheet(archive)
        sheets = [name for name in archive.names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        others = [name for name in sheets if name != first and any(_CELL.search(p) for p in archive.pieces(name))]
        found = []
        if any(_COMMENTS.match(name) for name in archive.names):
            found.append("Comments on cells are not kept.")
        if first in archive.names and any(_LINK.search(piece) for piece in archive.pieces(first)):
            found.append("Links behind cells are not kept; their words are.")
        if others:
            found.append(f"Only the first sheet is read; {len(others)} more hold cells.")
        return found


def raised(name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Write raised and lowered runs of the texts of a part with the marks of rich text: `10<sup>2</sup>`."""
    if not (name.endswith("sharedStrings.xml") or "worksheets/" in name):
        yield from pieces
        return
    held = b""
    for piece in pieces:
        text = held + piece
        cut = _end_of_whole_runs(text)
        yield _RUN.sub(_raised_run, text[:cut])
        held = text[cut:]
    yield _RUN.sub(_raised_run, held)


def _end_of_whole_runs(text: bytes) -> int:
    last = max(text.rfind(b"<r>"), text.rfind(b":r>"), 0)
    begin = text.rfind(b"<", 0, last + 1)
    is_open = begin >= 0 and _RUN_BEGIN.match(text, begin) and not _RUN_END.search(text, last)
    if is_open and len(text) - begin < MEBIBYTE:
        return begin
    closed = [found.end() for found in _RUN_END.finditer(text, max(0, len(text) - _OVERLAP))]
    return max([len(text) - _TAG_BYTES, *closed]) if len(text) > _TAG_BYTES else 0


def _raised_run(found: re.Match[bytes]) -> bytes:
    place = _PLACE.search(found.group())
    if place is None:
        return found.group()
    mark = b"sup" if place.group(1) == b"superscript" else b"sub"
    begin, end = b"&lt;%s&gt;" % mark, b"&lt;/%s&gt;" % mark
    return _RUN_TEXT.sub(lambda text: text.group(1) + begin + text.group(2) + end + text.group(3), found.group())


def _percent_styles(styles: str) -> set[str]:
    custom = {
        int(_attribute(tag, "numFmtId") or 0)
        for tag in _FORMAT.findall(styles)
        if "%" in re.sub(r"&quot;.*?&quot;|\\.", "", _attribute(tag, "formatCode"))
    }
    found = _STYLES.search(styles)
    used = [int(_attribute(tag, "numFmtId") or 0) for tag in _STYLE.findall(found.group())] if found else []
    return {str(number) for number, used_format in enumerate(used) if used_format in custom | _PERCENT_FORMATS}


def _cells(archive: Archive, sheet: str, styles: set[str]) -> Cells:
    found, held = Cells(), b""
    for piece in archive.pieces(sheet):
        text = held + piece
        begin = max(text.rfind(b"<c "), text.rfind(b":c "), 0)
        for cell in _CELL.finditer(text, 0, begin):
            _look_at(found, cell, styles)
        held = text[max(0, begin - _TAG_BYTES) :][-MEBIBYTE:]
    for cell in _CELL.finditer(held):
        _look_at(found, cell, styles)
    return found


def _look_at(found: Cells, cell: re.Match[bytes], styles: set[str]) -> None:
    tag, body = cell.group(1).decode("ascii", "replace"), cell.group(2) or b""
    place = re.fullmatch(r"([A-Za-z]{1,4})(\d{1,9})", _attribute(tag, "r"))
    if not place:
        return
    position, kind = (int(place.group(2)), _column(place.group(1))), _attribute(tag, "t")
    number = _attribute(tag, "vm")
    if _attribute(tag, "s") in styles:
        found.percents.add(position)
    if kind == "e":
        found.errors.add(position)
    if number.isdecimal() and len(number) < 10:
        found.pictures[position] = int(number)
    formula = _FORMULA.search(body) if b"f" in body else None
    if formula:
        shown = _IMAGE_BY_LINK.match(unescape((formula.group(1) or b"").decode("utf-8", "replace")))
        if shown:
            found.links[position] = shown.group(1)
        elif kind != "str" and not _VALUE.search(body):
            found.unknown.add(position)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"\b{name}=[\"']([^\"']*)[\"']", tag)
    return found.group(1) if found else ""


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
