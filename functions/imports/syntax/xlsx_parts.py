"""The parts of a workbook's archive, and how they name each other (ECMA-376, part 2, 9.3: relationships)."""

import io
from posixpath import dirname, join, normpath
from typing import NamedTuple
from xml.etree.ElementTree import Element

from functions.imports.syntax.limits import MEBIBYTE
from functions.imports.syntax.safe_xml import elements
from functions.imports.syntax.safe_zip import Archive

BOOK = "xl/workbook.xml"
MOST_PART_BYTES = 10 * MEBIBYTE
_DEFAULT_SHEET = "xl/worksheets/sheet1.xml"


class Relation(NamedTuple):
    """What a part names: the kind of thing, and its place in the archive or its address elsewhere."""

    kind: str
    target: str
    is_elsewhere: bool


def relations(archive: Archive, part: str) -> dict[str, Relation]:
    """Read what a part names, by the ids that it uses for them; raises Unreadable."""
    place = join(dirname(part), "_rels", f"{part.rpartition('/')[2]}.rels")
    return {each.get("Id", ""): _relation(part, each) for each in elements_of(archive, place, "Relationship")}


def _relation(part: str, element: Element) -> Relation:
    target, is_elsewhere = element.get("Target", ""), element.get("TargetMode") == "External"
    if not is_elsewhere:
        target = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))
    return Relation(element.get("Type", "").rpartition("/")[2], target, is_elsewhere)


def first_sheet(archive: Archive) -> str:
    """Name the part that is the first sheet; raises Unreadable."""
    first = next(iter(elements_of(archive, BOOK, "sheet")), None)
    named = relations(archive, BOOK).get(own(first, "id")) if first is not None else None
    return named.target if named else _DEFAULT_SHEET


def elements_of(archive: Archive, part: str, *names: str) -> list[Element]:
    """Read the elements of these names of a part of moderate size; none of one that is not there."""
    if part not in archive.names:
        return []
    body = archive.read(part, MOST_PART_BYTES)
    return [_copy(each) for each in elements(io.BytesIO(body), names)]


def own(element: Element, name: str) -> str:
    """Return an attribute by its name, in whatever namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _copy(element: Element) -> Element:
    """Keep an element that its reader is about to empty."""
    kept = Element(element.tag, element.attrib)
    kept.text = element.text
    kept.extend(list(element))
    return kept
