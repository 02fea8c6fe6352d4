"""The pictures of a workbook's first sheet by the cells that they stand in.

There are three kinds: a picture that floats over the sheet and is anchored in a cell (ECMA-376, part 1, 20.5), one
that was placed in a cell (the rich values of MS-XLSX, 2.3.6), and one that a spreadsheet program names by a formula
of its own (`DISPIMG`, with the part `cellimages.xml`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from html import escape
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeVar
from xml.etree.ElementTree import Element

from functions.imports.syntax import safe_zip
from functions.imports.syntax.pictures import MOST_PICTURE_BYTES
from functions.imports.syntax.safe_xml import child, children, descendants, text_of
from functions.imports.syntax.safe_zip import Archive
from functions.imports.syntax.xlsx_parts import BOOK, Relation, elements_of, first_sheet, own, relations

Place = tuple[int, int]
"""The row and the column of a cell, both from 1 on."""
Files = Callable[[str], bytes | None] | None
Kept = TypeVar("Kept")
_AT_HAND = 4
"""Pictures that are at hand, since neighbours often show the same one."""
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_SHAPES = ("sp", "graphicFrame", "cxnSp")
_NAMED = re.compile(r"=?(?:_xlfn\.)?DISPIMG\(\s*\"([^\"]{1,200})\"", re.IGNORECASE)
_RICH = "xl/richData/"
_NAMED_PICTURES = "xl/cellimages.xml"
_DRAWN_TWICE = ".svg"
"""Beside such a picture lies another form of it, which is taken."""
_LOCAL, _TEXT = "_rvRel:LocalImageIdentifier", "Text"


class Gallery(NamedTuple):
    """The pictures of a sheet.

    Attributes:
        anchored: Those that float, as `img` tags, by the cell that they are anchored in.
        placed: Those that are in cells, by the number (from 1 on) that their cells name.
        named: Those that formulas name, by their names.
        losses: What of the drawings is no picture or stands nowhere.
    """

    anchored: dict[Place, list[str]]
    placed: dict[int, str]
    named: dict[str, str]
    losses: list[str]

    def of_formula(self, cell: str) -> str:
        """Return the picture that a cell names by a formula, or nothing."""
        found = _NAMED.match(cell)
        return self.named.get(found[1], "") if found else ""


NO_PICTURES = Gallery({}, {}, {}, [])


def gallery_of(path: Path) -> Gallery:
    """Find the pictures of the first sheet; raises Unreadable for parts that are broken."""
    found = Gallery({}, {}, {}, [])
    with safe_zip.opened(path) as archive:
        if BOOK not in archive.names:
            return found
        for relation in relations(archive, first_sheet(archive)).values():
            if relation.kind == "drawing":
                _drawing(archive, relation.target, found)
        found.placed.update(_placed(archive))
        known = relations(archive, _NAMED_PICTURES)
        for picture in elements_of(archive, _NAMED_PICTURES, "pic"):
            found.named[_told(picture).get("name", "")] = _tag(picture, known)
        tags = "".join([*chain.from_iterable(found.anchored.values()), *found.placed.values(), *found.named.values()])
        kept = [name for name in archive.names if name.startswith("xl/media/") and not name.endswith(_DRAWN_TWICE)]
        if any(f'src="{escape(name)}"' not in tags for name in kept):
            found.losses.append("Pictures that no cell of the first sheet shows are not taken over.")
    return found


@contextmanager
def files_of(path: Path) -> Iterator[Files]:
    """Open what reads a picture by its place in the workbook; None for one that is not there or too large."""
    with safe_zip.opened(path) as archive:

        @lru_cache(maxsize=_AT_HAND)
        def read(name: str) -> bytes | None:
            return archive.find(name, MOST_PICTURE_BYTES)

        yield read


def _drawing(archive: Archive, part: str, found: Gallery) -> None:
    known = relations(archive, part)
    for anchor in elements_of(archive, part, *_ANCHORS):
        pictures = list(dict.fromkeys(_tag(picture, known) for picture in descendants(anchor, "pic")))
        if not pictures and descendants(anchor, *_SHAPES):
            found.losses.append("Charts, shapes and text boxes of a workbook are not taken over.")
        place = _place(anchor)
        if place:
            found.anchored.setdefault(place, []).extend(pictures)
        elif pictures:
            found.losses.append("A picture that is anchored in no cell is not taken over.")


def _place(anchor: Element) -> Place | None:
    begin = child(anchor, "from")
    row, column = (text_of(child(begin, name)) if begin is not None else "" for name in ("row", "col"))
    if not (row.isdecimal() and column.isdecimal() and len(row) < 9 and len(column) < 9):
        return None
    return int(row) + 1, int(column) + 1


def _told(picture: Element) -> Mapping[str, str]:
    return next((each.attrib for each in descendants(picture, "cNvPr")), {})


def _tag(picture: Element, known: Mapping[str, Relation]) -> str:
    blip = next(iter(descendants(picture, "blip")), None)
    name = (own(blip, "embed") or own(blip, "link")) if blip is not None else ""
    relation = known.get(name)
    return image(relation.target if relation else "", _told(picture).get("descr", ""))


def image(source: str, alt: str = "") -> str:
    """Write an `img` tag."""
    return f'<img src="{escape(source)}" alt="{escape(alt)}">'


def _placed(archive: Archive) -> dict[int, str]:
    """Follow the numbers of cells to rich values, and those that are pictures to their files."""
    values = [[text_of(each) for each in children(value, "v")] for value in _rich(archive, "rdrichvalue.xml", "rv")]
    shapes = [value.get("s", "") for value in _rich(archive, "rdrichvalue.xml", "rv")]
    keys = [
        [key.get("n", "") for key in children(shape, "k")] for shape in _rich(archive, "rdrichvaluestructure.xml", "s")
    ]
    named = [own(each, "id") for each in _rich(archive, "richValueRel.xml", "rel")]
    files = relations(archive, f"{_RICH}richValueRel.xml")
    found: dict[int, str] = {}
    for number, value in _values_of_cells(archive).items():
        if not 0 <= value < len(values):
            continue
        fields = dict(zip(_at(keys, shapes[value]) or [], values[value], strict=False))
        relation = files.get(_at(named, fields.get(_LOCAL, "")) or "")
        if relation:
            found[number] = image(relation.target, fields.get(_TEXT, ""))
    return found


def _rich(archive: Archive, part: str, name: str) -> list[Element]:
    return elements_of(archive, f"{_RICH}{part}", name)


def _at(many: Sequence[Kept], place: str) -> Kept | None:
    number = int(place) if place.isdecimal() and len(place) < 9 else len(many)
    return many[number] if number < len(many) else None


def _values_of_cells(archive: Archive) -> dict[int, int]:
    """Return the rich value that each number of a cell's `vm` stands for."""
    part = "xl/metadata.xml"
    kinds = [kind.get("name", "") for kind in elements_of(archive, part, "metadataType")]
    rich: list[str] = []
    for future in elements_of(archive, part, "futureMetadata"):
        if future.get("name") == "XLRICHVALUE":
            rich = [own(value, "i") for block in children(future, "bk") for value in descendants(block, "rvb")]
    found: dict[int, int] = {}
    for number, block in enumerate(
        [block for values in elements_of(archive, part, "valueMetadata") for block in children(values, "bk")], 1
    ):
        for record in children(block, "rc"):
            value = _at(rich, record.get("v", ""))
            kind = record.get("t", "")
            if value and value.isdecimal() and kind.isdecimal() and kinds[int(kind) - 1 : int(kind)] == ["XLRICHVALUE"]:
                found[number] = int(value)
    return found
