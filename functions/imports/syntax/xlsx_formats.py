"""Which cells of a workbook's first sheet are percentages: the reader of values does not say.

Elements and attributes are those of ECMA-376, part 1, 18.8 (styles) and 18.3 (sheets).
"""

import re
from pathlib import Path, PurePosixPath

from functions.imports.syntax import safe_zip
from functions.imports.syntax.limits import MEBIBYTE
from functions.imports.syntax.safe_zip import Archive

_PERCENT_FORMATS = frozenset({9, 10})
"""The built-in formats `0%` and `0.00%`."""
_MOST_STYLE_BYTES = 10 * MEBIBYTE
_FORMAT = re.compile(r"<(?:\w+:)?numFmt\b[^>]*>")
_STYLES = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(r"<(?:\w+:)?xf\b[^>]*>")
_FIRST_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*\br:id=\"([^\"]+)\"")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*>")
_OVERLAP = 512


def percent_cells(path: Path) -> set[tuple[int, int]]:
    """Return row and column, both from 1 on, of each cell of the first sheet that is shown as a percentage."""
    with safe_zip.opened(path) as archive:
        if not {"xl/styles.xml", "xl/workbook.xml"} <= set(archive.names):
            return set()
        styles = _percent_styles(archive.read("xl/styles.xml", _MOST_STYLE_BYTES).decode("utf-8", "replace"))
        sheet = _first_sheet(archive)
        return _cells(archive, sheet, styles) if styles and sheet in archive.names else set()


def _percent_styles(styles: str) -> set[str]:
    custom = {
        int(_attribute(tag, "numFmtId") or 0)
        for tag in _FORMAT.findall(styles)
        if "%" in re.sub(r"&quot;.*?&quot;|\\.", "", _attribute(tag, "formatCode"))
    }
    found = _STYLES.search(styles)
    used = [int(_attribute(tag, "numFmtId") or 0) for tag in _STYLE.findall(found.group())] if found else []
    return {str(number) for number, used_format in enumerate(used) if used_format in custom | _PERCENT_FORMATS}


def _first_sheet(archive: Archive) -> str:
    book = archive.read("xl/workbook.xml", _MOST_STYLE_BYTES).decode("utf-8", "replace")
    first, relations = _FIRST_SHEET.search(book), "xl/_rels/workbook.xml.rels"
    if first and relations in archive.names:
        for tag in _RELATION.findall(archive.read(relations, _MOST_STYLE_BYTES).decode("utf-8", "replace")):
            if _attribute(tag, "Id") == first.group(1):
                target = _attribute(tag, "Target")
                return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
    return "xl/worksheets/sheet1.xml"


def _cells(archive: Archive, sheet: str, styles: set[str]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    tail = b""
    for piece in archive.pieces(sheet):
        text = tail + piece
        for tag in _CELL.findall(text):
            cell = tag.decode("ascii", "replace")
            place = re.fullmatch(r"([A-Za-z]{1,4})(\d{1,9})", _attribute(cell, "r"))
            if place and _attribute(cell, "s") in styles:
                found.add((int(place.group(2)), _column(place.group(1))))
        tail = text[-_OVERLAP:]
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"\b{name}=[\"']([^\"']*)[\"']", tag)
    return found.group(1) if found else ""


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
