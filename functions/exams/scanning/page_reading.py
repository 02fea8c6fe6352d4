"""Reading one page: the picture in, what its code says and what is marked out. Nothing here knows what is right."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image

from lyceum.kit.frozen import frozen

from functions.exams.printing import sheet_layout
from functions.exams.printing.sheet_layout import Place, Row
from functions.exams.scanning import corners, levels
from functions.exams.scanning.corners import Floats, Grey
from functions.exams.scanning.decisions import Mark, decide

CODE = re.compile(r"LYCEUM:1:([0-9A-Z]{26}):([A-Z]):(\d{1,2}):([0-9a-f]{16})(?::([0-9A-Z]{26}))?")
"""The code of a page: paper, form, page, hash and, on a sheet that was printed for somebody, the candidate."""
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_CODE_AT = (158.0, 24.0, 192.0, 58.0)
_CODE_SCALES = (9, 6, 14)
_LEAST_SEEN = 0.012
"""How clearly the rings of the number's grid have to be seen where they should be."""
_CODE_OFF = 1.6
"""How many millimetres the code may lie from where it should, or the page was taken for what it is not."""
_CODE_AND_TWO = 6
"""The corners of the code and two corner marks."""
_SIDE, _SIDE_FOR_CANDIDATE = 37, 45
"""The modules of a code's side: versions 5 and 7 (ISO/IEC 18004), which hold 60 and 86 bytes with correction Q."""


@frozen
class Code:
    """What the code of a page names."""

    paper_id: str
    form: str
    page: int
    hash: str
    candidate_id: str | None = None


@frozen
class PageReading:
    """What was read of a page.

    - `fault`: why it can not be read: NO_SHEET, NO_CODE or UNKNOWN_PAGE.
    - `number`: of each digit of the candidate's number, its ten places.
    - `rows`: of each question that is on the page, its places, by the id of the question.
    """

    fault: str | None = None
    code: Code | None = None
    number: list[list[Mark]] = field(default_factory=list)
    rows: dict[str, list[Mark]] = field(default_factory=dict)
    straight: Any = None


def find(picture: Grey) -> tuple[Code | None, Grey | None]:
    """Return the code of a page and the page itself, straightened; neither where no sheet is seen."""
    refined = [corners.refined(picture, matrix) for matrix in corners.candidates(picture)]
    straight = [(levels.straightened(picture, matrix), matrix) for matrix in refined]
    ranked = sorted(((_seen(page), page, matrix) for page, matrix in straight), key=lambda each: -each[0])
    pages = [(page, matrix) for seen, page, matrix in ranked if seen >= _LEAST_SEEN]
    for page, _ in pages:
        code = _code_of(page)
        if code:
            return code, page
    located = _by_code(picture, pages)
    return located or (None, pages[0][0] if pages else None)


def _seen(page: Grey) -> float:
    """Return how clearly the grid of the number is where it should be."""
    return levels.ring_of_all(levels.rings(levels.darkness(page)[: 110 * levels.PER_MM]), _grid())


@cache
def _grid() -> list[Place]:
    return [place for digit in sheet_layout.number_grid() for place in digit]


def _code_of(page: Grey) -> Code | None:
    left, top, right, bottom = (round(each * levels.PER_MM) for each in _CODE_AT)
    part = Image.fromarray(page[top:bottom, left:right]).convert("L")
    for scale in _CODE_SCALES:
        side = 34 * scale
        for code, corners_seen in _codes(np.asarray(part.resize((side, side), Image.Resampling.BICUBIC))):
            away = corners_seen / scale + (left / levels.PER_MM, top / levels.PER_MM) - _code_corners(code)
            if np.hypot(*away.T).max() < _CODE_OFF:
                return code
    return None


def _codes(grey: Any) -> Iterator[tuple[Code, Floats]]:
    """Yield the codes of sheets in a picture with the pixels of their corners, clockwise from the top left."""
    for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
        for found in zxingcpp.read_barcodes(grey, formats=_QR, binarizer=binarizer):
            code, at = parse(found.text), found.position
            if code:
                corners_seen = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
                yield code, np.array([(point.x, point.y) for point in corners_seen], dtype=np.float64)


def parse(text: str) -> Code | None:
    """Read the words of a code; None for those of anything else."""
    match = CODE.fullmatch(text)
    if match is None:
        return None
    paper_id, form, page, hashed, candidate_id = match.groups()
    return Code(paper_id, form, int(page), hashed, candidate_id)


def _by_code(picture: Grey, pages: Sequence[tuple[Grey, Floats]]) -> tuple[Code, Grey] | None:
    """Find a page by a code that is read in the whole picture: one of `pages` on which it lies where it should.

    Where there is none, corner marks are hidden, and the code's own corners say where the page is.
    """
    grey = np.clip(picture, 0, 255).astype(np.uint8)
    for code, pixels in _codes(grey):
        for page, matrix in pages:
            away = corners.moved(np.asarray(np.linalg.inv(matrix), dtype=np.float64), pixels) - _code_corners(code)
            if np.hypot(*away.T).max() < _CODE_OFF:
                return code, page
        grown = _grown(picture, corners.homography(_code_corners(code), pixels))
        if grown is not None:
            found = levels.straightened(picture, grown)
            if _seen(found) >= _LEAST_SEEN and _code_of(found):
                return code, found
    return None


def _code_corners(code: Code) -> Floats:
    """Return where the modules of the code have their corners on the page: within its quiet zone of two modules."""
    side = _SIDE_FOR_CANDIDATE if code.candidate_id else _SIDE
    module = 30.0 / (side + 4)
    low, high = 160 + 2 * module, 190 - 2 * module
    return np.array([(low, 26 + 2 * module), (high, 26 + 2 * module), (high, 56 - 2 * module), (low, 56 - 2 * module)])


def _grown(picture: Grey, matrix: Floats) -> Floats | None:
    """Make the homography of the code better by the corner marks, the nearest first.

    The code is small and near one of them, so without another one nobody knows where the far end of the page is: None.
    """
    known = [
        (place, corners.moved(matrix, np.array([place]))[0])
        for place in ((160.0, 26.0), (190.0, 26.0), (190.0, 56.0), (160.0, 56.0))
    ]
    for number in (1, 0, 2, 3):
        place = sheet_layout.CORNERS[number]
        there = corners.moved(matrix, np.array([place]))[0]
        centre = corners.sought(picture, matrix, place, there)
        if centre is not None:
            known.append((place, centre))
            matrix = corners.homography(np.array([each for each, _ in known]), np.array([each for _, each in known]))
    return matrix if len(known) >= _CODE_AND_TWO else None


def read(picture: Grey, rows_of: Mapping[tuple[str, int], Sequence[Row]], paper_id: str) -> PageReading:
    """Read a page of a paper whose rows are known by form and page."""
    code, page = find(picture)
    if page is None:
        return PageReading("NO_SHEET")
    if code is None:
        return PageReading("NO_CODE", straight=page)
    rows = rows_of.get((code.form, code.page)) if code.paper_id == paper_id else None
    if rows is None:
        return PageReading("UNKNOWN_PAGE", code, straight=page)
    number, marks = marks_of(page, rows)
    return PageReading(None, code, number, marks, page)


def marks_of(page: Grey, rows: Sequence[Row]) -> tuple[list[list[Mark]], dict[str, list[Mark]]]:
    """Return the marks of the candidate's number by digit, and those of each question."""
    dark = levels.darkness(page)
    ring = levels.rings(dark)
    digits = sheet_layout.number_grid()
    lines = [[digit[value] for digit in digits] for value in range(10)]
    found = levels.measured(dark, ring, [*lines, *(row.places for row in rows)])
    by_place = {(level.place.x, level.place.y): level for level in found}
    arranged = [[by_place[place.x, place.y] for place in places] for places in [*digits, *(row.places for row in rows)]]
    decided = decide(arranged)
    questions = {row.question_id: marks for row, marks in zip(rows, decided[len(digits) :], strict=True)}
    return decided[: len(digits)], questions
